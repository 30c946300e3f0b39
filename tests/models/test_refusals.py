"""What the error answers of real servers mean. The wordings are those of the servers named."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.models.refusals import error_within, refusal_of

SENT = ["max_completion_tokens", "temperature"]


def openai(message: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "code": code, **more}}


@pytest.mark.parametrize(
    ("server", "status", "body", "kind"),
    [
        ("OpenAI", 401, openai("Incorrect API key provided: sk-x.", "invalid_api_key"), "key"),
        ("OpenAI", 429, openai("Rate limit reached for gpt-4o", "rate_limit_exceeded"), "busy"),
        ("OpenAI", 429, openai("You exceeded your current quota", "insufficient_quota"), "quota"),
        ("OpenAI", 403, openai("Billing not active", "billing_not_active"), "quota"),
        ("OpenAI", 404, openai("The model `x` does not exist", "model_not_found"), "model"),
        ("OpenAI", 400, openai("Too long", "context_length_exceeded"), "prompt"),
        ("OpenAI", 400, openai("Unsupported parameter: 'max_completion_tokens'"), "parameter"),
        ("OpenAI", 400, openai("Unsupported value: 'temperature' does not support 0"), "parameter"),
        ("OpenAI", 400, openai("Invalid schema for response_format 'wrecks'"), "form"),
        ("OpenAI", 500, openai("The server had an error", "server_error"), "busy"),
        ("Azure", 400, openai("Flagged", "content_filter", innererror={"code": "x"}), "prompt"),
        ("Azure", 404, openai("No such", "DeploymentNotFound"), "model"),
        ("Azure", 401, openai("Access denied due to invalid subscription key"), "key"),
        ("Groq", 400, openai("Failed to generate JSON.", "json_validate_failed"), "prompt"),
        ("Groq", 400, openai("max_completion_tokens is unknown"), "parameter"),
        ("Groq", 413, openai("Request too large for model", "rate_limit_exceeded"), "prompt"),
        ("vLLM", 400, {"object": "error", "message": "maximum context length is 512"}, "prompt"),
        ("vLLM", 400, {"message": "guided grammar failed to compile"}, "form"),
        ("vLLM", 404, {"message": "The model `m` does not exist.", "code": 404}, "model"),
        ("llama.cpp", 503, openai("Loading model", type="unavailable_error"), "busy"),
        ("llama.cpp", 400, openai("the request exceeds the available context size"), "prompt"),
        ("llama-cpp-python", 500, openai("response_format type json_schema invalid"), "form"),
        ("llama-cpp-python", 500, openai("1 error: {'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text'\"}"), "form"),
        ("llama-cpp-python", 500, openai("Internal server error"), "busy"),
        ("Ollama", 404, openai('model "x" not found, try pulling it first'), "model"),
        ("Ollama", 400, openai("registry/x does not support tools"), "form"),
        ("LM Studio", 400, {"error": "'response_format.type' must be 'json_schema'"}, "form"),
        ("Gemini", 400, [{"error": {"message": "API key not valid.", "status": "X"}}], "key"),
        ("Gemini", 429, openai("You exceeded your current quota. Please retry in 7s."), "busy"),
        ("Mistral", 422, {"detail": [{"loc": ["body", "max_completion_tokens"], "msg": "extra"}]}, "parameter"),
        ("DeepSeek", 402, openai("Insufficient Balance"), "quota"),
        ("Anthropic", 400, openai("Your credit balance is too low to access the API"), "quota"),
        ("Anthropic", 529, openai("Overloaded", type="overloaded_error"), "busy"),
        ("Qwen", 400, openai("Input data may contain inappropriate content.", "data_inspection_failed"), "prompt"),
        ("OpenRouter", 402, openai("This request requires more credits"), "quota"),
        ("LiteLLM", 400, openai("litellm.ContextWindowExceededError: prompt is too long"), "prompt"),
        ("LiteLLM", 401, {"error": {"message": "Authentication Error, No api key passed in."}}, "key"),
        ("a gateway", 403, "Forbidden", "other"),
        ("a gateway", 403, openai("Blocked by policy 17"), "other"),
        ("a gateway", 400, openai("The database schema of the tenant is invalid"), "other"),
        ("a gateway", 400, openai("tools of the tenant: class B"), "other"),
        ("a gateway", 403, openai("Blocked: the prompt holds an API key and credentials"), "other"),
        ("a gateway", 400, openai("Invalid token near line 1 of the prompt"), "other"),
        ("a gateway", 403, openai("Your access token has expired"), "key"),
        ("a gateway", 403, openai("Missing credentials"), "key"),
        ("a gateway", 400, openai("Authentication failed"), "key"),
        ("a gateway", 504, "<html>gateway timeout</html>", "busy"),
        ("a gateway", 418, None, "other"),
    ],
)  # fmt: skip
def test_an_error_means_what_its_body_says(server: str, status: int, body: Any, kind: str) -> None:
    assert refusal_of(status, body, SENT).kind == kind, server


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"error": {"message": "Rate limit", "code": 429}}, 429, "busy"),
        ({"error": {"message": "No auth credentials found", "code": "401"}}, 401, "key"),
        ({"error": {"message": "x", "type": "overloaded_error"}}, 503, "busy"),
        ({"error": "something broke"}, 500, "busy"),
        ({"detail": "Invalid request: flagged by moderation"}, 400, "prompt"),
        ({"choices": []}, 502, "busy"),
        ({"choices": [{"error": {"code": 502, "message": "Upstream died"}}]}, 502, "busy"),
        ({"choices": None, "error": {"message": "invalid_request_error"}}, 400, "other"),
    ],
)
def test_an_error_within_a_200_counts_as_the_status_it_names(
    body: dict[str, Any], status: int, kind: str
) -> None:
    refusal = error_within(body)
    assert refusal is not None
    assert (refusal.status, refusal.kind) == (status, kind)


@pytest.mark.parametrize("error", [None, {}, "", {"message": "a warning"}])
def test_an_answer_is_no_error_whatever_stands_beside_it(error: Any) -> None:
    assert error_within({"choices": [{"message": {"content": "x"}}], "error": error}) is None


def test_refusals_are_alike_that_differ_in_what_they_quote() -> None:
    one, other = (refusal_of(400, openai(f"Bad field 'a{n}' in request req_{n}")) for n in (1, 2))
    assert one.sort == other.sort
    assert one.sort != refusal_of(403, openai("Bad field 'a1' in request req_1")).sort
    assert one.sort != refusal_of(400, openai("Bad header 'a1' in request req_1")).sort
