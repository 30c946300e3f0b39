"""Where names stand in a drawing of three columns, each row of which joins two sides to a middle.
Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report.contents import Row

COLUMNS = {"left": 0, "middle": 1, "right": 2}
MOST_MIDDLES = 40


@dataclass(frozen=True, slots=True)
class Placed:
    """`rows` that are drawn, and the height of each (side, name), from 0 at the top to below
    `height`."""

    rows: list[Row]
    at: dict[tuple[str, str], float]
    height: int


def placed(rows: Sequence[Row]) -> Placed:
    """Middles one below the other, in the order of rows, the first of them; on either side names in
    the order of the mean height of what they are joined to (the barycentre heuristic of Sugiyama,
    Tagawa and Toda, IEEE Transactions on Systems, Man, and Cybernetics 11, 1981)."""
    middles = list(dict.fromkeys(row["middle"] for row in rows))[:MOST_MIDDLES]
    height = {name: float(i) for i, name in enumerate(middles)}
    kept = [row for row in rows if row["middle"] in height]
    at = {("middle", name): y for name, y in height.items()}
    for side in ("left", "right"):
        joined: dict[str, list[float]] = defaultdict(list)
        for row in kept:
            if row[side]:
                joined[row[side]].append(height[row["middle"]])
        order = sorted(joined, key=lambda name: (sum(joined[name]) / len(joined[name]), name))
        step = len(middles) / max(len(order), 1)
        at |= {(side, name): (i + 0.5) * step - 0.5 for i, name in enumerate(order)}
    return Placed(kept, at, len(middles))
