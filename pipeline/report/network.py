"""Who deals with whom, to walk in from one organisation to the next.

Positions are computed beforehand, for each organisation around itself, by the layout of Kamada and
Kawai (Information Processing Letters 31, 1989) as igraph has it; the page only moves between them.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.plain import plain
from pipeline.report.contents import Row

MOST_CENTRES = 100
MOST_AROUND = 40
HOPS = 3
MOST_PARTS = 7  # that have a colour of their own
OTHER = "something else"


@dataclass(frozen=True, slots=True)
class Ego:
    """Those at most HOPS steps from `centre`, the nearest MOST_AROUND: nodes with id, name,
    country, hop and place (x, y from -1 to 1), the edges between them, and all `parts` edges are
    about, which have a colour each."""

    centre: str
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    parts: list[str]


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and edges by their number in it, and for each centre who is around it, how far, where.
    It is what the page's script reads."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    centres: dict[int, list[tuple[int, int, float, float]]]
    parts: list[str]

    def around(self, centre: int) -> Ego:
        """Of a centre: what a picture of it shows, two steps away at most."""
        near = [item for item in self.centres[centre] if item[1] < HOPS]
        nodes = [
            self.nodes[node] | {"id": node, "hop": hop, "x": x, "y": y} for node, hop, x, y in near
        ]
        inside = {node for node, *_ in near}
        edges = [e for e in self.edges if e["source"] in inside and e["target"] in inside]
        return Ego(self.nodes[centre]["name"], nodes, edges, self.parts)


def network_of(rows: Sequence[Row]) -> Network | None:
    """The network of pairs, or nothing where there is none. An edge has the colour of what is most
    common in all deals among what its own are about, if that is among the MOST_PARTS."""
    if not rows:
        return None
    numbers: dict[str, int] = {}
    nodes: list[dict[str, Any]] = []
    for row in rows:
        for side in ("source", "target"):
            if row[f"{side}_id"] not in numbers:
                numbers[row[f"{side}_id"]] = len(nodes)
                country = row.get(f"{side}_country")
                card = row[f"{side}_id"]
                nodes.append({"card": card, "name": plain(row[side]), "country": country})
    common = Counter(part for row in rows for part in row["parts"])
    coloured = set(sorted(common, key=lambda part: (-common[part], part))[:MOST_PARTS])
    edges = []
    for row in rows:
        parts = sorted(row["parts"], key=lambda part: (-common[part], part))
        edges.append(
            {
                "source": numbers[row["source_id"]], "target": numbers[row["target_id"]],
                "directed": bool(row.get("directed")), "deals": row["deals"],
                "concluded": row["concluded"], "year": row["year"],
                "part": next(iter([*(p for p in parts if p in coloured), OTHER])), "parts": parts,
                "records": list(row.get("record_ids") or [])[:3],
            }
        )  # fmt: skip
    ties: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        ties[edge["source"]].add(edge["target"])
        ties[edge["target"]].add(edge["source"])
    order = sorted(ties, key=lambda node: (-len(ties[node]), nodes[node]["name"], node))
    centres = {node: _placed(node, ties) for node in order[:MOST_CENTRES]}
    return Network(
        nodes,
        edges,
        centres,
        sorted({edge["part"] for edge in edges}, key=lambda part: (part == OTHER, part)),
    )


def _placed(centre: int, ties: Mapping[int, set[int]]) -> list[tuple[int, int, float, float]]:
    """Who is around a centre: node, steps away, x and y; the nearest and best connected first."""
    import igraph

    hops = {centre: 0}
    waiting = deque([centre])
    while waiting and len(hops) < MOST_AROUND:
        node = waiting.popleft()
        if hops[node] == HOPS:
            break
        for other in sorted(ties[node] - hops.keys(), key=lambda o: (-len(ties[o]), o)):
            if len(hops) == MOST_AROUND:
                break
            hops[other] = hops[node] + 1
            waiting.append(other)
    inside = list(hops)
    index = {node: i for i, node in enumerate(inside)}
    lines = {
        (min(index[a], index[b]), max(index[a], index[b]))
        for a in inside
        for b in ties[a]
        if b in index
    }
    graph = igraph.Graph(n=len(inside), edges=sorted(lines))
    layout = graph.layout_kamada_kawai(seed=graph.layout_circle())
    layout.translate(*(-c for c in layout[0]))
    layout.scale(1 / max(1e-9, *(abs(c) for point in layout for c in point)))
    return [
        (node, hops[node], round(x, 3), round(y, 3))
        for node, (x, y) in zip(inside, layout, strict=True)
    ]
