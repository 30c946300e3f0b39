"""What becomes of one HTTP call, fact by fact: a real server on loopback, the real client."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any

import pytest

from pipeline.errors import BudgetError, CallError, EndpointError
from pipeline.models.budget import NOTHING, Budget, Charge
from pipeline.models.environment import endpoint_of_environment
from pipeline.models.limits import Pace
from pipeline.models.transport import Call, FormError, Transport
from pipeline.settings import Settings
from tests.models.server import Answer, endpoint, reply

ANSWER = {"choices": [{"message": {"content": "{}"}}]}
GOOD = reply(ANSWER)
BODY = {"model": "m", "messages": []}
FREE = Charge(NOTHING, lambda _: NOTHING)
PAGE = (200, {"content-type": "text/html"}, "<html>proxy</html>")


@pytest.fixture(autouse=True)
def quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.01)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")


def fault(status: int, message: str = "down", code: str = "x", **headers: str) -> Answer:
    return reply({"error": {"message": message, "code": code}}, status, **headers)


def scripted(*answers: Answer) -> Callable[[int, dict[str, Any]], Answer]:
    """The answers in order; the last one again and again."""
    return lambda number, _: answers[min(number, len(answers) - 1)]


def sending(
    answer: Callable[[int, dict[str, Any]], Answer],
    monkeypatch: pytest.MonkeyPatch,
    talk: Callable[[Transport], Awaitable[Any]],
    budget: Budget | None = None,
    timeout_s: float = 5.0,
) -> tuple[Any, Transport, int]:
    """What `talk` returned or raised, the transport, and how many requests the server saw."""

    async def go() -> tuple[Any, Transport]:
        settings = Settings(timeout_s=timeout_s)
        transport = Transport(
            settings, endpoint_of_environment(), Pace(4), budget or Budget(None, None)
        )
        try:
            return await talk(transport), transport
        except (CallError, EndpointError, BudgetError, FormError) as error:
            return error, transport
        finally:
            await transport.close()

    with endpoint(answer) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        found, transport = asyncio.run(go())
        return found, transport, len(received)


async def once(transport: Transport, charge: Charge = FREE, key: str = "k") -> dict[str, Any]:
    return await transport.send(Call(key, lambda: BODY, 1, charge))


async def twice(transport: Transport) -> dict[str, Any]:
    await once(transport)
    return await once(transport)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found, transport, seen = sending(scripted(fault(status), GOOD), monkeypatch, once)
    assert (found, transport.sent, seen) == (ANSWER, 2, 2)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (fault(401), "refuses the key"),
        (fault(400, "API key not valid"), "refuses the key"),
        (fault(402), "out of quota"),
        (fault(404), "no such model"),
        (fault(429, "quota", "insufficient_quota"), "out of quota"),
        (PAGE, "answers with a page"),
    ],
)
def test_what_no_call_could_survive_is_tried_once_and_ends_the_run(
    answer: Answer, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _, seen = sending(scripted(answer), monkeypatch, once)
    assert isinstance(found, EndpointError)
    assert said in str(found)
    assert seen == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [(fault(400), "HTTP_400"), (PAGE, "BAD_COMPLETION"), (fault(413), "TOO_LONG")],
)
def test_what_happens_after_a_good_answer_is_a_failure_of_that_call(
    answer: Answer, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _, seen = sending(scripted(GOOD, answer), monkeypatch, twice)
    assert isinstance(found, CallError)
    assert found.code == code
    assert seen == 2


@pytest.mark.parametrize("status", [400, 404, 422, 501])
def test_a_form_of_the_request_that_is_not_supported_is_told_apart(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = fault(status, "response_format json_schema is not supported")
    found, _, _ = sending(scripted(answer), monkeypatch, once)
    assert isinstance(found, FormError)


def test_a_request_that_is_refused_for_another_reason_is_no_matter_of_its_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, _, _ = sending(scripted(GOOD, fault(422, "too long")), monkeypatch, twice)
    assert isinstance(found, CallError)


@pytest.mark.parametrize("status", [400, 403])
def test_several_requests_that_are_refused_alike_before_any_answer_mean_all(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def four(transport: Transport) -> list[Any]:
        sent = [once(transport, key=key) for key in "aabc"]
        return [await asyncio.gather(one, return_exceptions=True) for one in sent]

    answer = lambda number, _: fault(status, f'no "{number}"', str(number))  # noqa: E731
    found, transport, _ = sending(answer, monkeypatch, four)
    assert [type(error) for (error,) in found] == [CallError] * 3 + [EndpointError]
    assert "refuses 3 different requests alike" in str(transport.fatal)


def test_requests_that_are_refused_for_what_they_ask_are_never_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def many(transport: Transport) -> list[Any]:
        sent = [once(transport, key=str(number)) for number in range(30)]
        return await asyncio.gather(*sent, return_exceptions=True)

    found, transport, _ = sending(
        scripted(fault(400, "flagged", "content_filter")), monkeypatch, many
    )
    assert {error.code for error in found} == {"FILTERED"}
    assert transport.fatal is None


def test_after_what_ends_the_run_nothing_more_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.limits.FIRST_S", 60.0)  # a busy machine answers late

    async def many(transport: Transport) -> list[Any]:
        sent = [once(transport, key=str(number)) for number in range(40)]
        return await asyncio.gather(*sent, return_exceptions=True)

    found, _, seen = sending(scripted(fault(401)), monkeypatch, many)
    assert {type(error) for error in found} == {EndpointError}
    assert seen <= 2


def test_a_retry_after_of_nothing_is_not_taken_at_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("asyncio.sleep", _noted(asyncio.sleep, waits))
    busy = fault(503, **{"retry-after": "0"})
    sending(scripted(busy, busy, busy, GOOD), monkeypatch, once)
    assert len([wait for wait in waits if wait > 0]) == 3


def test_waiting_for_a_turn_is_not_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    async def after_a_pause(transport: Transport) -> dict[str, Any]:
        transport._pace.pause(1.2, "a test")
        return await once(transport)

    found, _, seen = sending(scripted(fault(500), GOOD), monkeypatch, after_a_pause, timeout_s=0.2)
    assert (found, seen) == (ANSWER, 2)


def _noted(sleep: Any, waits: list[float]) -> Any:
    async def slept(seconds: float, *given: Any) -> Any:
        waits.append(seconds)
        return await sleep(seconds, *given)

    return slept


def test_the_time_limit_is_for_the_whole_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.transport.MAX_TRIES", 1)
    with trickling() as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)

        async def go() -> None:
            transport = Transport(
                Settings(timeout_s=0.5), endpoint_of_environment(), Pace(4), Budget(None, None)
            )
            with pytest.raises(CallError, match=r"within 0\.5 s"):
                await once(transport)
            await transport.close()

        started = time.monotonic()
        asyncio.run(go())
        assert time.monotonic() - started < 2.0


@contextmanager
def trickling() -> Iterator[str]:
    """A server whose answer comes a byte at a time, for ten seconds."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
                for _ in range(100):
                    connection.sendall(b" ")
                    time.sleep(0.1)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        listener.close()


def test_an_address_where_nobody_answers_is_tried_three_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with endpoint(scripted(GOOD)) as (address, _):
        pass  # its port is free again
    monkeypatch.setenv("OPENAI_BASE_URL", address)

    async def go() -> int:
        transport = Transport(
            Settings(timeout_s=5.0), endpoint_of_environment(), Pace(4), Budget(None, None)
        )
        with pytest.raises(EndpointError, match="No connection"):
            await once(transport)
        await transport.close()
        return transport.sent

    assert asyncio.run(go()) == 3


def test_each_try_counts_as_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    found, transport, seen = sending(scripted(fault(500)), monkeypatch, once, Budget(2, None))
    assert isinstance(found, BudgetError)
    assert (transport.sent, seen) == (2, 2)


@pytest.mark.parametrize(
    ("answers", "spent"),
    [
        ((GOOD,), "0.25"),
        ((fault(429), GOOD), "0.25"),
        ((fault(400),), "0"),
        ((fault(503), fault(503), GOOD), "0.25"),
    ],
)
def test_an_answer_costs_what_it_says_and_a_refusal_nothing(
    answers: tuple[Answer, ...], spent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge = Charge(Decimal(2), lambda _: Decimal("0.25"))
    budget = Budget(None, None)
    sending(scripted(*answers), monkeypatch, lambda t: once(t, charge), budget)
    assert budget.spent_usd == Decimal(spent)


def test_a_call_that_is_never_answered_costs_the_worst_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(number: int, _: dict[str, Any]) -> Answer:
        if number == 0:
            time.sleep(0.2)
        return GOOD

    monkeypatch.setattr("pipeline.models.transport.MAX_TRIES", 1)
    charge = Charge(Decimal(2), lambda _: Decimal("0.25"))
    budget = Budget(None, None)
    found, _, _ = sending(answer, monkeypatch, lambda t: once(t, charge), budget, timeout_s=0.1)
    assert isinstance(found, CallError)
    assert budget.spent_usd == 2


def test_a_try_waits_as_long_as_the_endpoint_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    at: list[float] = []

    def answer(number: int, _: dict[str, Any]) -> Answer:
        at.append(time.monotonic())
        return fault(503, **{"retry-after": "0.15"}) if number == 0 else GOOD

    sending(answer, monkeypatch, once)
    assert 0.14 < at[1] - at[0] < 1.0


def test_a_try_waits_no_longer_than_the_longest_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.transport.MAX_PAUSE_S", 0.05)
    started = time.monotonic()
    busy = fault(503, **{"retry-after": "20"})
    found, _, _ = sending(scripted(busy, GOOD), monkeypatch, once)
    assert found == ANSWER
    assert time.monotonic() - started < 5.0


def test_a_429_lowers_the_pace_and_holds_up_other_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    at: list[float] = []
    allowed: list[float] = []

    def answer(number: int, _: dict[str, Any]) -> Answer:
        at.append(time.monotonic())
        return fault(429, **{"retry-after": "0.2"}) if number == 0 else GOOD

    async def two(transport: Transport) -> None:
        first = asyncio.ensure_future(once(transport))
        while len(at) < 1 or transport._pace.allowed == 4.0:
            await asyncio.sleep(0.005)
        allowed.append(transport._pace.allowed)
        await asyncio.gather(first, once(transport))

    async def in_time(transport: Transport) -> None:
        async with asyncio.timeout(2.0):
            await two(transport)

    sending(answer, monkeypatch, in_time)
    assert allowed == [pytest.approx(2.8)]
    assert len(at) == 3
    assert all(moment - at[0] > 0.18 for moment in at[1:])


def test_a_limit_that_an_answer_says_is_used_up_holds_up_the_next_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "120ms"}
    at: list[float] = []

    def answer(number: int, _: dict[str, Any]) -> Answer:
        at.append(time.monotonic())
        return reply(ANSWER, **used) if number == 0 else GOOD

    sending(answer, monkeypatch, twice)
    assert at[1] - at[0] > 0.11
