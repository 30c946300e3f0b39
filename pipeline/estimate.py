"""What a run would take: calls, tokens, money. Learnt from the ledger where it knows, else from
rules of thumb."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

from pipeline.domain import Reply, Request
from pipeline.errors import DocumentError
from pipeline.ledger import Ledger
from pipeline.models.prices import Price, find_price
from pipeline.run import plan
from pipeline.settings import SECOND_READING, Settings
from pipeline.text.tokens import count_tokens

# Tokens out per token of passage where nothing is known yet: measured on the bundled corpus, 0.5 to
# 3.
_OUT_LOW, _OUT_LIKELY, _OUT_HIGH = 0.5, 1.6, 3.0
_MIN_LEARNT = 5
# The same for a second reading, in and out: it sees quotes again and again, each with its claims.
_READ_IN, _READ_OUT = 7, 3.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is left to do. Ranges are (low, likely, high); money is None where no price is known."""

    documents: int
    calls: int
    answered: int
    tokens_in: int
    tokens_in_cached: int
    tokens_out: tuple[int, int, int]
    cost_usd: tuple[float, float, float] | None
    learnt_from: int
    unreadable: tuple[tuple[str, str], ...] = ()  # name and why


def estimate(settings: Settings, ledger: Ledger) -> Estimate:
    """Estimate the calls that `ledger` has no answer to. Raises DossierError for bad input."""
    documents: set[str] = set()
    answered = 0
    learnt: list[tuple[Request, Reply]] = []
    left: list[tuple[int, int, str]] = []  # tokens in, of the passage, task
    passages_left: dict[str, int] = {}  # tokens of those that are yet to be read twice
    unreadable: list[tuple[str, DocumentError]] = []
    for document, planned in plan(settings, ledger, unreadable):
        documents.add(document.id)
        known = ledger.get(planned.request.key(settings.model_of(planned.task.name)))
        answered += known is not None
        if known is None:
            left.append(
                (_tokens_in(planned.request), _passage_tokens(planned.request), planned.task.name)
            )
            if settings.second_reading and planned.task.name != SECOND_READING:
                passages_left.setdefault(planned.request.passage_id, left[-1][1])
        elif known.tokens_in and known.tokens_out:
            learnt.append((planned.request, known))
    left += [
        (_READ_IN * tokens, round(_READ_OUT / _OUT_LIKELY * tokens), SECOND_READING)
        for tokens in passages_left.values()
    ]
    ratio_in, factors = _learnt(learnt)
    prefix = _prefix_tokens(settings)
    tokens_in = round(sum(t for t, _, _ in left) * ratio_in)
    once = sum(prefix[task] for task in {task for *_, task in left})
    cached = round((sum(prefix[task] for *_, task in left) - once) * ratio_in)
    passages = sum(t for _, t, _ in left)
    out = (round(passages * factors[0]), round(passages * factors[1]), round(passages * factors[2]))
    price = find_price(settings.model, settings.prices)
    cost = None if price is None else _costs(price, tokens_in, max(0, cached), out)
    used = len(learnt) if len(learnt) >= _MIN_LEARNT else 0
    broken = tuple((name, f"{error.code}: {error.message}") for name, error in unreadable)
    return Estimate(
        len(documents), len(left), answered, tokens_in, max(0, cached), out, cost, used, broken
    )


def told(e: Estimate, model: str) -> Iterator[str]:
    """The estimate in lines for people."""
    yield f"{e.documents} documents: {e.calls} calls to {model}, {e.answered} answered already"
    yield (
        f"tokens in    {e.tokens_in:>12,}  of them up to {e.tokens_in_cached:,} in prefixes that"
        " providers cache"
    )
    yield (
        f"tokens out   {e.tokens_out[1]:>12,}  between {e.tokens_out[0]:,} and {e.tokens_out[2]:,}"
    )
    if e.cost_usd is None:
        yield f"money        no price known for {model}; give one with --prices FILE"
    else:
        yield (
            f"money        USD {e.cost_usd[1]:>8.4f}  between {e.cost_usd[0]:.4f} and"
            f" {e.cost_usd[2]:.4f}"
        )
    if e.unreadable:
        yield f"unreadable   {len(e.unreadable):>12,}  documents, which are left out of this:"
        yield from (f"             {name}: {why}" for name, why in e.unreadable[:5])
    yield (
        f"learnt from {e.learnt_from} answered calls"
        if e.learnt_from
        else "a rule of thumb: no answered calls to learn from"
    )


def _learnt(pairs: list[tuple[Request, Reply]]) -> tuple[float, tuple[float, float, float]]:
    """Real tokens in per estimated one, and tokens out per token of passage (tenth, middle and
    ninth tenth)."""
    if len(pairs) < _MIN_LEARNT:
        return 1.0, (_OUT_LOW, _OUT_LIKELY, _OUT_HIGH)
    ratio = sum(reply.tokens_in for _, reply in pairs) / sum(
        _tokens_in(request) for request, _ in pairs
    )
    factors = [reply.tokens_out / _passage_tokens(request) for request, reply in pairs]
    tenths = quantiles(factors, n=10)
    return ratio, (tenths[0], sum(factors) / len(factors), tenths[-1])


def _tokens_in(request: Request) -> int:
    return sum(count_tokens(m["content"]) for m in request.messages) + count_tokens(
        json.dumps(request.schema)
    )


def _passage_tokens(request: Request) -> int:
    return max(1, count_tokens(request.messages[-1]["content"]))


def _prefix_tokens(settings: Settings) -> dict[str, int]:
    from pipeline.subject import load_subject

    subject = load_subject(settings.subject, settings.prompts, settings.repeats)
    return {
        task.name: count_tokens(task.instructions) + count_tokens(json.dumps(task.schema))
        for task in (*subject.tasks, subject.reader)
    }


def _costs(
    price: Price, tokens_in: int, cached: int, out: tuple[int, int, int]
) -> tuple[float, float, float]:
    cases = ((cached, out[0]), (cached // 2, out[1]), (0, out[2]))
    low, likely, high = (float(price.cost_usd(tokens_in, c, o)) for c, o in cases)
    return low, likely, high
