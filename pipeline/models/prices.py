"""What tokens cost, from the table that genai-prices carries or from a file for private
endpoints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DossierError


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens."""

    input: float
    cached_input: float
    output: float

    def cost_usd(self, tokens_in: int, tokens_cached: int, tokens_out: int) -> float:
        """The price of a call; cached tokens are part of `tokens_in`."""
        fresh = max(0, tokens_in - tokens_cached)
        return (
            fresh * self.input + tokens_cached * self.cached_input + tokens_out * self.output
        ) / 1e6


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
            float(calc_price(usage, model_ref=model).total_price)
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
            price = Price(
                float(given["input"]),
                float(given.get("cached_input", given["input"])),
                float(given["output"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DossierError(
                f"{path}: the price of {model!r} is malformed ({error!r})", remedy
            ) from error
        if min(price.input, price.cached_input, price.output) < 0:
            raise DossierError(f"{path}: the price of {model!r} is negative", remedy)
        prices[model] = price
    return prices
