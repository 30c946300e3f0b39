"""How much a document may be and take. The limits in force are those of the process that reads."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

from pipeline.errors import DossierError


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one document: seconds of wall clock; bytes of memory, of the file, of a web page,
    and inflated from a package; characters of text; pages; members of a package; open files."""

    seconds: float = 40.0
    memory: int = 2_000_000_000
    bytes: int = 50_000_000
    page_bytes: int = (
        5_000_000  # above it, finding the main text of a web page takes minutes and gigabytes
    )
    inflated: int = 100_000_000
    characters: int = 8_000_000
    pages: int = 5_000
    members: int = 10_000
    files: int = 64


MOST = 10**12  # of any limit: more cannot be told to the system
IN_FORCE: ContextVar[Limits | None] = ContextVar("limits", default=None)


def in_force() -> Limits:
    """The limits of this process."""
    return IN_FORCE.get() or Limits()


def parse_limits(told: tuple[str, ...]) -> Limits:
    """The usual limits with changes such as "pages=9000". Raises DossierError for one that is
    unknown or no number."""
    limits = Limits()
    kinds = {field.name: type(getattr(limits, field.name)) for field in fields(Limits)}
    for text in told:
        name, _, value = text.partition("=")
        try:
            number = kinds[name](value)
        except (KeyError, ValueError) as error:
            known = ", ".join(f"{n}={getattr(Limits(), n)}" for n in kinds)
            raise DossierError(
                f"--limit {text} is none", f"The limits and their defaults: {known}."
            ) from error
        if not 0 < number <= MOST:
            raise DossierError(f"--limit {text} is not above 0 and below {MOST}", "Give another.")
        limits = replace(limits, **{name: number})
    return limits
