"""The shipped weights (model.json), as settings for Splink. Pure.

Splink (https://moj-analytical-services.github.io/splink) implements the model of Fellegi and Sunter
(1969): the weight of a level is log2(m/u). The weights are fixed, so m and u are any two
probabilities of that ratio.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.records import Style

_FILE = Path(__file__).with_name("model.json")
_HALF = 0.5
STYLES: tuple[Style, ...] = ("organisation", "thing", "person")


@dataclass(frozen=True, slots=True)
class Weights:
    """`join` and `asked` are the least bits of the two bands, the latter by style; `comparisons` by
    style: name and levels as (name, SQL, bits or None for nothing known)."""

    join: float
    asked: dict[str, float]
    comparisons: dict[str, list[tuple[str, list[tuple[str, str, float | None]]]]]

    def ask(self, style: str) -> float:
        """The least bits from which a pair is asked about."""
        return self.asked[style]

    def settings(self, style: str) -> dict[str, Any]:
        """Splink's settings for a style."""
        return {
            "link_type": "dedupe_only",
            "unique_id_column_name": "usage_id",
            "probability_two_random_records_match": 0.5,  # no weight of its own
            "blocking_rules_to_generate_predictions": ["l.key = r.key"],  # pairs are registered
            "comparisons": [_comparison(*c) for c in self.comparisons[style]],
            "retain_intermediate_calculation_columns": True,
            "retain_matching_columns": False,
        }

    def level_of(self, style: str, comparison: str, bits: float) -> str:
        """The name of the level of a comparison that has these bits."""
        for name, levels in self.comparisons[style]:
            if name == comparison:
                for level, _, weight in levels:
                    if weight is not None and abs(weight - bits) < 1e-6:
                        return level
        return ""


@cache
def load_weights() -> Weights:
    """The weights that are shipped."""
    given = json.loads(_FILE.read_text(encoding="utf-8"))
    return Weights(float(given["join"]), given["ask"], given["styles"])


def _comparison(name: str, levels: list[tuple[str, str, float | None]]) -> dict[str, Any]:
    return {"output_column_name": name, "comparison_levels": [_level(*level) for level in levels]}


def _level(name: str, sql: str, bits: float | None) -> dict[str, Any]:
    if bits is None:
        return {"sql_condition": sql, "label_for_charts": name, "is_null_level": True}
    m, u = (_HALF, _HALF * 2**-bits) if bits >= 0 else (_HALF * 2**bits, _HALF)
    return {
        "sql_condition": sql,
        "label_for_charts": name,
        "m_probability": m,
        "u_probability": u,
        "fix_m_probability": True,
        "fix_u_probability": True,
    }
