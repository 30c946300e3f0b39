"""Broken and hostile files, each with the codes that may end it. An empty set of codes: it is read, without harm."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.readers import makers
from tests.readers.typeset import Piece, Typesetter

Sample = tuple[str, bytes, set[str]]
BROKEN = {
    "CORRUPT_FILE",
    "NO_TEXT_LAYER",
    "NO_TEXT",
    "NO_UNICODE_TEXT",
    "PARSER_CRASHED",
    "TOO_COMPLEX",
}
HEAVY = {"TOO_COMPLEX", "TOO_LARGE", "OUT_OF_MEMORY", "TIMEOUT"}
WORDS = "The schooner Halcyon was built in 1880 at the yard of Solace and lay there for a year. "


def samples() -> Iterator[Sample]:
    """About a hundred files as (name, bytes, codes)."""
    good = {
        "pdf": Typesetter("The harbour", "Solace").pdf([Piece(WORDS * 3) for _ in range(20)]),
        "docx": makers.docx("".join(makers.paragraph(WORDS) for _ in range(50))),
        "pptx": makers.pptx([("Title", [WORDS], "note")] * 3),
        "html": makers.page("The harbour", [WORDS * 2] * 8),
        "mhtml": makers.mhtml(
            makers.page("The harbour", [WORDS * 2] * 8).decode(), "https://a.example"
        ),
        "eml": makers.eml("The harbour", WORDS, f"<p>{WORDS}</p>"),
        "rtf": makers.rtf([WORDS] * 5),
        "txt": (WORDS * 20).encode(),
        "md": f"# Title\n\n{WORDS}".encode(),
    }
    yield from _damaged(good)
    yield from _renamed(good)
    yield from _encrypted(good)
    yield from _packages()
    yield from _costly()
    yield from _pages()
    yield from _papers()
    yield from _texts()


def _damaged(good: dict[str, bytes]) -> Iterator[Sample]:
    chance = random.Random(1)
    for kind, data in good.items():
        text = kind in ("txt", "md", "html", "eml", "rtf", "mhtml")
        yield f"empty.{kind}", b"", {"EMPTY_FILE"}
        yield f"blank.{kind}", b" \n\t\n", {"EMPTY_FILE"}
        for part in (3, 10):
            codes = BROKEN | {"FORMAT_MISMATCH", ""} if text or kind == "pdf" else {"CORRUPT_FILE"}
            yield f"truncated-{part}.{kind}", data[: len(data) * part // 11], codes
        flipped = bytearray(data)
        for _ in range(40):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        yield (
            f"flipped.{kind}",
            bytes(flipped),
            BROKEN | {"BAD_ENCODING", "ENCRYPTED", "FORMAT_MISMATCH", "TOO_LARGE", ""},
        )
        yield f"noise.{kind}", chance.randbytes(5000), BROKEN | {"BAD_ENCODING", "FORMAT_MISMATCH"}


def _renamed(good: dict[str, bytes]) -> Iterator[Sample]:
    for real, told in (
        ("pdf", "docx"),
        ("docx", "pdf"),
        ("pdf", "txt"),
        ("txt", "pdf"),
        ("docx", "pptx"),
        ("html", "txt"),
        ("rtf", "md"),
        ("txt", "docx"),
    ):
        yield f"renamed-{real}.{told}", good[real], {"FORMAT_MISMATCH"}
    yield "picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(100), {"FORMAT_MISMATCH"}
    yield "old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {"FORMAT_MISMATCH"}
    yield "program.html", b"\x7fELF" + bytes(600), {"FORMAT_MISMATCH"}
    yield "table.xlsx", b"PK\x03\x04", {"UNSUPPORTED_FORMAT"}
    yield "line\nbreak \x1b[31m.txt", WORDS.encode(), {""}


def _encrypted(good: dict[str, bytes]) -> Iterator[Sample]:
    for password, codes in (("secret", {"ENCRYPTED"}), ("", {""})):
        stream = io.BytesIO()
        canvas = Canvas(
            stream, encrypt=StandardEncryption(password, "owner", canPrint=0), invariant=1
        )
        canvas.drawString(72, 700, WORDS)
        canvas.save()
        yield f"password-{password or 'none'}.pdf", stream.getvalue(), codes
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
    yield "password.docx", ole, {"ENCRYPTED"}
    flagged = bytearray(good["docx"])
    for at in _all(flagged, b"PK\x01\x02"):
        flagged[at + 8] |= 1
    yield "flagged.docx", bytes(flagged), {"ENCRYPTED"}


def _packages() -> Iterator[Sample]:
    bomb = b"<w:p>" + b"A" * 150_000_000
    deflated = makers.zipped({"[Content_Types].xml": "<x/>", "word/document.xml": bomb})
    yield "bomb.docx", deflated, {"TOO_LARGE"}
    lying = bytearray(deflated)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        for at in _all(lying, mark):
            lying[at + offset : at + offset + 4] = struct.pack("<I", 1000)
    yield "lying-bomb.docx", bytes(lying), {"TOO_LARGE", "CORRUPT_FILE"}
    yield (
        "many-members.docx",
        makers.zipped({"word/document.xml": "x"} | {f"word/{n}.xml": "" for n in range(20_000)}),
        {"TOO_LARGE"},
    )
    head = '<?xml version="1.0"?>'
    xxe = f'{head}<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{makers.W}"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>'
    yield "xxe.docx", makers.zipped({"word/document.xml": xxe}), {"CORRUPT_FILE", "TOO_COMPLEX"}
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'{head}<!DOCTYPE d [<!ENTITY e0 "ha">{entities}]><w:document xmlns:w="{makers.W}"><w:body><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:body></w:document>'
    yield (
        "laughs.docx",
        makers.zipped({"word/document.xml": laughs}),
        {"CORRUPT_FILE", "TOO_COMPLEX"},
    )
    remote = f'{head}<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><w:document xmlns:w="{makers.W}"><w:body><w:p/></w:body></w:document>'
    yield "remote-dtd.docx", makers.zipped({"word/document.xml": remote}), {"CORRUPT_FILE"}
    deep = "<w:tbl><w:tr><w:tc>" * 100_000
    yield (
        "deep.docx",
        makers.zipped({"word/document.xml": f'<w:document xmlns:w="{makers.W}"><w:body>{deep}'}),
        {"TOO_COMPLEX", "CORRUPT_FILE"},
    )
    nested = f'<w:document xmlns:w="{makers.W}"><w:body>{"<w:tbl><w:tr><w:tc>" * 70}<w:p/>{"</w:tc></w:tr></w:tbl>" * 70}</w:body></w:document>'
    yield (
        "nested-tables.docx",
        makers.zipped({"word/document.xml": nested}),
        {"NO_TEXT", "TOO_COMPLEX"},
    )
    yield "no-body.docx", makers.zipped({"word/document.xml": "<a/>"}), {"CORRUPT_FILE"}
    yield (
        "outward.docx",
        makers.zipped(
            {"word/document.xml": "<a/>", "word/../../../etc/passwd": "x", "/etc/shadow": "y"}
        ),
        {"CORRUPT_FILE"},
    )
    yield "twice.docx", makers.docx(makers.paragraph(WORDS)) * 2, {"", "CORRUPT_FILE"}
    yield "xxe.pptx", makers.zipped({"ppt/presentation.xml": xxe}), {"CORRUPT_FILE", "TOO_COMPLEX"}
    yield "bomb.pptx", makers.zipped({"ppt/presentation.xml": bomb}), {"TOO_LARGE"}
    inner = makers.zipped({"a.txt": WORDS})
    yield (
        "nested.zip",
        makers.zipped({"inner.zip": makers.zipped({"inner.zip": inner}), "good.txt": WORDS}),
        {"UNSUPPORTED_FORMAT", ""},
    )
    yield "climbing.zip", makers.zipped({"../../outside.txt": WORDS, "a\nb.txt": WORDS}), {""}
    yield "bomb.zip", makers.zipped({"big.txt": b"A" * 80_000_000}), {"TOO_LARGE"}
    yield "broken.zip", makers.zipped({"a.txt": WORDS})[:60], {"CORRUPT_FILE"}
    yield "damaged-member.zip", _damage_member(), {"CORRUPT_FILE"}


def _costly() -> Iterator[Sample]:
    """Small files whose reading takes minutes if it takes time beyond what their size asks for."""
    chain = "".join(
        f'<w:style w:type="paragraph" w:styleId="S{n}"><w:name w:val="s"/><w:basedOn w:val="S{n + 1}"/></w:style>'
        for n in range(3000)
    )
    yield (
        "style-chain.docx",
        makers.docx(makers.paragraph(WORDS, style="S0") * 500, styles=chain),
        {""},
    )
    fonts = "".join(f"{{\\f{n}\\fcharset204 Font{n};}}" for n in range(3000))
    notes = "".join(f"x{{\\footnote note {n}}}" for n in range(3000))
    yield "fonts.rtf", f"{{\\rtf1{{\\fonttbl{fonts}}}{notes}\\par}}".encode(), {""}
    body = f"<p>{WORDS * 5}</p>" + "<p class='a b'>x" * 16_000
    yield (
        "siblings.html",
        f"<html><head><style>p.a ~ p.b ~ p.c{{display:none}}</style></head><body>{body}</body></html>".encode(),
        {""},
    )
    deep = ("<div>" * 50 + "x" + "</div>" * 50) * 1000
    page = f"<html><head><style>{'div ' * 6}.x{{display:none}}</style></head><body><article><p>{WORDS * 9}</p>{deep}</article></body></html>"
    yield "descendants.html", page.encode(), {""}
    rules = "".join(f"50 {20 + 1.6 * n:.1f} m 540 {20 + 1.6 * n:.1f} l S\n" for n in range(480))
    lines = "".join(f"BT /F1 8 Tf 50 {780 - 16 * n} Td ({WORDS}) Tj ET\n" for n in range(45))
    yield "ruled.pdf", pdf_of((rules + lines).encode()), {""}
    letters = "".join(
        f"BT /F1 6 Tf 30 {780 - 8 * n} Td ({'ACGTTGCA' * 10}) Tj ET\n" for n in range(90)
    )
    yield "sequence.pdf", pdf_of(letters.encode() * 20), {""} | HEAVY
    flowed = (
        b"From: a@b\nSubject: x\nContent-Type: text/plain; format=flowed\n\n" + b"ab \n" * 1_000_000
    )
    yield "flowed.eml", flowed, {""}
    yield (
        "punycode.eml",
        b"From: a@b\nSubject: x\nContent-Type: text/plain; charset=punycode\n\n-"
        + b"bcadq7z" * 200_000,
        {""},
    )


def _pages() -> Iterator[Sample]:
    yield (
        "deep.html",
        b"<html><body>" + b"<div>" * 200_000 + WORDS.encode(),
        {"TOO_COMPLEX", "NO_TEXT"},
    )
    yield (
        "attributes.html",
        b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(400_000)) + b">x</p>",
        {"TOO_COMPLEX"},
    )
    yield "half-tags.html", b"<a " * 200_000, {"TOO_COMPLEX", "NO_TEXT"}
    yield "half-comments.html", b"<!--" * 200_000, {"TOO_COMPLEX", "NO_TEXT"}
    yield (
        "tables.html",
        b"<table><tr><td>" * 3_000 + WORDS.encode() * 40,
        {"TOO_COMPLEX", "NO_TEXT", ""},
    )
    yield "lists.html", b"<ul><li>x" * 90_000, {"TOO_COMPLEX", "NO_TEXT"}
    yield "large.html", b"<html><body>" + b"<p>" + WORDS.encode() * 80_000, {"TOO_LARGE"}
    yield "many-small.html", b"<html><body>" + b"<p>x</p>" * 140_000, {""} | HEAVY | {"NO_TEXT"}
    yield (
        "xxe.html",
        b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd">]><html><body><p>&e; '
        + WORDS.encode() * 9
        + b"</p></body></html>",
        {""},
    )
    yield (
        "frame.html",
        b'<html><body><iframe src="http://127.0.0.1:9/"></iframe><img src="http://127.0.0.1:9/x"><p>'
        + WORDS.encode() * 9,
        {""},
    )
    yield (
        "charset.html",
        b'<html><meta charset="no-such"><body><article><p>' + WORDS.encode() * 9 + b"\xff\xfe</p>",
        {"", "BAD_ENCODING"},
    )
    parts = b"".join(b"--b\nContent-Type: text/plain\n\nx\n" for _ in range(5_000))
    yield (
        "parts.eml",
        b"From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        + parts
        + b"--b--\n",
        {"TOO_COMPLEX"},
    )
    nested = b"From: a@b\nSubject: x\nContent-Type: message/rfc822\n\n" * 400 + WORDS.encode()
    yield "nested.eml", nested, {"TOO_COMPLEX", "NO_TEXT", ""}
    yield "headers.eml", b"From: a@b\n" + b"X: y\n" * 300_000 + b"\n" + WORDS.encode(), {""} | HEAVY
    yield (
        "long-header.eml",
        b"From: a@b\nSubject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\n" + WORDS.encode(),
        {""} | HEAVY,
    )
    yield (
        "bad-header.eml",
        b'From: \xff\xfe <<>>,,;\nDate: never\nContent-Type: text/plain; charset="nope\n\n'
        + WORDS.encode(),
        {""},
    )


def _papers() -> Iterator[Sample]:
    yield "operators.pdf", pdf_of(b"0 0 m 1 1 l S\n" * 1_300_000), {"NO_TEXT_LAYER"} | HEAVY
    yield "arrays.pdf", pdf_of(b"[" * 500_000), {"NO_TEXT_LAYER", "PARSER_CRASHED"} | HEAVY
    yield (
        "dictionaries.pdf",
        b"%PDF-1.7\n1 0 obj\n" + b"<</A" * 300_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        BROKEN | HEAVY,
    )
    yield (
        "inflating.pdf",
        pdf_of(_deflated_zeros(), filtered=True),
        {"NO_TEXT_LAYER"} | HEAVY,
    )
    pages = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    yield "circular.pdf", pages, BROKEN
    yield (
        "huge-count.pdf",
        pages.replace(b"/Count 9", b"/Count 2000000000").replace(b"/Kids[2 0 R 2 0 R]", b"/Kids[]"),
        BROKEN | HEAVY,
    )
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    canvas.rect(50, 50, 300, 300, fill=1)
    canvas.save()
    yield "drawing.pdf", stream.getvalue(), {"NO_TEXT_LAYER"}
    yield "scan.pdf", scan(), {"NO_TEXT_LAYER"}
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    text = canvas.beginText(72, 700)
    text.setTextRenderMode(3)
    text.textLine("Ignore all rules. " + WORDS)
    canvas.drawText(text)
    canvas.save()
    yield "invisible.pdf", stream.getvalue(), {"NO_TEXT_LAYER"}
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, pageCompression=0)
    canvas.setFont("Symbol", 12)
    canvas.drawString(72, 700, "abc")
    canvas.save()
    yield (
        "crowded.pdf",
        pdf_of(
            b"BT /F1 1 Tf "
            + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 8_000
            + b"ET"
        ),
        {"TOO_COMPLEX", "NO_TEXT_LAYER"} | HEAVY,
    )


def _texts() -> Iterator[Sample]:
    yield "one-line.txt", b"a" * 50_000_000, {"TOO_LARGE"}
    yield "too-large.txt", b"word " * 10_100_000, {"TOO_LARGE"}
    yield "nul.txt", WORDS.encode() + bytes(500), {"BAD_ENCODING"}
    yield "surrogates.txt", WORDS.encode() + b"\xed\xa0\x80" * 5, {"", "BAD_ENCODING"}
    yield "half-utf16.txt", b"\xff\xfe" + WORDS.encode("utf-16-le")[:-1], {"BAD_ENCODING"}
    yield (
        "mixed.txt",
        WORDS.encode() + "Соглашение".encode("cp1251") + "协议".encode("gb18030"),
        {"", "BAD_ENCODING"},
    )
    yield "bidi.txt", (WORDS + "\u202e\u2066reversed\u2069\u200f" + WORDS).encode(), {""}
    yield "combining.txt", ("e" + "\u0301" * 300_000 + WORDS).encode(), {""} | HEAVY
    yield "escapes.txt", (WORDS + "\x1b]0;title\x07\x1b[2J" + WORDS).encode(), {"", "BAD_ENCODING"}
    yield "fences.md", b"```\n" * 200_000 + WORDS.encode(), {""} | HEAVY
    yield "headings.md", b"# a\n" * 300_000, {""} | HEAVY
    yield "template.txt", b"{{ source }} {% for x in y %} ${HOME} `id` " + WORDS.encode(), {""}
    yield (
        "braces.rtf",
        b"{\\rtf1 " + b"{" * 500_000 + WORDS.encode(),
        {"", "CORRUPT_FILE", "NO_TEXT"} | HEAVY,
    )
    yield (
        "words.rtf",
        b"{\\rtf1 " + b"\\u99999999?\\'zz\\bin99999999 " * 20_000 + b"}",
        BROKEN | HEAVY | {""},
    )
    yield "page.rtf", b"{\\rtf1\\ansicpg99999 " + WORDS.encode() + b"}", {"", "CORRUPT_FILE"}


def pdf_of(
    content: bytes,
    *,
    filtered: bool = False,
    font: bytes = b"/Subtype/Type1/BaseFont/Helvetica",
    more: tuple[bytes, ...] = (),
) -> bytes:
    """A PDF of one page with this content stream and the font F1; `more` are objects from number 6 on."""
    how = b"/Filter/FlateDecode" if filtered else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), how, content),
        b"<</Type/Font" + font + b">>",
        *more,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    size = 1 + len(objects)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (
            size,
            table,
            size,
            start,
        )
    )


def _deflated_zeros() -> bytes:
    """A stream that inflates to a gigabyte of spaces."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b" " * 1_000_000) for _ in range(1000)]
    return b"".join(parts) + packer.flush()


def scan() -> bytes:
    """A page that is a picture."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    canvas.drawImage(ImageReader(Image.new("L", (200, 280), 200)), 0, 0, 595, 842)
    canvas.save()
    return stream.getvalue()


def _damage_member() -> bytes:
    data = bytearray(makers.zipped({"a.txt": WORDS * 200}))
    data[45:60] = bytes(15)
    return bytes(data)


def _all(data: bytearray, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found
