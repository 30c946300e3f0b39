"""What is sent to an endpoint and what is read from its answer, fact by fact."""

from typing import Any

import pytest

from pipeline.domain import Request
from pipeline.models.body import chat_body, reply_from_completion

REQUEST = Request(
    "doc_1", "p_1", "000", "wrecks",
    ({"role": "system", "content": "Ask."}, {"role": "user", "content": "Text."}),
    {"type": "object"}, {"max_completion_tokens": 2000, "temperature": 0},
)  # fmt: skip


@pytest.mark.parametrize("mode", ["schema", "tools", "json"])
def test_model_messages_and_parameters_are_sent_in_every_mode(mode: Any) -> None:
    body = chat_body(REQUEST, "m", mode)
    assert (body["model"], body["max_completion_tokens"], body["temperature"]) == ("m", 2000, 0)
    assert body["messages"][1] == REQUEST.messages[1]
    assert REQUEST.messages[0]["content"] == "Ask."


def test_the_schema_is_strict_as_a_format_and_as_a_tool_that_must_be_called() -> None:
    form = chat_body(REQUEST, "m")["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"] == {"name": "wrecks", "strict": True, "schema": REQUEST.schema}
    body = chat_body(REQUEST, "m", "tools")
    function = {"name": "wrecks", "strict": True, "parameters": REQUEST.schema}
    assert body["tools"] == [{"type": "function", "function": function}]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "wrecks"}}


def test_the_schema_is_part_of_the_instructions_where_nothing_else_is_taken() -> None:
    body = chat_body(REQUEST, "m", "json")
    assert body["response_format"] == {"type": "json_object"}
    assert body["messages"][0]["content"].endswith('{"type": "object"}')


def test_a_request_that_is_asked_again_sends_the_new_messages() -> None:
    again = [*REQUEST.messages, {"role": "assistant", "content": "wrong"}]
    assert chat_body(REQUEST, "m", messages=again)["messages"] == again


def completion(message: dict[str, Any], finish: str = "stop", **usage: Any) -> dict[str, Any]:
    return {
        "model": "m-1",
        "choices": [{"finish_reason": finish, "message": message}],
        "usage": usage,
    }


def test_a_refusal_is_told_from_an_answer() -> None:
    refused = reply_from_completion(completion({"content": None, "refusal": "No."}), "k", "live")
    assert (refused.finish_reason, refused.content) == ("refusal", "No.")


def test_a_call_of_the_tool_is_an_answer_that_ended_by_itself() -> None:
    call = {"function": {"name": "wrecks", "arguments": '{"wreck": []}'}}
    body = completion({"content": None, "tool_calls": [call]}, "tool_calls")
    answer = reply_from_completion(body, "k", "live")
    assert (answer.finish_reason, answer.content) == ("stop", '{"wreck": []}')


def test_an_ending_at_the_limit_stays_one() -> None:
    body = completion({"content": "{"}, "length")
    assert reply_from_completion(body, "k", "live").finish_reason == "length"


def test_tokens_are_those_that_the_endpoint_counted() -> None:
    body = completion(
        {"content": "{}"},
        prompt_tokens=10,
        completion_tokens=5,
        prompt_tokens_details={"cached_tokens": 4},
    )
    answer = reply_from_completion(body, "k", "live", 1, 30)
    assert (answer.tokens_in, answer.tokens_cached, answer.tokens_out) == (10, 4, 5)
    assert (answer.model, answer.attempt, answer.latency_ms) == ("m-1", 1, 30)
    bare = reply_from_completion(completion({"content": "{}"}) | {"usage": None}, "k", "live")
    assert (bare.tokens_in, bare.tokens_cached, bare.tokens_out) == (0, 0, 0)


def test_tokens_that_only_the_total_holds_are_tokens_out() -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 40}
    answer = reply_from_completion(completion({"content": "{}"}, **usage), "k", "live")
    assert (answer.tokens_in, answer.tokens_out) == (10, 30)


def test_no_more_tokens_are_cached_than_went_in() -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    usage |= {"prompt_tokens_details": {"cached_tokens": 99}}
    answer = reply_from_completion(completion({"content": "{}"}, **usage), "k", "live")
    assert answer.tokens_cached == 10


@pytest.mark.parametrize("count", [-5, 10**12, True, "10", 2.5])
def test_a_count_that_nobody_can_believe_is_none(count: object) -> None:
    body = completion({"content": "{}"}, prompt_tokens=count, completion_tokens=5)
    answer = reply_from_completion(body, "k", "live")
    assert (answer.tokens_in, answer.tokens_out) == (0, 0)
