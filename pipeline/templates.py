"""HTML from templates: what documents say is text, never markup; a misspelt name is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.plain import plain


def templates_of(package: str, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """The templates beside a package's modules, with the filter `plain`. Whatever they print is
    escaped, after `finalize` where it is given."""
    environment = Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    environment.filters["plain"] = plain
    return environment
