"""What ten million documents would take, computed from measured parts: python -m bench.scale writes
the table of docs/scale.md.

`bench/scale.json` holds what was measured, each figure with where it comes from; calls and
tokens are those that `dossier estimate` finds in the bundled documents.
"""

from __future__ import annotations

import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.estimate import Estimate, estimate
from pipeline.ledger import Ledger
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "scale.md"
PARTS = ROOT / "bench" / "scale.json"
BEGIN, END = (
    "<!-- Below: made by python -m bench.scale. -->",
    "<!-- Above: made by python -m bench.scale. -->",
)
MODEL = "gpt-5-mini"
# Assumed, not measured: how long an endpoint takes for an answer of this length.
LATENCY_S = 10.0
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
AT_ONCE = (100, 1_000, 10_000)


@dataclass(frozen=True)
class Reckoned:
    """What so many documents take. Money is USD for input, cached prefixes and output; sizes are bytes."""

    documents: int
    calls: float
    tokens_in: float
    tokens_out: float
    usd: float
    call_hours: dict[int, float]
    cpu_hours: float
    cores: dict[int, float]
    listing_hours: float
    joining_hours: float
    disk: float


def of_bundled() -> Estimate:
    """What the bundled documents would take, by the rule of thumb of `dossier estimate`."""
    with tempfile.TemporaryDirectory() as out:
        ledger = Ledger(Path(out) / "ledger.sqlite3")
        found = estimate(
            Settings(paths=(ROOT / "data" / "documents",), out=Path(out), model=MODEL), ledger
        )
        ledger.close()
    return found


def reckon(documents: int, one: Estimate, parts: dict[str, float]) -> Reckoned:
    """So many documents like the bundled ones."""
    share = documents / one.documents
    calls = share * one.calls
    cpu_hours = documents * parts["worker_cpu_s_a_document"] / 3600
    hours = {n: calls * LATENCY_S / n / 3600 for n in AT_ONCE}
    assert one.cost_usd is not None
    return Reckoned(
        documents=documents,
        calls=calls,
        tokens_in=share * one.tokens_in,
        tokens_out=share * one.tokens_out[1],
        usd=share * one.cost_usd[1],
        call_hours=hours,
        cpu_hours=cpu_hours,
        cores={n: cpu_hours / hours[n] for n in AT_ONCE},
        listing_hours=documents * parts["driver_s_a_document"] / 3600,
        joining_hours=documents
        * parts["mentions_a_document"]
        * parts["joining_s_a_mention"]
        / 3600,
        disk=documents
        * sum(parts[f"{name}_bytes_a_document"] for name in ("ledger", "shard", "run")),
    )


def told(hours: float) -> str:
    """Hours in the unit that suits them."""
    if hours >= 48:
        return f"{hours / 24:,.0f} days"
    return f"{hours:.1f} h" if hours >= 1 else f"{hours * 60:.0f} min"


def cores(number: float) -> str:
    """A number of CPU cores, rounded up."""
    whole = math.ceil(number)
    return f"{whole} core{'s' * (whole != 1)}"


def table() -> str:
    """The table in Markdown."""
    parts = {name: given["value"] for name, given in json.loads(PARTS.read_text()).items()}
    one = of_bundled()
    lines = [
        "| documents | calls | tokens in / out | " + MODEL + " | "
        + " | ".join(f"{n:,} calls at once" for n in AT_ONCE)
        + " | workers' CPU | driver: listing | driver: joining names, if they fit | disk |",
        "|---" * (8 + len(AT_ONCE)) + "|",
    ]  # fmt: skip
    for size in SIZES:
        r = reckon(size, one, parts)
        tokens = f"{r.tokens_in / 1e9:,.1f} / {r.tokens_out / 1e9:,.1f} billion"
        waits = " | ".join(f"{told(r.call_hours[n])}, {cores(r.cores[n])}" for n in AT_ONCE)
        disk = f"{r.disk / 1e12:.1f} TB" if r.disk >= 1e12 else f"{r.disk / 1e9:.1f} GB"
        lines.append(
            f"| {size:,} | {r.calls / 1e6:,.2f} million | {tokens} | USD {r.usd:,.0f} | {waits} | {told(r.cpu_hours)} | {told(r.listing_hours)} | {told(r.joining_hours)} | {disk} |"
        )
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with the table as it is reckoned now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
