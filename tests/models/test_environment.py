"""What of the environment is refused before the first call, and what is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import DossierError
from pipeline.models.environment import endpoint_of_environment
from pipeline.run import run
from tests.answers import WRECKS, completion, settings
from tests.models.server import endpoint, reply


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OPENAI_API_KEY", "sk-abc\n", "OPENAI_API_KEY holds a character at place 7"),
        ("OPENAI_API_KEY", "sk-аbc", "OPENAI_API_KEY holds a character at place 4"),
        ("OPENAI_API_KEY", "sk-a bc", "OPENAI_API_KEY holds a character at place 5"),
        ("OPENAI_BASE_URL", "https://host/v1\n", "holds a line break"),
        ("OPENAI_BASE_URL", "https://[::1/v1", "is no address"),
        ("OPENAI_BASE_URL", "https://host:abc/v1", "is no address"),
        ("OPENAI_BASE_URL", "host:8000/v1", "is no address of http"),
        ("OPENAI_BASE_URL", "ftp://host/v1", "is no address of http"),
        ("OPENAI_BASE_URL", "https://", "is no address of http"),
        ("OPENAI_BASE_URL", "https://me:pw@host/v1", "holds credentials"),
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "ALL_PROXY names a SOCKS proxy"),
        ("https_proxy", "socks5h://127.0.0.1:1080", "HTTPS_PROXY names a SOCKS proxy"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_FILE names /nowhere/ca.pem"),
    ],
)
def test_what_no_call_could_be_made_with_is_told_before_the_first(
    name: str, value: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    monkeypatch.setenv(name, value)
    with pytest.raises(DossierError) as raised:
        run(settings(tmp_path))
    assert said in str(raised.value)
    assert "sk-" not in str(raised.value)


@pytest.mark.parametrize(
    "address", ["", "http://localhost:8000/v1", "https://[::1]:8000/v1", "https://h.example/"]
)
def test_a_good_address_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", " sk-x ")
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    found = endpoint_of_environment()
    assert (found.address, found.key, dict(found.query)) == (address, "sk-x", {})


def test_a_query_of_the_address_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint(lambda n, _: reply(completion(WRECKS))) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", f"{address}?api-version=2026-01-01")
        run(settings(tmp_path))
    assert received[0]["path"] == "/v1/chat/completions?api-version=2026-01-01"
