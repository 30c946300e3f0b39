"""Replies that tests write themselves, for the tiny subject and for broken replies. The bundled replies are not among them."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.ledger import Ledger
from pipeline.models.batch import export_requests, import_answers
from pipeline.run import plan
from pipeline.settings import Settings
from tests.conftest import ROOT

SUBJECT = ROOT / "tests" / "fixtures" / "subject"

HALCYON = {
    "evidence": ["The schooner Halcyon went down in a storm on 4 March 1891 with 17 souls."],
    "realis": "actual",
    "speaker": None,
    "ship": "Halcyon",
    "imo": None,
    "sank": "1891-03-04",
    "cause": "storm",
    "lives_lost": 17,
}
WRECKS = json.dumps({"wreck": [HALCYON]})


def completion(
    content: str | None, finish_reason: str = "stop", refusal: str | None = None
) -> dict[str, object]:
    """A chat completion object as endpoints send it."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "test-model",
        "choices": [{"index": 0, "finish_reason": finish_reason, "message": message}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def settings(out: Path, **changes: object) -> Settings:
    """Settings for the tiny subject."""
    given: dict[str, object] = {
        "paths": (SUBJECT / "documents",),
        "out": out,
        "subject": SUBJECT,
        "model": "test-model",
    }
    return Settings(**(given | changes))  # type: ignore[arg-type]


def answer_all(
    config: Settings, content: str | None, finish_reason: str = "stop", refusal: str | None = None
) -> None:
    """Answer every request of `config` alike, through a batch file."""
    ledger = Ledger(config.ledger)
    requests = config.out / "requests.jsonl"
    export_requests(
        ((planned.request, config.model) for _, planned in plan(config, ledger)), ledger, requests
    )
    answers = config.out / "answers.jsonl"
    with answers.open("w", encoding="utf-8") as file:
        for line in requests.read_text(encoding="utf-8").splitlines():
            body = completion(content, finish_reason, refusal)
            response = {
                "custom_id": json.loads(line)["custom_id"],
                "response": {"status_code": 200, "body": body},
            }
            file.write(json.dumps(response) + "\n")
    import_answers(answers, ledger)
    ledger.close()
