"""The body of a chat completion request, the same for live calls and batch files."""

from __future__ import annotations

from typing import Any

from pipeline.domain import Reply, Request


def chat_body(request: Request, model: str) -> dict[str, Any]:
    """What is sent to `/v1/chat/completions`: the request with its schema as strict response format."""
    return {
        "model": model,
        "messages": list(request.messages),
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": request.task, "strict": True, "schema": request.schema},
        },
        **request.parameters,
    }


def reply_from_completion(body: dict[str, Any], key: str, source: str, attempt: int = 0, latency_ms: int = 0) -> Reply:
    """The reply that a chat completion object holds. Raises ValueError, saying why, when it holds none."""
    choices = body.get("choices") or []
    if not choices:
        raise ValueError("the completion has no choices")
    message = choices[0].get("message") or {}
    refusal = message.get("refusal")
    content = refusal or message.get("content") or ""
    finish = "refusal" if refusal else choices[0].get("finish_reason") or "unknown"
    usage = body.get("usage") or {}
    return Reply(
        key=key,
        model=str(body.get("model") or "unknown"),
        content=content,
        finish_reason=finish,
        attempt=attempt,
        tokens_in=int(usage.get("prompt_tokens") or 0),
        tokens_out=int(usage.get("completion_tokens") or 0),
        latency_ms=latency_ms,
        source=source,
    )
