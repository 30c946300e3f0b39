"""The kinds of documents that can be read. Another one is a file with its FORMAT, and a line here.

The first that says "it begins so" takes bytes whose name does not tell: saved pages go before mail,
which they are as well.
"""

from __future__ import annotations

from pipeline.readers.format import Format
from pipeline.readers.mail import eml, mhtml
from pipeline.readers.office import docx, pptx
from pipeline.readers.pdf import reader as pdf
from pipeline.readers.text import markdown, plain, rtf
from pipeline.readers.web import html

ALL = (
    plain.FORMAT,
    markdown.FORMAT,
    html.FORMAT,
    mhtml.FORMAT,
    pdf.FORMAT,
    docx.FORMAT,
    pptx.FORMAT,
    eml.FORMAT,
    rtf.FORMAT,
)
FORMATS: dict[str, Format] = {ending: form for form in ALL for ending in form.endings}
