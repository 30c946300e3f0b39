"""The body of a chat completion request, the same for live calls and batch files, and the reply in
a completion.

Endpoints differ in how they take a schema: as strict response format, as a tool to call, or as text
in the prompt with `json_object`. The mode changes the form of the request, not its key.
"""

from __future__ import annotations

import json
from typing import Any

from pipeline.domain import Mode, Reply, Request

MAX_TOKENS = 1_000_000_000  # no call has so many; more is no count
_TEXTS = (None, "text", "output_text")  # kinds of parts, of which others hold thinking or a picture
_FINISHES = {
    "tool_calls": "stop",
    "function_call": "stop",
    "end_turn": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "safety": "content_filter",
    "recitation": "content_filter",
}
MODES: tuple[Mode, ...] = ("schema", "tools", "json")


def chat_body(
    request: Request,
    model: str,
    mode: Mode = "schema",
    messages: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """What is sent to `/v1/chat/completions`; `messages` replaces the request's own when it is
    asked again."""
    messages = list(messages or request.messages)
    body: dict[str, Any] = {"model": model, "messages": messages, **request.parameters}
    if mode == "schema":
        schema = {"name": request.task, "strict": True, "schema": request.schema}
        return body | {"response_format": {"type": "json_schema", "json_schema": schema}}
    if mode == "tools":
        function = {"name": request.task, "strict": True, "parameters": request.schema}
        choice = {"type": "function", "function": {"name": request.task}}
        return body | {"tools": [{"type": "function", "function": function}], "tool_choice": choice}
    text = (
        f"{messages[0]['content']}\n\nThe JSON schema of the"
        f" answer:\n{json.dumps(request.schema, ensure_ascii=False)}"
    )
    messages[0] = messages[0] | {"content": text}
    return body | {"messages": messages, "response_format": {"type": "json_object"}}


def usage_of(body: dict[str, Any]) -> tuple[int, int, int]:
    """Tokens in, of them cached, and tokens out of a completion; zeros where it gives no credible
    count. Tokens that only the total holds, such as those of thinking, are tokens out."""
    usage = body.get("usage")
    if not isinstance(usage, dict):
        return 0, 0, 0
    tokens_in, tokens_out = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if not tokens_in or not tokens_out:
        return 0, 0, 0
    details = usage.get("prompt_tokens_details")
    cached = _count(details, "cached_tokens") if isinstance(details, dict) else 0
    return (
        tokens_in,
        min(cached, tokens_in),
        max(tokens_out, _count(usage, "total_tokens") - tokens_in),
    )


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(name)
    credible = isinstance(value, int) and not isinstance(value, bool) and 0 < value < MAX_TOKENS
    return value if credible and isinstance(value, int) else 0


def reply_from_completion(
    body: dict[str, Any], key: str, source: str, attempt: int = 0, latency_ms: int = 0
) -> Reply:
    """The reply that a chat completion object holds, in whichever place a server puts it: the
    arguments of a tool call, before text beside it; text, also in parts; else what the model
    thought, where a server takes the whole answer for that. Raises ValueError, saying why, when it
    holds none."""
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        raise ValueError("the completion has no choices")
    message = choice.get("message")
    if not isinstance(message, dict):
        message = {"content": choice.get("text")}  # as completions had it
    refusal = _text(message.get("refusal"))
    content = refusal or _arguments(message) or _text(message.get("content"))
    thought = _text(message.get("reasoning_content")) or _text(message.get("reasoning"))
    if not content and "{" in thought:
        content = thought
    tokens_in, tokens_cached, tokens_out = usage_of(body)
    finish = _whole(str(choice.get("finish_reason") or "unknown"))
    return Reply(
        key=key,
        model=_whole(str(body.get("model") or "unknown")),
        content=_whole(content),
        finish_reason="refusal" if refusal else _FINISHES.get(finish.lower(), finish),
        attempt=attempt,
        tokens_in=tokens_in,
        tokens_cached=tokens_cached,
        tokens_out=tokens_out,
        latency_ms=latency_ms,
        source=source,
    )


def _whole(text: str) -> str:
    """A text without half characters, which cannot be kept."""
    return text.encode("utf-8", "replace").decode()


def _arguments(message: dict[str, Any]) -> str:
    """The arguments of the calls of a message; those of several are joined list by list."""
    calls = message.get("tool_calls")
    functions = [call.get("function") for call in calls or [] if isinstance(call, dict)]
    given = [f.get("arguments") for f in (*functions, message.get("function_call")) if f]
    texts = [a if isinstance(a, str) else json.dumps(a, ensure_ascii=False) for a in given if a]
    if len(texts) < 2:
        return "".join(texts)
    try:
        pairs = [pair for text in texts for pair in json.loads(text).items()]
    except (ValueError, AttributeError, RecursionError):
        return texts[0]
    # A key given twice is what the reader of replies joins.
    inner = (f"{json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}" for key, item in pairs)
    return f"{{{', '.join(inner)}}}"


def _text(content: Any) -> str:
    """Text, given as such, as a list of parts, or as the JSON object that it would have been."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text(part) for part in content)
    if not isinstance(content, dict):
        return ""
    kind = content.get("type")
    if kind is None and "text" not in content:
        return json.dumps(content, ensure_ascii=False)
    told = content.get("text") if kind in _TEXTS else ""
    return told.get("value", "") if isinstance(told, dict) else str(told or "")
