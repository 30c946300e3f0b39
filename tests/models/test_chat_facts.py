"""What a chat model asks, keeps and pays, fact by fact: a real server on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain import Reply, Request
from pipeline.errors import BudgetError, CallError, DossierError, EndpointError
from pipeline.ledger import Ledger
from pipeline.models.chat import ChatModel
from pipeline.models.forms import Forms
from pipeline.run import plan
from pipeline.settings import Settings
from pipeline.subject import load_subject
from tests.answers import HALCYON, SUBJECT, WRECKS, completion, settings
from tests.models.server import Answer, endpoint, reply

(TASK,) = load_subject(SUBJECT).tasks
BAD = json.dumps({"wreck": [HALCYON | {"sank": "a stormy night"}]})
Answering = Callable[[int, dict[str, Any]], Answer]


@pytest.fixture(autouse=True)
def quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.01)
    monkeypatch.setattr("pipeline.models.transport.MAX_TRIES", 1)


def request_of(config: Settings) -> Request:
    return next(plan(config))[1].request


def says(*contents: str) -> Answering:
    """The answers in order; the last one again and again."""
    return lambda number, _: reply(completion(contents[min(number, len(contents) - 1)]))


def asking(
    config: Settings,
    answer: Answering,
    monkeypatch: pytest.MonkeyPatch,
    talk: Callable[[ChatModel, Request], Awaitable[Any]] | None = None,
) -> tuple[Any, list[dict[str, Any]], ChatModel]:
    """What the model returned or raised, the bodies that the server saw, and the model."""
    request = request_of(config)

    async def go() -> tuple[Any, ChatModel]:
        model = ChatModel(config, Ledger(config.ledger))
        try:
            if talk is not None:
                return await talk(model, request), model
            return await model.complete(request, TASK), model
        except DossierError as error:
            return error, model
        finally:
            await model.close()

    with endpoint(answer) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
        found, model = asyncio.run(go())
        return found, [seen["body"] for seen in received], model


def test_an_answer_that_never_validates_is_asked_for_three_times_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)

    async def twice(model: ChatModel, request: Request) -> list[Reply]:
        return [await model.complete(request, TASK), await model.complete(request, TASK)]

    found, bodies, _ = asking(config, says(BAD, BAD, BAD, WRECKS), monkeypatch, twice)
    assert [(reply.content, reply.attempt) for reply in found] == [(BAD, 2)] * 2
    assert len(bodies) == 3


def failed(config: Settings, content: str = BAD, tokens_in: int = 0) -> None:
    """Three answers of an earlier run, from the address and in the mode of this one, as it were."""
    key, ledger = request_of(config).key(config.model), Ledger(config.ledger)
    for attempt in range(3):
        ledger.add(Reply(key, "test-model", content, "stop", attempt, tokens_in))
    ledger.close()


def test_failed_answers_are_asked_for_again_on_request_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(settings(tmp_path))
    found, bodies, _ = asking(settings(tmp_path), says(WRECKS), monkeypatch)
    assert (found.content, bodies) == (BAD, [])
    config = settings(tmp_path, retry_failed=True)
    found, bodies, _ = asking(config, says(BAD, WRECKS), monkeypatch)
    assert (found.content, found.attempt) == (WRECKS, 4)
    assert [len(body["messages"]) for body in bodies] == [2, 4]
    again, bodies, _ = asking(config, says(BAD), monkeypatch)
    assert (again.content, bodies) == (WRECKS, [])
    assert [reply.attempt for reply, _ in Ledger(config.ledger).all(found.key)] == [0, 1, 2, 3, 4]


def test_failed_answers_are_asked_for_again_once_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def twice(model: ChatModel, request: Request) -> list[Reply]:
        return [await model.complete(request, TASK), await model.complete(request, TASK)]

    config = settings(tmp_path, retry_failed=True)
    failed(config)
    found, bodies, _ = asking(config, says(BAD), monkeypatch, twice)
    assert [reply.attempt for reply in found] == [5, 5]
    assert len(bodies) == 3


def test_a_failed_answer_of_another_address_or_mode_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        return reply(completion(WRECKS if number == 3 else BAD))

    async def in_tools(model: ChatModel, request: Request) -> Reply:
        await model.complete(request, TASK)
        config = settings(tmp_path, mode="tools")
        other = ChatModel(config, Ledger(config.ledger))
        try:
            return await other.complete(request, TASK)
        finally:
            await other.close()

    found, bodies, _ = asking(settings(tmp_path), answer, monkeypatch, in_tools)
    assert (found.content, len(bodies)) == (WRECKS, 4)


def test_where_asking_again_fails_what_was_there_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(settings(tmp_path))
    down = reply({"error": {"message": "down"}}, 500)
    config = settings(tmp_path, retry_failed=True)
    found, bodies, _ = asking(config, lambda n, _: down, monkeypatch)
    assert (found.content, len(bodies)) == (BAD, 1)


def test_a_good_answer_to_half_a_request_is_asked_for_again_on_request_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "The sea was calm. " * 300
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(long)
    config = settings(tmp_path / "out", paths=(tmp_path / "in",))
    failed(config, WRECKS, 256)
    found, bodies, _ = asking(config, says(WRECKS), monkeypatch)
    assert (found.attempt, bodies) == (2, [])
    again = replace(config, retry_failed=True)
    found, bodies, _ = asking(again, says(WRECKS), monkeypatch)
    assert (found.attempt, len(bodies)) == (3, 1)


def test_a_run_that_goes_on_asks_only_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    key = request_of(config).key(config.model)
    ledger = Ledger(config.ledger)
    for attempt in (0, 1):
        ledger.add(Reply(key, "test-model", BAD, "stop", attempt))
    found, bodies, _ = asking(config, says(BAD), monkeypatch)
    assert (found.attempt, len(bodies)) == (2, 1)
    assert [m["role"] for m in bodies[0]["messages"]] == ["system", "user", "assistant", "user"]


def test_a_failed_answer_is_replaced_and_not_piled_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worse = json.dumps({"wreck": [HALCYON | {"lives_lost": "many"}]})
    _, bodies, _ = asking(settings(tmp_path), says(BAD, worse, WRECKS), monkeypatch)
    assert [len(body["messages"]) for body in bodies] == [2, 4, 4]
    assert bodies[2]["messages"][2]["content"] == worse
    assert "stormy" not in bodies[2]["messages"][3]["content"]
    assert "wreck[0].lives_lost" in bodies[2]["messages"][3]["content"]


@pytest.mark.parametrize(
    ("finish", "refusal"), [("length", None), ("content_filter", None), ("stop", "I would not")]
)
def test_endings_that_asking_again_would_not_better_are_final(
    finish: str, refusal: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = reply(completion(BAD, finish, refusal))
    _, bodies, _ = asking(settings(tmp_path), lambda n, body: answer, monkeypatch)
    assert len(bodies) == 1


def test_two_requests_alike_at_the_same_time_are_one_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def both(model: ChatModel, request: Request) -> list[Reply]:
        return await asyncio.gather(*(model.complete(request, TASK) for _ in range(2)))

    found, bodies, _ = asking(settings(tmp_path), says(WRECKS), monkeypatch, both)
    assert (found[0] == found[1], len(bodies)) == (True, 1)


def test_an_answer_is_kept_with_all_that_is_known_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    found, _, _ = asking(config, says(WRECKS), monkeypatch)
    kept = Ledger(config.ledger).get(request_of(config).key(config.model))
    assert kept == found
    assert (found.source, found.tokens_in, found.tokens_out) == ("live", 10, 5)


def priced(folder: Path, **changes: Any) -> Settings:
    file = folder / "prices.json"
    file.write_text('{"test-model": {"input": 100, "output": 1000}}')
    return settings(folder, prices=file, **changes)


def test_what_an_answer_cost_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _, model = asking(priced(tmp_path), says(WRECKS), monkeypatch)
    spent = float(model.budget.spent_usd)
    assert spent == pytest.approx(10 * 100e-6 + 5 * 1000e-6)
    assert found.cost_usd == pytest.approx(spent)
    assert model.status().cost_usd == pytest.approx(spent)
    assert model.status().calls == 1


def test_the_worst_case_of_a_call_holds_all_the_tokens_it_may_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The task allows 2,000 tokens, USD 2.
    found, bodies, _ = asking(priced(tmp_path, max_cost=1.9), says(WRECKS), monkeypatch)
    assert (type(found), bodies) == (BudgetError, [])
    found, bodies, _ = asking(priced(tmp_path, max_cost=2.5), says(WRECKS), monkeypatch)
    assert (type(found), len(bodies)) == (Reply, 1)


def test_an_answer_without_a_count_of_tokens_costs_the_worst_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uncounted = {name: value for name, value in completion(WRECKS).items() if name != "usage"}
    config = priced(tmp_path, max_cost=9.0)
    _, _, model = asking(config, lambda n, body: reply(uncounted), monkeypatch)
    assert float(model.budget.spent_usd) > 2.0


def test_a_limit_of_money_needs_a_price(tmp_path: Path) -> None:
    for limit in (0.0, 1.0):
        config = settings(tmp_path, max_cost=limit)
        with pytest.raises(DossierError, match="No price is known for test-model"):
            ChatModel(config, Ledger(config.ledger))


def test_an_address_with_credentials_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:secret@127.0.0.1:1/v1")
    config = settings(tmp_path)
    with pytest.raises(DossierError, match="holds credentials"):
        ChatModel(config, Ledger(config.ledger))


def test_the_limit_of_calls_ends_a_re_ask_with_that_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, bodies, _ = asking(settings(tmp_path, max_calls=1), says(BAD), monkeypatch)
    assert (type(found), len(bodies)) == (BudgetError, 1)


def test_a_failed_re_ask_leaves_the_answer_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = reply({"error": {"message": "down"}}, 503)
    config = settings(tmp_path)
    answers = [reply(completion(BAD)), down]
    found, _, _ = asking(config, lambda n, body: answers[min(n, 1)], monkeypatch)
    assert (found.content, found.attempt) == (BAD, 0)
    assert Ledger(config.ledger).stats()["failures"] == {"HTTP_503": 1}


def test_a_batch_answer_that_does_not_validate_needs_no_endpoint(tmp_path: Path) -> None:
    config = settings(tmp_path)
    request = request_of(config)
    ledger = Ledger(config.ledger)
    ledger.add(Reply(request.key(config.model), "test-model", BAD, "stop", source="batch"))
    found = asyncio.run(ChatModel(config, ledger).complete(request, TASK))
    assert found.content == BAD


def only_tools(number: int, body: dict[str, Any]) -> Answer:
    if "tools" not in body:
        return reply({"error": {"message": "response_format is not supported"}}, 400)
    return reply(completion(WRECKS))


async def ask_all(model: ChatModel, request: Request) -> list[Reply]:
    """Two requests, one after the other."""
    second = replace(request, messages=(*request.messages[:1], {"role": "user", "content": "And?"}))
    return [await model.complete(r, TASK) for r in (request, second)]


def test_the_mode_that_worked_is_remembered_when_a_second_request_confirms_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    _, bodies, model = asking(config, only_tools, monkeypatch, ask_all)
    assert ["tools" in body for body in bodies] == [False, True, False, True]
    forms = Ledger(config.ledger).endpoint_forms(model._address, "test-model")
    assert forms == {TASK.name: "tools"}
    (note,) = model.status().notes
    assert "takes no strict response_format for wrecks" in note
    again = Forms(Ledger(config.ledger), model._address, "test-model", None, print)
    assert again.mode(TASK.name, set()) == "tools"


def test_one_refused_request_gives_up_no_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    _, bodies, model = asking(config, only_tools, monkeypatch)
    assert ["tools" in body for body in bodies] == [False, True]
    assert Ledger(config.ledger).endpoint_forms(model._address, "test-model") == {}
    assert model.status().notes == ()


def test_a_mode_in_which_one_was_answered_is_not_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = reply({"error": {"message": "invalid json_schema in response_format"}}, 400)
    good = reply(completion(WRECKS))

    def answer(number: int, body: dict[str, Any]) -> Answer:
        return refused if number in (1, 3) else good

    async def four(model: ChatModel, request: Request) -> list[Reply]:
        asked = [replace(request, messages=({"role": "user", "content": c},)) for c in "abcd"]
        return [await model.complete(one, TASK) for one in asked]

    _, bodies, model = asking(settings(tmp_path), answer, monkeypatch, four)
    assert ["tools" in body for body in bodies] == [False, False, True, False, True, False]
    assert model.status().notes == ()


def no_new_limit(number: int, body: dict[str, Any]) -> Answer:
    if "max_completion_tokens" in body:
        said = "Unrecognized request argument supplied: max_completion_tokens"
        return reply({"error": {"message": said}}, 400)
    return reply(completion(WRECKS))


def test_a_parameter_that_is_refused_is_replaced_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    _, bodies, model = asking(config, no_new_limit, monkeypatch, ask_all)
    assert [body.get("max_tokens") for body in bodies] == [None, 2000, 2000]
    (note,) = model.status().notes
    assert "max_tokens is sent instead" in note
    again = Forms(Ledger(config.ledger), model._address, "test-model", None, print)
    assert again.body(request_of(config), "schema", [])["max_tokens"] == 2000


def test_a_parameter_that_nothing_can_replace_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_limit(number: int, body: dict[str, Any]) -> Answer:
        found = next((name for name in body if name.startswith("max_")), None)
        if found:
            return reply(
                {"detail": [{"loc": ["body", found], "msg": "Extra inputs not permitted"}]}, 422
            )
        return reply(completion(WRECKS))

    found, bodies, _ = asking(settings(tmp_path), no_limit, monkeypatch)
    assert found.content == WRECKS
    assert [sorted(n for n in b if n.startswith("max")) for b in bodies] == [
        ["max_completion_tokens"],
        ["max_tokens"],
        [],
    ]


def test_without_a_limit_of_output_no_limit_of_money_can_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_limit(number: int, body: dict[str, Any]) -> Answer:
        found = next((name for name in body if name.startswith("max_")), "")
        return reply({"error": f"unknown field {found}"}, 400)

    config = settings(tmp_path, max_cost=5.0, model="gpt-4o-mini")
    found, bodies, _ = asking(config, no_limit, monkeypatch)
    assert "so --max-cost cannot hold" in str(found)
    assert len(bodies) == 2


def test_a_mode_set_by_hand_goes_before_the_remembered_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path, mode="schema")
    monkeypatch.setattr(Ledger, "endpoint_forms", lambda *_: {TASK.name: "tools"})

    async def both(model: ChatModel, request: Request) -> list[Any]:
        second = replace(request, messages=request.messages[:1])
        asked = [model.complete(r, TASK) for r in (request, second)]
        return [await asyncio.gather(one, return_exceptions=True) for one in asked]

    found, bodies, _ = asking(config, only_tools, monkeypatch, both)
    assert [type(error) for (error,) in found] == [CallError, EndpointError]
    assert "no request in the mode schema" in str(found[1])
    assert len(bodies) == 2


def test_a_page_that_is_no_completion_is_a_failure_and_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    found, _, _ = asking(config, lambda n, body: reply({"choices": []}), monkeypatch)
    assert found.code == "BAD_COMPLETION"
    assert Ledger(config.ledger).stats()["failures"] == {"BAD_COMPLETION": 1}
    assert Ledger(config.ledger).get(request_of(config).key(config.model)) is None


@pytest.mark.parametrize(("source", "cost"), [("live", 0.0006), ("batch", 0.0003)])
def test_an_answer_of_a_batch_costs_half(
    source: str, cost: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text('{"test-model": {"input": 1.0, "output": 10.0}}')
    config = settings(tmp_path / "out", prices=prices)
    key, ledger = request_of(config).key(config.model), Ledger(config.ledger)
    ledger.add(Reply(key, "test-model", WRECKS, "stop", 0, 100, 0, 50, source=source))
    found, bodies, _ = asking(config, says(WRECKS), monkeypatch)
    assert (found.cost_usd, bodies) == (cost, [])
