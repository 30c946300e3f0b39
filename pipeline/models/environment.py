"""The endpoint that the environment names, checked before the first call: what a client would
otherwise tell in its own words, call by call.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from pipeline.errors import DossierError

_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go: an address, empty for the client's own; what is added to it as a query,
    such as Azure's api-version; and the key, empty where none is needed."""

    address: str
    key: str
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        """Whether there is anything to ask."""
        return bool(self.address or self.key)

    @property
    def name(self) -> str:
        """How messages call it."""
        return self.address or "the default endpoint"


def endpoint_of_environment() -> Endpoint:
    """The endpoint of OPENAI_BASE_URL and OPENAI_API_KEY. Raises DossierError for an address, key,
    proxy or certificate file that no call could be made with."""
    key = os.environ.get("OPENAI_API_KEY", "").strip(" ")
    if not key.isascii() or not all(c.isprintable() and c != " " for c in key):
        wrong = next(n for n, c in enumerate(key, 1) if not "!" <= c <= "~")
        raise DossierError(
            f"OPENAI_API_KEY holds a character at place {wrong} that no key has",
            "Copy it again, without line breaks and letters that only look alike.",
        )
    given = os.environ.get("OPENAI_BASE_URL", "").strip(" ")
    address, query = _address(given)
    _check_surroundings()
    return Endpoint(address, key, query)


def _address(given: str) -> tuple[str, dict[str, str]]:
    remedy = "It is of the form https://host/v1."
    if not all(c.isprintable() for c in given) or " " in given:
        raise DossierError("OPENAI_BASE_URL holds a line break or a blank", remedy)
    try:
        parts = urlsplit(given)
        wrong = given and (parts.scheme not in ("http", "https") or not parts.hostname)
        _ = parts.port
    except ValueError as error:
        raise DossierError(f"OPENAI_BASE_URL is no address ({error})", remedy) from error
    if "@" in parts.netloc:
        raise DossierError(
            "OPENAI_BASE_URL holds credentials",
            "Put the key into OPENAI_API_KEY and take it out there.",
        )
    if wrong:
        raise DossierError("OPENAI_BASE_URL is no address of http or https", remedy)
    return urlunsplit((*parts[:3], "", "")), dict(parse_qsl(parts.query))


def _check_surroundings() -> None:
    for name in _PROXIES:
        proxy = os.environ.get(name) or os.environ.get(name.lower(), "")
        if proxy.lower().startswith("socks"):
            raise DossierError(
                f"{name} names a SOCKS proxy, which is not supported",
                "Name one of http, or unset it for this command.",
            )
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = os.environ.get(name)
        if path and not Path(path).exists():
            raise DossierError(f"{name} names {path}, which does not exist", "Mend or unset it.")
