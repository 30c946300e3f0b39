"""What tokens cost, from the table that genai-prices carries or from a file for private
endpoints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipeline.errors import DossierError


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens."""

    input: Decimal
    cached_input: Decimal
    output: Decimal

    def cost_usd(self, tokens_in: int, tokens_cached: int, tokens_out: int) -> Decimal:
        """The price of a call, exact; cached tokens are part of `tokens_in`."""
        cached = min(tokens_in, tokens_cached)
        paid = (tokens_in - cached) * self.input + cached * self.cached_input
        return (paid + tokens_out * self.output) / 1_000_000


def find_price(model: str, overrides: Path | None) -> Price | None:
    """The price of a model: from the override file, else from the table; None when neither knows
    it.

    The file maps model names to {"input": USD, "output": USD, "cached_input": USD} per million
    tokens. Raises DossierError, naming the place, when it is malformed.
    """
    if overrides is not None:
        found = _overrides(overrides).get(model)
        if found:
            return found
    # The table costs half a second to import, which only commands that count money should pay.
    from genai_prices import Usage, calc_price

    try:
        million = [
            Decimal(calc_price(usage, model_ref=model).total_price)
            for usage in (
                Usage(input_tokens=1_000_000, output_tokens=0),
                Usage(input_tokens=1_000_000, cache_read_tokens=1_000_000, output_tokens=0),
                Usage(input_tokens=0, output_tokens=1_000_000),
            )
        ]
    except LookupError:
        return None
    return Price(*million)


def _overrides(path: Path) -> dict[str, Price]:
    remedy = 'It maps model names to {"input": 0.25, "output": 2.0} in USD per million tokens.'
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DossierError(f"{path} is no price file ({error})", remedy) from error
    if not isinstance(data, dict):
        raise DossierError(f"{path} is no object", remedy)
    prices = {}
    for model, given in data.items():
        try:
            cached = given.get("cached_input", given["input"])
            price = Price(*(Decimal(str(v)) for v in (given["input"], cached, given["output"])))
        except (KeyError, TypeError, InvalidOperation, AttributeError) as error:
            raise DossierError(
                f"{path}: the price of {model!r} is malformed ({error!r})", remedy
            ) from error
        if not all(0 <= v < 1_000_000 for v in (price.input, price.cached_input, price.output)):
            raise DossierError(f"{path}: the price of {model!r} is no price", remedy)
        prices[model] = price
    return prices
