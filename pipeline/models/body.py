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
    """The reply that a chat completion object holds. Raises ValueError, saying why, when it holds
    none."""
    choices = body.get("choices") or []
    if not choices:
        raise ValueError("the completion has no choices")
    message = choices[0].get("message") or {}
    refusal = message.get("refusal")
    calls = message.get("tool_calls") or []
    content = (
        refusal
        or message.get("content")
        or (calls[0]["function"]["arguments"] if calls else "")
        or ""
    )
    if not isinstance(content, str):
        raise ValueError("the completion's content is no text")
    content = content.encode("utf-8", "replace").decode()  # half a character cannot be kept
    finish = "refusal" if refusal else str(choices[0].get("finish_reason") or "unknown")
    tokens_in, tokens_cached, tokens_out = usage_of(body)
    return Reply(
        key=key,
        model=str(body.get("model") or "unknown"),
        content=content,
        finish_reason="stop" if finish == "tool_calls" else finish,
        attempt=attempt,
        tokens_in=tokens_in,
        tokens_cached=tokens_cached,
        tokens_out=tokens_out,
        latency_ms=latency_ms,
        source=source,
    )
