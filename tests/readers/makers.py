"""Small documents of every kind, made in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)
_STYLES = (
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="My heading"/><w:basedOn w:val="H1"/></w:style>'
    '<w:style w:type="character" w:styleId="Ghost"><w:name w:val="Ghost"/><w:rPr><w:vanish/></w:rPr></w:style>'
)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip file, the same for the same members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def note(number: int, kind: str = "footnote") -> str:
    """A reference to a note, for the runs of a paragraph."""
    return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Reference w:id="{number}"/></w:r>'


def paragraph(*runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(r if r.startswith('<') else run(r) for r in runs)}</w:p>"


def table(rows: list[list[str]]) -> str:
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def text_box(text: str) -> str:
    """A text box as Word writes it: the drawing, and the same again for older programs."""
    content = f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><wps:txbx>{content}</wps:txbx></mc:Choice>'
    return f"<w:r><mc:AlternateContent>{choice}<mc:Fallback><v:textbox>{content}</v:textbox></mc:Fallback></mc:AlternateContent></w:r>"


def docx(
    body: str,
    footnotes: tuple[str, ...] = (),
    endnotes: tuple[str, ...] = (),
    *,
    head: str = "",
    foot: str = "",
    title: str = "",
    author: str = "A. Writer",
    styles: str = "",
    more: Mapping[str, tuple[str, str]] | None = None,
) -> bytes:
    """A DOCX with this body (XML of paragraphs and tables), notes numbered from 1, a header and a footer; `more` holds other
    parts, each with its kind and XML, as rId6 and so on."""
    parts = {"styles": ("styles", f"<w:styles {_NAMESPACES}>{_STYLES}{styles}</w:styles>")}
    for kind, notes in (("footnote", footnotes), ("endnote", endnotes)):
        told = "".join(
            f'<w:{kind} w:id="{n}">{paragraph(text)}</w:{kind}>' for n, text in enumerate(notes, 1)
        )
        parts[f"{kind}s"] = (f"{kind}s", f"<w:{kind}s {_NAMESPACES}>{told}</w:{kind}s>")
    parts["header1"] = ("header", f"<w:hdr {_NAMESPACES}>{paragraph(head)}</w:hdr>")
    parts["footer1"] = ("footer", f"<w:ftr {_NAMESPACES}>{paragraph(foot)}</w:ftr>")
    parts |= more or {}
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_TYPES}/{kind}" Target="{name}.xml"/>'
        for n, (name, (kind, _)) in enumerate(parts.items(), 1)
    )
    members = _package("word/document.xml", title, author) | {
        "word/document.xml": f"{_XML}<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relations(relations),
    }
    return zipped(members | {f"word/{name}.xml": _XML + xml for name, (_, xml) in parts.items()})


def pptx(
    slides: list[tuple[str, list[str], str]],
    hidden: tuple[int, ...] = (),
    extra: str = "",
    data: str = "",
) -> bytes:
    """A PPTX of slides as (title, paragraphs, notes)."""
    spaces = (
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:r="{_TYPES}"'
    )
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in range(1, len(slides) + 1))
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_TYPES}/slide" Target="slides/slide{n}.xml"/>'
        for n in range(1, len(slides) + 1)
    )
    size = '<p:sldSz cx="9144000" cy="6858000"/>'
    members: dict[str, str | bytes] = _package("ppt/presentation.xml", "", "A. Writer") | {
        "ppt/presentation.xml": f"{_XML}<p:presentation {spaces}><p:sldIdLst>{ids}</p:sldIdLst>{size}</p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(relations),
    }
    for number, (title, texts, notes) in enumerate(slides, 1):
        show = ' show="0"' if number in hidden else ""
        shapes = _shape("title", [title]) + _shape("", texts) + extra
        members[f"ppt/slides/slide{number}.xml"] = (
            f"{_XML}<p:sld {spaces}{show}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
        relation = f'<Relationship Id="rId1" Type="{_TYPES}/notesSlide" Target="../notesSlides/notesSlide{number}.xml"/>'
        if data:
            relation += f'<Relationship Id="rId2" Type="{_TYPES}/diagramData" Target="../diagrams/data1.xml"/>'
            members["ppt/diagrams/data1.xml"] = _XML + data
        members[f"ppt/slides/_rels/slide{number}.xml.rels"] = _relations(relation)
        members[f"ppt/notesSlides/notesSlide{number}.xml"] = (
            f"{_XML}<p:notes {spaces}><p:cSld><p:spTree>{_shape('body', [notes])}</p:spTree></p:cSld></p:notes>"
        )
    return zipped(members)


def eml(
    subject: str, text: str, page: str = "", attachments: Mapping[str, bytes] | None = None
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = (
        "Aigul Office <office@ministry.example>",
        "press@agency.example",
    )
    message["Subject"], message["Date"] = subject, "Tue, 05 Mar 2024 10:00:00 +0500"
    message.set_content(text)
    if page:
        message.add_alternative(page, subtype="html")
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    message.set_boundary("boundary-1") if message.is_multipart() else None
    return message.as_bytes()


def mhtml(page: str, address: str, charset: str = "utf-8") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "<Saved by a browser>", "A page"
    message["Snapshot-Content-Location"] = address
    message.set_content(page, subtype="html", charset=charset)
    message.make_related()
    message.set_param("type", "text/html")
    message.set_boundary("boundary-2")
    return message.as_bytes()


def page(
    title: str,
    paragraphs: list[str],
    *,
    language: str = "en",
    charset: str = "utf-8",
    extra: str = "",
    style: str = "",
) -> bytes:
    """A web page with the usual furniture around its article."""
    text = "".join(f"<p>{escape(p)}</p>" for p in paragraphs)
    menu = "".join(f'<li><a href="/{n}">Menu entry {n}</a></li>' for n in range(8))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="{charset}"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body>"
        f'<header><nav class="menu"><ul>{menu}</ul></nav></header>'
        f'<div class="cookie-banner"><p>We use cookies to improve your visit.</p><button>Accept all</button></div>'
        f"<main><article><h1>{escape(title)}</h1>{text}{extra}</article></main>"
        '<aside class="related"><h3>Related</h3><ul><li><a href="/x">Another story</a></li></ul></aside>'
        "<footer><p>Copyright of the example agency. All rights reserved.</p></footer></body></html>"
    ).encode(charset, "xmlcharrefreplace")


def rtf(paragraphs: list[str]) -> bytes:
    def coded(text: str) -> str:
        return "".join(
            c if ord(c) < 128 else f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?"
            for c in text
        )

    return (
        "{\\rtf1\\ansi\\ansicpg1252\\uc1 " + "\\par\\par ".join(map(coded, paragraphs)) + "\\par}"
    ).encode("ascii")


def _shape(kind: str, texts: list[str]) -> str:
    mark = f'<p:nvPr><p:ph type="{kind}"/></p:nvPr>' if kind else "<p:nvPr/>"
    told = "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in texts)
    return f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="s"/>{mark}</p:nvSpPr><p:txBody>{told}</p:txBody></p:sp>'


def _package(main: str, title: str, author: str) -> dict[str, str | bytes]:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
        "<dcterms:created>2024-03-05T09:00:00Z</dcterms:created></cp:coreProperties>"
    )
    kind = "document" if main.startswith("word") else "presentation"
    subtype = "wordprocessingml.document" if kind == "document" else "presentationml.presentation"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{subtype}.main+xml"/></Types>'
    )
    relation = f'<Relationship Id="rId1" Type="{_TYPES}/officeDocument" Target="{main}"/>'
    return {
        "[Content_Types].xml": _XML + types,
        "_rels/.rels": _relations(relation),
        "docProps/core.xml": _XML + core,
    }


def _relations(inner: str) -> str:
    return f'{_XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'
