"""Office Open XML packages: members of a zip file, inflated within limits, and their XML without
DTD, entities or network."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import Any

from lxml import etree

from pipeline.errors import DocumentError
from pipeline.readers.limits import in_force

_CHUNK = 1 << 16
_ENCRYPTED = 0x1
_CORE = "docProps/core.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"


_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/"


class Package:
    """The members of a document. What is inflated is counted as it comes: sizes stated in the file
    are not believed."""

    def __init__(self, data: bytes) -> None:
        """Raises DocumentError CORRUPT_FILE, ENCRYPTED or TOO_LARGE."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise DocumentError(
                "CORRUPT_FILE", f"The file's zip structure is broken ({error})", "Fetch it again."
            ) from error
        infos = self._zip.infolist()
        if len(infos) > (most := in_force().members):
            raise DocumentError(
                "TOO_LARGE", f"The file holds {len(infos)} members", f"The limit is {most}."
            )
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise DocumentError(
                "ENCRYPTED", "Members of the file are encrypted", "Save it without a password."
            )
        self._names = {info.filename for info in infos}
        self._left = in_force().inflated

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises DocumentError CORRUPT_FILE, or TOO_LARGE when all members read
        together pass the limit."""
        parts = []
        try:
            with self._zip.open(name) as member:
                while part := member.read(_CHUNK):
                    self._left -= len(part)
                    if self._left < 0:
                        said = f"The file inflates to more than {in_force().inflated} bytes"
                        raise DocumentError(
                            "TOO_LARGE", said, "It may be a bomb; save its text in a new file."
                        )
                    parts.append(part)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            NotImplementedError,
            OSError,
            RuntimeError,
        ) as error:
            raise DocumentError(
                "CORRUPT_FILE", f"The member {name} is broken ({error})", "Fetch it again."
            ) from error
        return b"".join(parts)

    def xml(self, name: str) -> Any:
        """The root element of a member; None if there is no such member. The names of the strict
        form of the format are given as those of the usual one."""
        return parse_xml(_STRICT.sub(_USUAL, self.read(name))) if name in self._names else None

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """What a member, or with "" the package, refers to: id to (kind, member). What leads
        outside is left out."""
        folder, file = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for relation in root if root is not None else ():
            if not isinstance(relation.tag, str) or relation.get("TargetMode") == "External":
                continue
            target = relation.get("Target", "")
            path = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            if path in self._names:
                found[relation.get("Id", "")] = (relation.get("Type", "").rsplit("/", 1)[-1], path)
        return found

    def metadata(self) -> dict[str, str]:
        """Title, creator and date of creation, as far as the document states them."""
        root = self.xml(_CORE)
        if root is None:
            return {}
        tags = {"title": f"{_DC}title", "author": f"{_DC}creator", "created": f"{_TERMS}created"}
        return {name: (root.findtext(tag) or "").strip() for name, tag in tags.items()}


def parse_xml(data: bytes) -> Any:
    """The root element. Raises DocumentError CORRUPT_FILE (also for a document type declaration) or
    TOO_COMPLEX."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        text = str(error)
        if "depth" in text.lower() or "huge" in text.lower():
            raise DocumentError(
                "TOO_COMPLEX", f"Its XML is too deep or too large ({text})", "Save it anew."
            ) from error
        raise DocumentError(
            "CORRUPT_FILE", f"Its XML is broken ({text})", "Fetch it again."
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        said = "It declares a document type, which its format forbids"
        raise DocumentError("CORRUPT_FILE", said, "Do not open it; ask where it comes from.")
    return root


def date_of(created: str) -> str | None:
    """The day of a timestamp of the metadata, as EDTF."""
    return created[:10] if re.match(r"\d{4}-\d\d-\d\d", created) else None
