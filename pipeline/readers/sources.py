"""Where documents come from: files, folders, globs, zip archives, standard input. No link is
followed out of its folder."""

from __future__ import annotations

import atexit
import glob
import hashlib
import io
import os
import shutil
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from pipeline.domain import content_id
from pipeline.errors import DocumentError, DossierError
from pipeline.readers.format import BROKEN_ZIP
from pipeline.readers.limits import in_force

MAX_MEMBERS = 100_000
MAX_HASHED = 1_000_000_000  # of a member of an archive, which may be a bomb
STANDARD_INPUT = "-"
_CHUNK = 1 << 20


class Source(NamedTuple):
    """A document to read: its file, the name to record for it, and in an archive the member and its
    place in the list: two may have one name. Of an attachment `part` is its number in the message
    and `parent` the id of the message. `id` is that of its document, once it is known."""

    path: Path
    name: str
    member: str = ""
    outside: bool = False
    entry: int = -1
    id: str = ""
    part: str = ""
    parent: str = ""

    @property
    def suffix(self) -> str:
        """The ending that says what kind of document it is, in lower case."""
        return Path(self.name if self.part else self.member or self.path).suffix.lower()

    @property
    def inside(self) -> bool:
        """Whether it is a part of a file: of an archive, or of a message."""
        return bool(self.member or self.part)


def find_documents(paths: tuple[Path, ...]) -> list[Source]:
    """All documents in the given files, folders, patterns, archives and standard input (`-`),
    sorted, hidden ones left out.

    A name is relative to the working folder, or else to the given folder's parent: never a
    machine's full path. A link that leads out of the folder it is in is listed as `outside` and not
    followed. Raises DossierError for a path that does not exist and when there is no file at all.
    """
    found: dict[tuple[Path, str, int], Source] = {}
    for source in each_document(paths):
        found.setdefault((source.path, source.member, source.entry), source)
    if not found:
        raise no_documents(paths)
    return sorted(found.values(), key=lambda source: (source.name, source.path, source.member))


def no_documents(paths: Iterable[Path]) -> DossierError:
    """The error of paths that name no file."""
    return DossierError(
        f"No documents in {', '.join(map(str, paths))}",
        "Put files there, or name another folder, file, pattern or archive.",
    )


def each_document(paths: tuple[Path, ...]) -> Iterator[Source]:
    """As `find_documents`, one by one as they are found; one that is named twice comes twice.
    Raises DossierError for a path that does not exist."""
    here = Path.cwd().resolve()
    for path in (single for given in paths for single in _expanded(given)):
        for file, outside in _files(path):
            full = _absolute(file)
            base = here if full.is_relative_to(here) else _absolute(path).parent
            name = (
                "stdin" + file.suffix
                if path.name.startswith(_SPOOLED)
                else _printable(full.relative_to(base).as_posix())
            )
            yield from _members(Source(file, name, outside=outside))


def attached(message: Source, listed: Iterable[tuple[str, str]]) -> Iterator[Source]:
    """The attachments of a message, whose id is known, from the number and file name of each."""
    seen: Counter[str] = Counter()
    for number, name in listed:
        seen[name] += 1
        file = PurePosixPath(name)
        if seen[name] > 1:
            file = file.with_name(f"{file.stem} ({seen[name]}){file.suffix}")
        label = f"{message.name}/{_printable(str(file))}"
        yield message._replace(name=label, part=number, parent=message.id, id="")


def source_id(source: Source) -> str:
    """The id of a document from its bytes, also of a kind that no reader takes; from its name if it
    cannot be read."""
    digest, size = hashlib.sha256(), 0
    try:
        if source.outside:
            return content_id("doc", source.name)
        with open_source(source) as file:
            while part := file.read(_CHUNK):
                digest.update(part)
                size += len(part)
                if source.inside and size > MAX_HASHED:
                    return content_id("doc", source.name)
    except (OSError, DocumentError, *BROKEN_ZIP):
        return content_id("doc", source.name)
    return f"doc_{digest.hexdigest()[:16]}" if size else content_id("doc", source.name)


def without_duplicates(
    files: list[Source], identify: Callable[[Source], str] | None = None
) -> tuple[dict[str, Source], list[tuple[str, str, str]]]:
    """Sources by document id, which `identify` gives, and (id, name, what to say) of those with the
    same bytes. Of several a file whose ending fits its content is taken, rather than a link or a
    member of an archive."""
    groups: dict[str, list[Source]] = {}
    for source in files:
        key = (identify or source_id)(source)
        groups.setdefault(key, []).append(source._replace(id=key))
    first = {
        key: min(group, key=preference) if len(group) > 1 else group[0]
        for key, group in groups.items()
    }
    duplicates = sorted(
        (key, source.name, f"Same bytes as {first[key].name}")
        for key, group in groups.items()
        for source in group
        if source is not first[key]
    )
    return first, duplicates


def preference(source: Source) -> tuple[bool, bool, bool, str]:
    """Which of several with the same bytes is taken: the least."""
    from pipeline.readers.kinds import fits

    if source.inside:  # is not unpacked for this
        return (True, True, False, source.name)
    if source.outside:  # is not followed
        return (True, False, True, source.name)
    try:
        with open_source(source) as file:
            right = fits(file.read(in_force().bytes), source.suffix)
    except (OSError, *BROKEN_ZIP):
        right = False
    return (not right, False, source.path.is_symlink(), source.name)


def document_id(data: bytes) -> str:
    """The id of the document with these bytes."""
    return f"doc_{hashlib.sha256(data).hexdigest()[:16]}"


def open_source(source: Source) -> IO[bytes]:
    """The bytes of a source as a stream. Raises OSError, what zipfile raises for a broken member,
    or DocumentError for a message that is too large or broken."""
    if source.part:
        from pipeline.readers.attachments import attachment

        message = source._replace(name=str(Path(source.name).parent), part="", parent="")
        return io.BytesIO(attachment(read_bytes(message), source.part))
    if source.member:
        archive = _archive(source.path, source.path.stat().st_mtime_ns)
        return archive.open(archive.infolist()[source.entry])
    return source.path.open("rb")


def read_bytes(source: Source) -> bytes:
    """All bytes of a source, counted as they come.

    Raises DocumentError UNREADABLE, OUTSIDE_FOLDER, EMPTY_FILE, TOO_LARGE, CORRUPT_FILE or
    ENCRYPTED.
    """
    short = Path(source.name).name
    if source.outside:
        raise DocumentError(
            "OUTSIDE_FOLDER",
            f"{short} is a link out of its folder, or to no file",
            "Copy the file itself there.",
        )
    most = in_force().bytes
    parts, left = [], most
    try:
        with open_source(source) as file:
            while part := file.read(_CHUNK):
                left -= len(part)
                if left < 0:
                    raise DocumentError(
                        "TOO_LARGE", f"{short} has more than {most} bytes", "Split it."
                    )
                parts.append(part)
    except OSError as error:
        raise DocumentError(
            "UNREADABLE", f"{short}: {error.strerror}", "Check its permissions."
        ) from error
    except BROKEN_ZIP as error:
        if "password" in str(error) or "encrypted" in str(error):
            raise DocumentError(
                "ENCRYPTED", f"{short} is encrypted", "Unpack the archive first."
            ) from error
        raise DocumentError(
            "CORRUPT_FILE", f"{short} cannot be unpacked ({error})", "Fetch the archive again."
        ) from error
    data = b"".join(parts)
    if not data.strip():
        raise DocumentError("EMPTY_FILE", f"{short} is empty", "Fetch it again or remove it.")
    return data


_SPOOLED = ".dossier-stdin"


def _expanded(path: Path) -> Iterator[Path]:
    if str(path) == STANDARD_INPUT:
        yield _spool()
    elif path.exists() or path.is_symlink() or not glob.has_magic(str(path)):
        yield path
    else:
        found = map(Path, sorted(glob.glob(str(path), recursive=True)))  # noqa: PTH207 (a pattern may be absolute)
        yield from (file for file in found if file.exists())


def _files(path: Path) -> Iterator[tuple[Path, bool]]:
    """The files of a path, each with whether it is a link that leads out of the folder."""
    if not path.is_dir():
        if not path.exists():
            raise DossierError(f"{path} does not exist", "Name a file or a folder of documents.")
        if not path.is_file():
            raise DossierError(
                f"{path} is no file",
                "Name a file or a folder of documents, or - for standard input.",
            )
        yield path, False
        return
    root = path.resolve()
    unlisted: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=unlisted.append):
        folders[:] = sorted(name for name in folders if not _is_furniture(name))
        # A link to a folder is told like one to a file, and followed as little.
        for name in sorted(
            [*names, *(name for name in folders if Path(folder, name).is_symlink())]
        ):
            file = Path(folder, name)
            if _is_furniture(name):
                continue
            outside = file.is_symlink() and (
                not file.is_file() or not file.resolve().is_relative_to(root)
            )
            if outside or file.is_file():
                yield file, outside
    # A folder that cannot be listed is told like a file that cannot be read.
    yield from ((Path(error.filename), False) for error in unlisted)


def _is_furniture(name: str) -> bool:
    """Whether a name is hidden, or one that programs leave behind and nobody means."""
    return name.startswith((".", "~$")) or name.lower() in ("thumbs.db", "desktop.ini")


def _members(source: Source) -> Iterator[Source]:
    """The members of an archive; the source itself if it is none, or a broken one, which its reader
    tells."""
    if source.suffix != ".zip" or source.outside:
        yield source
        return
    try:
        infos = _archive(source.path, source.path.stat().st_mtime_ns).infolist()
    except (OSError, *BROKEN_ZIP):
        infos = []
    shown = [(i, info.filename) for i, info in enumerate(infos) if _is_shown(info)]
    if not shown or len(shown) > MAX_MEMBERS:
        yield source
        return
    seen: Counter[str] = Counter()
    for entry, name in shown:
        seen[name] += 1
        again = f" ({seen[name]})" if seen[name] > 1 else ""
        label = f"{source.name}/{_printable(name)}{again}"
        yield Source(source.path, label, name, entry=entry)


def _is_shown(info: zipfile.ZipInfo) -> bool:
    parts = (part for part in info.filename.split("/") if part != "..")
    return not info.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in parts)


@lru_cache(maxsize=2)
def _archive(path: Path, changed: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


def _spool() -> Path:
    """Standard input as a file that goes when the program ends. Raises DossierError when it is too
    long."""
    from pipeline.readers.kinds import suffix_of

    most = in_force().bytes
    data = sys.stdin.buffer.read(most + 1)
    if len(data) > most:
        raise DossierError(
            f"Standard input has more than {most} bytes", "Give it as several files."
        )
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / f"{_SPOOLED}{suffix_of(data) or '.txt'}"
    path.write_bytes(data)
    return path


def _printable(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 and control characters are written as
    escapes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _absolute(path: Path) -> Path:
    # Unlike Path.resolve(), this keeps the name a user gave to a link.
    return Path(os.path.abspath(path))  # noqa: PTH100
