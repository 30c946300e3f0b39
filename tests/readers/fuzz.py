"""Fuzzing of every reader with hypothesis: python -m tests.readers.fuzz [SECONDS] [KIND ...], 60 seconds each by default.

Good documents are cut, spliced, repeated and flipped; those that are packages also inside, before they are packed. Whatever a
reader raises other than a DocumentError, and whatever ends its process, is a finding. Each reader runs in its own process.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.readers import FORMATS
from pipeline.readers.decode import clean
from tests.conftest import DOCUMENTS, ROOT
from tests.readers import makers

FIXTURES = ROOT / "tests" / "fixtures" / "documents"
_TOKENS = {
    ".html": [b"<p>", b"</div>", b"<table><tr><td>", b"<!--", b"-->", b"&#0;", b"&#xD800;", b'style="display:none"', b"<script>", b"\xff\xfe"],
    ".docx": [b"<w:p>", b"</w:p>", b"<w:tbl>", b"<w:tr>", b"<w:tc>", b"<w:footnoteReference/>", b'w:val=""', b"&#1;", b"<w:txbxContent>"],
    ".pptx": [b"<a:tbl>", b"<a:tr>", b"<a:p>", b"<p:sp>", b'r:id="rId1"', b'show="0"'],
    ".pdf": [b"/Length 0", b"endstream", b"<<", b">>", b"[", b" 0 R", b"/Type/Page", b"/Rotate 90", b"/MediaBox[0 0 0 0]", b"/CropBox[9 9 1 1]", b"Tj", b"Td"],
    ".rtf": [b"{", b"}", b"\\u-99999?", b"\\'zz", b"\\bin9999 ", b"\\par", b"\\ansicpg0", b"\\uc99", b"{\\footnote", b"\\f1", b"\\cell", b"\\*", b"\\v"],
    ".eml": [b"\n\n", b"Content-Type: multipart/mixed; boundary=", b"--", b"=?utf-8?b?", b"?=", b"charset=none", b"Date: 99", b"<<>>,,;", b"\x00"],
    ".mhtml": [b"--", b"boundary", b"Content-Transfer-Encoding: base64", b"=3D", b"<html>", b"\x00"],
    ".txt": [b"\x00", b"\xff", b"\xe2\x80\xae", b"1 2 3", b"Source: ", b"2024-99-99", b"\r\n\r\n"],
    ".md": [b"```", b"# ", b"| a |", b"~~~", b"\x00"],
}  # fmt: skip
Mutation = tuple[int, int, bytes]


def seeds(suffix: str) -> list[bytes]:
    found = [FIXTURES / f"good{suffix}", *DOCUMENTS.glob(f"*{suffix}")]
    data = [file.read_bytes() for file in found]
    if suffix == ".docx":
        body = makers.paragraph("A", makers.note(1), makers.text_box("B")) + makers.table(
            [["a", "b"], ["c", "d"]]
        )
        data.append(makers.docx(body, ("note",), ("end",), head="head", foot="foot", title="title"))
    if suffix == ".rtf":
        data.append(
            rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Times;}{\f1\fcharset2 Symbol;}}{\colortbl;\red255\green255\blue255;}{\info{\title T}{\creatim\yr2024\mo3\dy5}}"
            rb"{\header h}\pard\outlinelevel0 H\par\pard A{\super 1,2}{\footnote\ftnalt n}{\v x}{\cf1 y}{\f1\'b3}\par\trowd\intbl a\cell b\cell\row\pard{\shptxt b}{\pict\bin3 abc}}"
        )
    return data


def mutated(data: bytes, mutations: list[Mutation]) -> bytes:
    for place, kind, token in mutations:
        at = place % (len(data) + 1)
        if kind == 0:
            data = data[:at] + token + data[at:]
        elif kind == 1:
            data = data[:at] + data[at + len(token) * 3 :]
        elif kind == 2:
            data = data[:at]
        elif kind == 3:
            data = data[:at] + data[at : at + 200] * (1 + len(token)) + data[at:]
        elif data[at : at + 1]:
            data = data[:at] + bytes([data[at] ^ (1 << (len(token) % 8))]) + data[at + 1 :]
    return data


def inside(data: bytes, mutations: list[Mutation], which: int) -> bytes:
    """A package with one of its members mutated."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = sorted(members)[which % len(members)]
    content = members[name]
    members[name] = mutated(content if isinstance(content, bytes) else content.encode(), mutations)
    return makers.zipped(members)


def target(suffix: str) -> Callable[[], None]:
    reader, starts = FORMATS[suffix].read, seeds(suffix)
    tokens = st.sampled_from(_TOKENS[suffix]) | st.binary(max_size=6)
    mutations = st.lists(
        st.tuples(st.integers(0, 1 << 20), st.integers(0, 4), tokens), min_size=1, max_size=8
    )

    @settings(
        max_examples=100,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(starts), mutations, st.integers(0, 99), st.booleans())
    def one(data: bytes, changes: list[Mutation], which: int, packed: bool) -> None:
        broken = (
            inside(data, changes, which)
            if packed and data.startswith(b"PK")
            else mutated(data, changes)
        )
        try:
            parsed = reader(broken)
        except DocumentError as error:
            assert error.remedy
            return
        assert clean(parsed.text) == parsed.text
        assert all(0 <= r.start < r.end <= len(parsed.text) for r in parsed.regions)
        assert all(
            a.end <= b.start for a, b in zip(parsed.regions, parsed.regions[1:], strict=False)
        )
        assert all(parsed.text[h.start : h.end].strip() for h in parsed.headings)
        assert len(parsed.boxes) in (0, 4 * len(parsed.text))

    return one


def main() -> int:
    if sys.argv[1:2] == ["--in-process"]:
        suffix, ends = sys.argv[2], time.monotonic() + float(sys.argv[3])
        one, rounds = target(suffix), 0
        while time.monotonic() < ends:
            one()
            rounds += 1
        print(f"{suffix}: {rounds * 100} documents, nothing found")
        return 0
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    kinds = sys.argv[2:] or sorted(_TOKENS)
    ended = [
        subprocess.run(
            [sys.executable, "-m", "tests.readers.fuzz", "--in-process", kind, seconds], check=False
        )
        for kind in kinds
    ]
    return max(abs(process.returncode) for process in ended)


if __name__ == "__main__":
    sys.exit(main())
