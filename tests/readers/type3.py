"""PDF files whose font draws a box for each letter and says which letter it is: any script, no font file."""

from __future__ import annotations

from collections.abc import Sequence

_WIDTH, _HEIGHT = 595, 842
_AT = {0: (72, 700), 90: (300, 100), 180: (500, 300), 270: (200, 700)}
_MATRIX = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}
_DOWN = {0: (0, -18), 90: (18, 0), 180: (0, 18), 270: (-18, 0)}


Placed = tuple[float, float, str]  # from the left and the bottom of the page, in points


def type3_pdf(
    pages: Sequence[Sequence[str | Placed]],
    *,
    turn: int = 0,
    rotate: int = 0,
    encoding: str | None = None,
) -> bytes:
    """A page for each list of lines, which run at `turn` degrees anticlockwise, or stand where they
    say; the page itself is to be shown turned by `rotate` degrees. With an `encoding` of one byte a
    letter the codes are its, and the font does not say which letters they show."""
    letters = sorted({letter for lines in pages for line in lines for letter in _words(line)})
    codes = {
        letter: letter.encode(encoding)[0] if encoding else code
        for code, letter in enumerate(letters, 33)
    }
    letters.sort(key=codes.__getitem__)
    first, last = codes[letters[0]], codes[letters[-1]]
    names = {letter: f"c{code}" for letter, code in codes.items()}
    mapped = "".join(f"<{codes[a]:02x}> <{a.encode('utf-16-be').hex()}> " for a in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def"
        f" 1 begincodespacerange <00> <FF> endcodespacerange {len(letters)} beginbfchar {mapped}"
        "endbfchar endcmap end end"
    )
    draws = "".join(f"/{names[a]} {6 if a == ' ' else 5} 0 R" for a in letters)
    font = (
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 500 700]/FontMatrix[0.001 0 0 0.001 0 0]"
        f"/CharProcs<<{draws}>>/Encoding<</Type/Encoding/Differences[{' '.join(f'{codes[a]}/{names[a]}' for a in letters)}]>>"
        f"/FirstChar {first}/LastChar {last}/Widths[{'500 ' * (last - first + 1)}]"
        f"{'' if encoding else '/ToUnicode 4 0 R'}>>"
    )
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "",
        font,
        _stream(cmap),
        _stream("500 0 0 0 450 700 d1 0 0 450 700 re f"),
        _stream("500 0 0 0 0 0 d1"),
    ]
    kids = []
    for lines in pages:
        (x, y), (dx, dy) = _AT[turn], _DOWN[turn]
        text = []
        for number, line in enumerate(lines):
            shown = "".join(f"{codes[a]:02x}" for a in _words(line))
            left, up = (x + number * dx, y + number * dy) if isinstance(line, str) else line[:2]
            at = f"{left} {up}"
            text.append(f"BT /F1 12 Tf {_MATRIX[turn]} {at} Tm <{shown}> Tj ET")
        parts.append(_stream("\n".join(text)))
        resources = "<</Font<</F1 3 0 R>>>>"
        parts.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {_WIDTH} {_HEIGHT}]/Rotate {rotate}"
            f"/Contents {len(parts)} 0 R/Resources{resources}>>"
        )
        kids.append(f"{len(parts)} 0 R")
    parts[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    body = b"%PDF-1.7\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer\n<</Size {len(parts) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + end.encode("latin-1")


def _words(line: str | Placed) -> str:
    return line if isinstance(line, str) else line[2]


def _stream(content: str) -> str:
    return f"<</Length {len(content)}>>\nstream\n{content}\nendstream"
