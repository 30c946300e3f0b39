"""What an answer that is an error means: this request, its form, every request, or only the moment.

Servers use statuses freely: a wrong key is a 400 of one, a full context window a 500 of another, an
overloaded model a 200. So the body is read first and the status only where it says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

# busy: the moment. form, parameter: how it was asked. prompt: what was asked. key, model, quota:
# every request. other: not told.
Kind = Literal["busy", "form", "parameter", "prompt", "key", "model", "quota", "other"]

_BUSY = (408, 409, 425, 429)
_PERMANENT = (501, 505)
_NOT_OF_FORM = (401, 402, 403, *_BUSY)
_STATUS_NAMES = (
    (429, re.compile(r"rate.?limit|too.?many.?requests|resource_exhausted", re.IGNORECASE)),
    (503, re.compile(r"overloaded|unavailable|capacity|loading", re.IGNORECASE)),
    (401, re.compile(r"authentication|unauthori[sz]ed|invalid_api_key", re.IGNORECASE)),
    (404, re.compile(r"not_found", re.IGNORECASE)),
    (400, re.compile(r"invalid.?request|bad.?request", re.IGNORECASE)),
)
_QUOTA = re.compile(
    r"insufficient[ _](?:quota|balance|credits?|funds)|billing_(?:hard_limit|not_active)"
    r"|credit balance is too low|payment[ _]required|out of credits?|no credits? left",
    re.IGNORECASE,
)
_CURRENT_QUOTA = re.compile(
    r"exceeded your current quota(?!.*\bretry\b)", re.IGNORECASE | re.DOTALL
)
_QUOTED = re.compile(r"""\w*\d\w*|"[^"]*"|'[^']*'""")
_FILTER = re.compile(
    r"content[ _]?(?:filter|policy|management policy)|responsible.?ai|moderation|data.?inspection"
    r"|flagged|safety (?:system|settings)|usage polic",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"context[ _](?:length|window|size)|maximum context|prompt is too long|input is too long"
    r"|too many (?:input )?tokens|string_above_max_length|request (?:entity )?too large"
    r"|exceeds? the (?:available |model'?s )?(?:maximum )?context",
    re.IGNORECASE,
)
_GENERATION = re.compile(
    r"json_validate_failed|tool_use_failed|failed_generation|failed to generate json", re.IGNORECASE
)
_FORM = re.compile(
    r"response_format|json_schema|json_object|tool_choice|\btools?\b|\bstrict\b|\bgrammar\b"
    r"|structured[ _]outputs?",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"not (?:be )?(?:support|allow|permit|implement|available)|unsupported|unavailable|invalid"
    r"|un(?:known|expected|recogni[sz]ed)|extra|does ?n[o']t|cannot|can't|must be|failed to"
    r"|forbidden|requires?|only|should be|validation error",
    re.IGNORECASE,
)
# A prompt may be blocked for a key or credentials that stand in it: what is wrong must be the key.
_A_KEY = (
    r"(?:api[ _-]?key|(?:access|auth|bearer|api) token|(?:subscription |access )key|credentials)"
)
_KEY = re.compile(
    r"(?:invalid|incorrect|wrong|missing|expired|revoked|disabled|no|bad)\W+(?:\w+\W+){0,2}?"
    rf"{_A_KEY}\b|\b{_A_KEY}\W+(?:\w+\W+){{0,3}}?(?:invalid|not valid|incorrect|expired|missing"
    r"|revoked|required|disabled)|authenticat\w+\W+(?:error|fail\w*|required)|unauthori[sz]ed"
    r"|invalid_api_key",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"model_not_found|deploymentnotfound|(?:unknown|invalid|no such|non-?existent) model"
    r"|\b(?:model|deployment)\b[^.]{0,80}(?:does not exist|not found|not exist|no access)"
    r"|(?:no|not have) access to (?:the )?model",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer. `code` and `remedy` are for the issue of the document whose request it is,
    if it is one; `parameter` is the name of the one that was refused."""

    kind: Kind
    status: int
    message: str
    code: str
    remedy: str = "Run again later."
    parameter: str = ""

    @property
    def sort(self) -> str:
        """The same for refusals that differ only in what they quote."""
        return f"{self.status} {_QUOTED.sub('', self.message)}"


def refusal_of(status: int, body: Any, parameters: Iterable[str] = ()) -> Refusal:
    """What the answer to a request means. `body` is the decoded JSON, or text; `parameters` names
    what was sent besides messages and form."""
    message, names = _said(body)
    text = f"{names} {message}"
    code = f"HTTP_{status}"
    if status == 402 or _QUOTA.search(text) or _CURRENT_QUOTA.search(text):
        return Refusal("quota", status, message, code)
    if _GENERATION.search(text):
        remedy = "Run again; a model that keeps to schemas better fails less often."
        return Refusal("prompt", status, message, "NOT_GENERATED", remedy)
    if _FILTER.search(text):
        remedy = "The provider's content filter refuses it; another model may answer."
        return Refusal("prompt", status, message, "FILTERED", remedy)
    if status == 413 or (status not in _BUSY and _TOO_LONG.search(text)):
        remedy = "Use smaller passages (--passage-tokens), or a server with a larger context."
        return Refusal("prompt", status, message, "TOO_LONG", remedy)
    if status not in _NOT_OF_FORM and _REFUSED.search(text):
        for name in parameters:
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                return Refusal("parameter", status, message, code, parameter=name)
        if _FORM.search(text):
            return Refusal("form", status, message, code)
    if status in _BUSY or (status >= 500 and status not in _PERMANENT):
        return Refusal("busy", status, message, code)
    if status == 401 or _KEY.search(text):
        return Refusal("key", status, message, code)
    if _MODEL.search(text):
        return Refusal("model", status, message, code)
    return Refusal("other", status, message, code, "Read the message; run again to ask again.")


def error_within(body: dict[str, Any], parameters: Iterable[str] = ()) -> Refusal | None:
    """The error that a 200 holds instead of an answer, read as the status that it names; None when
    it is an answer."""
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    inner = choice.get("error") if isinstance(choice, dict) else None
    error = inner or (None if choice else body.get("error") or body.get("detail"))
    if error:
        return refusal_of(_status_named(error), {"error": error}, parameters)
    if not choice:
        remedy = "Run again; if it repeats, the endpoint does not answer as chat completions do."
        return Refusal("busy", 502, "The completion has no choices", "BAD_COMPLETION", remedy)
    return None


def _status_named(error: Any) -> int:
    message, names = _said({"error": error})
    for part in names.split():
        if part.isdecimal() and len(part) == 3 and 400 <= int(part) < 600:
            return int(part)
    text = f"{names} {message}"
    return next((status for status, pattern in _STATUS_NAMES if pattern.search(text)), 500)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _said(body: Any) -> tuple[str, str]:
    """The message of an error, and the codes that go with it."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(error, list) and error:
        error = error[0]
    if not isinstance(error, dict):
        return str(error or "")[:1000], ""
    detail = error.get("message") or error.get("detail") or error.get("msg") or error.get("error")
    if isinstance(detail, list):  # as FastAPI words what does not validate
        detail = "; ".join(
            f"{'.'.join(map(str, _listed(d.get('loc'))))}: {d.get('msg')}"
            for d in detail
            if isinstance(d, dict)
        )
    if not isinstance(detail, str):
        detail = json.dumps(detail or error, ensure_ascii=False)
    inner = error.get("innererror")
    codes = [error.get(name) for name in ("code", "type", "param", "status")]
    codes += [inner.get("code")] if isinstance(inner, dict) else []
    return detail[:1000], " ".join(str(code) for code in codes if code)
