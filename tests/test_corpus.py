"""The bundled documents that are made by code are what that code makes."""

from pathlib import Path

import pytest

from pipeline.readers import FORMATS
from tests import corpus
from tests.conftest import DOCUMENTS


@pytest.mark.parametrize("name", [corpus.PDF, corpus.DOCX, corpus.PAGE])
def test_the_bundled_document_is_the_one_that_is_made(name: str, tmp_path: Path) -> None:
    corpus.write(tmp_path)
    reader = FORMATS[Path(name).suffix].read
    made, bundled = reader((tmp_path / name).read_bytes()), reader((DOCUMENTS / name).read_bytes())
    assert made.text == bundled.text
    assert made.regions == bundled.regions
    assert made.boxes.tobytes() == bundled.boxes.tobytes()
    assert made.warnings == bundled.warnings
