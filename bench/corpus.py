"""Documents in six languages written by other people's programs, with the words each must yield.

`make(folder)` writes them: PDF by XeLaTeX, LibreOffice, Chromium, reportlab, Typst and WeasyPrint,
DOCX by pandoc, LibreOffice, python-docx and as Word writes XML, mail by Python, nodemailer and Perl.
A program that is not installed is left out and named. bench/compare_readers.py reads them.
"""

from __future__ import annotations

import html
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.readers import makers  # noqa: E402
from tests.readers.samples import sentence as made_sentence  # noqa: E402

LANGUAGES = ("en", "ru", "kk", "zh", "ar", "he")
_WORDS = {
    "ar": (
        "اتفاقية شراكة تقنية لقاح إنتاج مصنع وزارة تعاون مختبر جامعة بحث مذكرة تسجيل تصدير بين من إلى على في عن دولي تطوير "
        "استثمار سريري توقيع الشركة الصحة المركز الوطني"
    ).split(),
    "he": (
        "הסכם שותפות טכנולוגיה חיסון ייצור מפעל משרד שיתוף מעבדה אוניברסיטה מחקר מזכר רישום יצוא בין של על את עם בינלאומי "
        "פיתוח השקעה קליני נחתם החברה הבריאות המרכז הלאומי"
    ).split(),
}
_HEADS = {
    "en": "Agreements and plants", "ru": "Соглашения и заводы", "kk": "Келісімдер мен зауыттар",
    "zh": "协议与工厂", "ar": "الاتفاقيات والمصانع", "he": "הסכמים ומפעלים",
}  # fmt: skip
_FONT = {"zh": "Noto Sans CJK SC", "ar": "Noto Naskh Arabic", "he": "Noto Sans Hebrew"}
_TIMEOUT = 180


@dataclass(frozen=True)
class Text:
    """What a document says: title, then sections of heading, paragraphs, list items, rows of a
    table."""

    language: str
    title: str
    sections: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    note: str

    @property
    def leftward(self) -> bool:
        """Whether it runs from right to left."""
        return self.language in ("ar", "he")

    def pieces(self) -> Iterator[str]:
        """All it says, in order; the footnote last."""
        yield self.title
        for heading, paragraphs, items, rows in self.sections:
            yield heading
            yield from paragraphs
            yield from items
            for row in rows:
                yield from row
        yield self.note


def _sentence(language: str, chance: random.Random) -> str:
    if language not in _WORDS:
        return made_sentence(language, chance)
    words = [chance.choice(_WORDS[language]) for _ in range(chance.randint(7, 16))]
    if chance.random() < 0.4:
        words.insert(chance.randrange(1, len(words)), str(chance.choice([2019, 2024, 15, "4,200"])))
    if chance.random() < 0.2:  # words that run the other way
        words.insert(
            chance.randrange(1, len(words)),
            chance.choice(["Pfizer Inc", "(WHO)", "GSK 2020", "mRNA"]),
        )
    return " ".join(words) + "."


def text(language: str, seed: int, sections: int = 4) -> Text:
    """A made text in a language."""
    chance = random.Random(f"{language} {seed}")
    joint = "" if language == "zh" else " "

    def paragraph() -> str:
        return joint.join(_sentence(language, chance) for _ in range(chance.randint(3, 6)))

    def section(
        number: int,
    ) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]]:
        rows = tuple(
            (
                _sentence(language, chance)[:14].strip(" .。"),
                str(chance.randint(2010, 2026)),
                f"{chance.randint(2, 999)}",
            )
            for _ in range(5)
        )
        return (
            f"{number}. {_HEADS[language]}",
            tuple(paragraph() for _ in range(4)),
            tuple(_sentence(language, chance) for _ in range(3)),
            rows,
        )

    return Text(
        language,
        f"{_HEADS[language]} {2000 + seed}",
        tuple(section(number) for number in range(1, sections + 1)),
        _sentence(language, chance),
    )


# ---- as HTML, from which Chromium, WeasyPrint and LibreOffice make theirs


def page(said: Text, *, columns: int = 1) -> str:
    """A web page that says it."""
    e = html.escape
    body = [f"<h1>{e(said.title)}</h1>"]
    for heading, paragraphs, items, rows in said.sections:
        body.append(f"<h2>{e(heading)}</h2>")
        body += [f"<p>{e(p)}</p>" for p in paragraphs]
        body.append("<ul>" + "".join(f"<li>{e(i)}</li>" for i in items) + "</ul>")
        body.append(
            "<table border=1>"
            + "".join("<tr>" + "".join(f"<td>{e(c)}</td>" for c in r) + "</tr>" for r in rows)
            + "</table>"
        )
    body.append(f"<p><small>{e(said.note)}</small></p>")
    way = "rtl" if said.leftward else "ltr"
    style = f"body{{font-family:'{_FONT.get(said.language, 'DejaVu Serif')}';font-size:11pt;column-count:{columns};text-align:justify}}td{{padding:2pt 8pt}}"
    return f'<!doctype html><html lang="{said.language}" dir="{way}"><head><meta charset="utf-8"><title>{e(said.title)}</title><style>{style}</style></head><body>{"".join(body)}</body></html>'


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=_TIMEOUT, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout[-300:]!r} {done.stderr[-300:]!r}")


def _chromium(said: Text, out: Path, columns: int = 1) -> None:
    source = out.with_suffix(".chromium.html")
    source.write_text(page(said, columns=columns), encoding="utf-8")
    _run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--print-to-pdf={out}",
            source.as_uri(),
        ],
        out.parent,
    )
    source.unlink()


def _weasyprint(said: Text, out: Path, columns: int = 1) -> None:
    import weasyprint  # type: ignore[import-not-found]

    weasyprint.HTML(string=page(said, columns=columns)).write_pdf(out)


def _soffice(said: Text, out: Path) -> None:
    source = out.with_suffix(".html")
    source.write_text(page(said), encoding="utf-8")
    kind = out.suffix[1:]
    how = {"docx": "docx:MS Word 2007 XML", "pdf": "pdf:writer_web_pdf_Export"}[kind]
    if kind == "pdf":  # by way of a text document, which has pages
        _run(
            [
                "soffice",
                "--headless",
                "--convert-to",
                "docx:MS Word 2007 XML",
                "--infilter=HTML (StarWriter)",
                source.name,
            ],
            out.parent,
        )
        made, how = out.with_suffix(".docx"), "pdf"
        _run(["soffice", "--headless", "--convert-to", how, made.name], out.parent)
        made.unlink()
    else:
        _run(
            [
                "soffice",
                "--headless",
                "--convert-to",
                how,
                "--infilter=HTML (StarWriter)",
                source.name,
            ],
            out.parent,
        )
    source.unlink()


def _tex(words: str) -> str:
    return re.sub(r"([#$%&_{}])", r"\\\1", words)


def _xelatex(said: Text, out: Path, columns: int = 1) -> None:
    option = "twocolumn," if columns == 2 else ""
    head = [
        rf"\documentclass[{option}11pt,a4paper]{{article}}",
        r"\usepackage{fontspec}",
        r"\setlength{\emergencystretch}{3em}",
    ]
    # TeX takes what a font lacks, Latin letters or digits, from no other font.
    font = _FONT.get(said.language, "DejaVu Serif") if not said.leftward else "DejaVu Sans"
    script = {"ar": "[Script=Arabic]", "he": "[Script=Hebrew]"}.get(said.language, "")
    head.append(rf"\setmainfont{{{font}}}{script}")
    if said.language == "zh":
        head += [r'\XeTeXlinebreaklocale "zh"', r"\XeTeXlinebreakskip = 0pt plus 1pt"]
    if said.leftward:
        head.append(r"\usepackage{bidi}\setRTL")
    body = [rf"\title{{{_tex(said.title)}}}\date{{}}\maketitle"]
    for number, (heading, paragraphs, items, rows) in enumerate(said.sections):
        body.append(rf"\section*{{{_tex(heading)}}}")
        noted = rf"\footnote{{{_tex(said.note)}}}" if not number else ""
        body += [_tex(p) + (noted if not k else "") + "\n" for k, p in enumerate(paragraphs)]
        body.append(
            r"\begin{itemize}" + "".join(rf"\item {_tex(i)}" for i in items) + r"\end{itemize}"
        )
        cells = "".join(" & ".join(map(_tex, row)) + r" \\ \hline " for row in rows)
        body.append(r"\begin{tabular}{|l|r|r|}\hline " + cells + r"\end{tabular}" + "\n")
    source = out.with_suffix(".tex")
    source.write_text(
        "\n".join([*head, r"\begin{document}", *body, r"\end{document}"]), encoding="utf-8"
    )
    _run(["xelatex", "-interaction=batchmode", source.name], out.parent)
    for ending in (".tex", ".aux", ".log"):
        out.with_suffix(ending).unlink(missing_ok=True)


def _typst(said: Text, out: Path, columns: int = 1) -> None:
    import typst  # type: ignore[import-not-found]

    q = json.dumps
    way = "rtl" if said.leftward else "ltr"
    font = _FONT.get(said.language, "DejaVu Serif")
    parts = [
        f"#set text(font: {q(font)}, lang: {q(said.language)}, dir: {way}, size: 10pt)",
        f'#set page(columns: {columns}, numbering: "1")',
        "#set par(justify: true)",
        f"#heading({q(said.title)})",
    ]
    for heading, paragraphs, items, rows in said.sections:
        parts.append(f"#heading(level: 2, {q(heading, ensure_ascii=False)})")
        parts += [f"#par({q(p, ensure_ascii=False)})" for p in paragraphs]
        parts.append("#list(" + ", ".join(f"text({q(i, ensure_ascii=False)})" for i in items) + ")")
        parts.append(
            "#table(columns: 3, "
            + ", ".join(f"text({q(c, ensure_ascii=False)})" for row in rows for c in row)
            + ")"
        )
    parts[-1] += f"#footnote({q(said.note, ensure_ascii=False)})"
    parts[3] = f"#heading({q(said.title, ensure_ascii=False)})"
    source = out.with_suffix(".typ")
    source.write_text("\n\n".join(parts), encoding="utf-8")
    typst.compile(str(source), output=str(out))
    source.unlink()


def _reportlab(said: Text, out: Path, columns: int = 1) -> None:
    from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
    from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
    from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
    from reportlab.platypus import (  # type: ignore[import-untyped]
        BaseDocTemplate,
        Frame,
        PageTemplate,
        Paragraph,
        Table,
        TableStyle,
    )

    if said.leftward:
        raise LookupError("reportlab does not shape letters that run from right to left")
    if said.language == "zh":
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        font = "STSong-Light"
    else:
        pdfmetrics.registerFont(
            TTFont("DejaVu", "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
        )
        font = "DejaVu"
    wrap = "CJK" if said.language == "zh" else None
    plain = ParagraphStyle(
        "p",
        fontName=font,
        fontSize=10,
        leading=13,
        spaceAfter=6,
        alignment=4 if not wrap else 0,
        wordWrap=wrap,
    )
    large = ParagraphStyle("h", fontName=font, fontSize=14, leading=18, spaceAfter=8)
    e = html.escape
    flow = [Paragraph(e(said.title), ParagraphStyle("t", fontName=font, fontSize=18, leading=24))]
    for heading, paragraphs, items, rows in said.sections:
        flow.append(Paragraph(e(heading), large))
        flow += [Paragraph(e(p), plain) for p in paragraphs]
        flow += [Paragraph(e(i), plain, bulletText="•") for i in items]
        flow.append(
            Table(
                [list(r) for r in rows],
                style=TableStyle(
                    [("FONTNAME", (0, 0), (-1, -1), font), ("GRID", (0, 0), (-1, -1), 0.5, "black")]
                ),
            )
        )
    flow.append(Paragraph(e(said.note), plain))
    width, height = A4
    each = (width - 100 - 14 * (columns - 1)) / columns
    frames = [Frame(50 + k * (each + 14), 50, each, height - 100) for k in range(columns)]
    made = BaseDocTemplate(str(out), pagesize=A4)
    made.addPageTemplates(PageTemplate(frames=frames))
    made.build(flow)


# ---- DOCX


def _markdown(said: Text) -> str:
    parts = [f"# {said.title}"]
    for number, (heading, paragraphs, items, rows) in enumerate(said.sections):
        parts.append("## " + heading.replace(".", "\\.", 1))
        parts += [p + ("[^1]" if not number and not k else "") for k, p in enumerate(paragraphs)]
        parts.append("\n".join(f"- {i}" for i in items))
        head = "|  |  |  |\n|---|---|---|\n"
        parts.append(head + "\n".join("| " + " | ".join(r) + " |" for r in rows))
    parts.append(f"[^1]: {said.note}")
    return "\n\n".join(parts) + "\n"


def _pandoc(said: Text, out: Path) -> None:
    source = out.with_suffix(".md")
    source.write_text(_markdown(said), encoding="utf-8")
    _run(["pandoc", source.name, "-o", out.name, "-M", f"lang={said.language}"], out.parent)
    source.unlink()


def _python_docx(said: Text, out: Path) -> None:
    import docx  # type: ignore[import-not-found]

    made = docx.Document()
    made.add_heading(said.title, 0)
    for heading, paragraphs, items, rows in said.sections:
        made.add_heading(heading, 1)
        for p in paragraphs:
            made.add_paragraph(p)
        for i in items:
            made.add_paragraph(i, style="List Bullet")
        table = made.add_table(rows=len(rows), cols=3, style="Table Grid")
        for cells, row in zip(table.rows, rows, strict=True):
            for cell, value in zip(cells.cells, row, strict=True):
                cell.text = value
    made.add_paragraph(said.note)
    made.save(str(out))


def _word_like(said: Text, out: Path) -> None:
    """As Word writes it: runs cut anywhere, marks of revisions and spelling between them."""
    chance = random.Random(said.title)

    def runs(words: str) -> str:
        cut = sorted(chance.sample(range(1, max(2, len(words))), k=min(3, max(0, len(words) - 1))))
        parts = [words[a:b] for a, b in zip([0, *cut], [*cut, len(words)], strict=True)]
        return '<w:proofErr w:type="spellStart"/>'.join(
            f'<w:r w:rsidR="00AB12CD"><w:rPr><w:lang w:val="{said.language}"/></w:rPr><w:t xml:space="preserve">{html.escape(p)}</w:t></w:r>'
            for p in parts
            if p
        )

    body = [makers.paragraph(runs(said.title), style="Heading1")]
    for heading, paragraphs, items, rows in said.sections:
        body.append(makers.paragraph(runs(heading), style="Heading2"))
        body += [
            f'<w:p w:rsidR="00AB12CD" w:rsidRDefault="00AB12CD">{runs(p)}</w:p>'
            for p in (*paragraphs, *items)
        ]
        body.append(makers.table([list(map(html.escape, row)) for row in rows]))
    body.append(f"<w:p>{runs(said.note)}</w:p>")
    out.write_bytes(makers.docx("".join(body)))


# ---- mail


def _plain(said: Text) -> str:
    return "\n\n".join(said.pieces()) + "\n"


def _python_mail(said: Text, out: Path, form: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        said.title,
        "ana@example.org",
        "ben@example.org",
    )
    charset = {"ru": "koi8-r", "zh": "gb18030", "he": "iso-8859-8", "ar": "windows-1256"}.get(
        said.language, "utf-8"
    )
    how = "quoted-printable" if form == "quoted" else "base64"
    if form == "page":
        message.set_content(page(said), subtype="html", cte="quoted-printable")
    elif form == "both":
        message.set_content(_plain(said), charset=charset, cte="base64")
        message.add_alternative(page(said), subtype="html")
    else:
        message.set_content(_plain(said), charset=charset, cte=how)
    out.write_bytes(bytes(message))


def _nodemailer(said: Text, out: Path, form: str) -> None:
    given = {"subject": said.title, "from": "Ana <ana@example.org>", "to": "ben@example.org"}
    if form != "page":
        given["text"] = _plain(said)
    if form != "text":
        given["html"] = page(said)
    script = "const M=require('nodemailer/lib/mail-composer');new M(JSON.parse(process.argv[1])).compile().build((e,b)=>{if(e)throw e;require('fs').writeFileSync(process.argv[2],b)})"
    _run(
        ["node", "-e", script, json.dumps(given), str(out)], Path(os.environ.get("NODE_HOME", "."))
    )


def _perl_mail(said: Text, out: Path, form: str) -> None:
    kind = "text/html" if form == "page" else "text/plain"
    script = (
        "use MIME::Lite; use Encode; local $/; my $t=<STDIN>;"
        f"my $m=MIME::Lite->new(From=>'ana@example.org',To=>'ben@example.org',Subject=>$ARGV[0],Type=>'{kind}; charset=UTF-8',Data=>$t,Encoding=>'quoted-printable');"
        "print $m->as_string;"
    )
    content = page(said) if form == "page" else _plain(said)
    done = subprocess.run(
        ["perl", "-e", script, said.title],
        input=content.encode(),
        capture_output=True,
        timeout=_TIMEOUT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-200:])
    out.write_bytes(done.stdout)


Maker = Callable[[Text, Path], None]
PDF: dict[str, Maker] = {
    "xelatex": _xelatex,
    "xelatex-2": lambda t, o: _xelatex(t, o, 2),
    "soffice": _soffice,
    "chromium": _chromium,
    "chromium-2": lambda t, o: _chromium(t, o, 2),
    "reportlab": _reportlab,
    "reportlab-2": lambda t, o: _reportlab(t, o, 2),
    "typst": _typst,
    "typst-2": lambda t, o: _typst(t, o, 2),
    "weasyprint": _weasyprint,
}
DOCX: dict[str, Maker] = {
    "pandoc": _pandoc,
    "soffice": _soffice,
    "python-docx": _python_docx,
    "word": _word_like,
}
MAIL: dict[str, Maker] = {
    f"{program}-{form}": (lambda t, o, make=make, form=form: make(t, o, form))  # type: ignore[misc]
    for program, make, forms in (
        ("python", _python_mail, ("quoted", "base64", "page", "both")),
        ("nodemailer", _nodemailer, ("text", "page", "both")),
        ("perl", _perl_mail, ("text", "page")),
    )
    for form in forms
}


@dataclass
class Made:
    """The files that were made, what each says, and what could not be made."""

    files: dict[Path, Text] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def make(folder: Path, seeds: int = 1) -> Made:
    """Write all documents into a folder; those that are there are not made again."""
    made = Made()
    folder.mkdir(parents=True, exist_ok=True)
    for kind, programs in ((".pdf", PDF), (".docx", DOCX), (".eml", MAIL)):
        for program, write in programs.items():
            for language in LANGUAGES:
                for seed in range(seeds):
                    said = text(language, seed)
                    out = folder / f"{program}.{language}.{seed}{kind}"
                    try:
                        if not out.exists():
                            write(said, out)
                    except (
                        ImportError,
                        LookupError,
                        OSError,
                        RuntimeError,
                        subprocess.TimeoutExpired,
                    ) as error:
                        made.missing[f"{program} {kind} {language}"] = str(error)[:200]
                        continue
                    made.files[out] = said
    return made


if __name__ == "__main__":
    where = Path(sys.argv[1])
    done = make(where)
    print(len(done.files), "files")
    for name, why in done.missing.items():
        print("not made:", name, why)
    print(
        "programs:",
        ", ".join(
            p
            for p in ("chromium", "soffice", "xelatex", "pandoc", "node", "perl")
            if shutil.which(p)
        ),
    )
