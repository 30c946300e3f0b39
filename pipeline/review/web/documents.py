"""The pages about documents: the list, one with all its evidence, and pages of PDF documents."""

from __future__ import annotations

from collections import Counter

from starlette.exceptions import HTTPException
from starlette.responses import Response

from pipeline.compare.changes import known_of
from pipeline.errors import DossierError
from pipeline.review.web.frame import Asked, Frame, to
from pipeline.review.web.marked import bare_sentences, pieces, quoted_at
from pipeline.review.web.shown import file_of

_LISTED = 100  # on a page of the list
_TEXT = 30_000  # code points of a document on one page


class Documents:
    """Answers requests about documents."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._desk = frame.desk

    def all(self, asked: Asked) -> Response:
        """The list of documents."""
        texts = self._desk.texts(newer=True)
        total = texts.count()
        start = asked.number("start", total) or 0
        return self._frame.page(
            "documents.html", asked.who, listed=texts.documents(start, _LISTED), start=start,
            all_documents=total, most=_LISTED,
        )  # fmt: skip

    def one(self, asked: Asked) -> Response:
        """A document with all evidence marked, and sentences without a record."""
        return self._one(asked, 200)

    def report(self, asked: Asked) -> Response:
        """Record that a document says something of which there is no record."""
        document = self._desk.texts(newer=True).document(asked.path["id"])
        if document is None:
            raise HTTPException(404)
        quote = asked.form.get("quote", "").replace("\r\n", "\n").strip()
        try:
            self._desk.report_missing(
                asked.who, document, asked.form.get("type", ""), quote, asked.form.get("why", "")
            )
        except DossierError as error:
            self._frame.tell(asked.who, str(error))
            return self._one(asked, 422)
        self._frame.tell(asked.who, "missing: recorded")
        return to(f"/document/{document.id}")

    def _one(self, asked: Asked, status: int) -> Response:
        newer = asked.query.get("run") != "before"
        texts = self._desk.texts(newer=newer)
        document = texts.document(asked.path["id"])
        if document is None:
            raise HTTPException(404)
        at = asked.number("at", document.characters)
        low = (at or 0) // _TEXT * _TEXT
        high = min(low + _TEXT, document.characters)
        marks = texts.marks(document.id, low, high)
        focus = [] if at is None else [quoted_at(marks, at)]
        parts = [
            pieces(start, text, marks, focus, bare_sentences(start, text, marks))
            for start, text in texts.parts(document.id, low, high)
        ]
        counted = Counter(table for table, _ in {(m.table, m.record) for m in marks if not m.field})
        item = asked.query.get("item", "")
        return self._frame.page(
            "document.html", asked.who, status, document=document, parts=parts, low=low, high=high,
            step=_TEXT, types=sorted(counted.items()), words=asked.words, order=asked.order,
            item=item if item in self._desk.sitting.by_id else "", run=asked.query.get("run", ""),
            known=sorted(known_of(self._desk.sitting.between.record_types).fields), form=asked.form,
            missing=self._desk.sitting.missing_in(document.path),
        )  # fmt: skip

    def picture(self, asked: Asked) -> Response:
        """A page of a PDF document as PNG."""
        found = (
            self._desk.texts(newer=newer).document(asked.path["id"]) for newer in (True, False)
        )
        document = next((d for d in found if d), None)
        file = file_of(document) if document else None
        if file is None:
            raise HTTPException(404)
        drawn = self._desk.pictures.page(file, asked.path["page"])
        return Response(drawn.png, media_type="image/png")
