"""An evaluation as text for a terminal, Markdown or JSON: the same tables in each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from pipeline.compare.claims import Claim
from pipeline.evaluate.identity import Joined
from pipeline.evaluate.intervals import Interval, difference, interval
from pipeline.evaluate.measured import Measured, sum_of
from pipeline.plain import plain

VERSION = 1
_WEAKEST = 15
_SHOWN = 10
_SHARES = ("record_f1", "value_accuracy")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title, the names of its columns, and rows of cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def tables(measured: Measured) -> Iterator[Table]:
    """The tables of one evaluation."""
    yield _summary(measured)
    yield _by_type(measured)
    yield _by_field(measured)
    if measured.names or measured.deals:
        yield _joined(measured)
    asserted = [(n, c) for scored in measured.scored for n, c in scored.asserted]
    if asserted:
        yield Table(
            "Asserted, and not so",
            ("type", "what", "why it is not so"),
            tuple(
                (n.type, ", ".join(f"{path} = {text}" for path, text in n.where), n.why)
                for n, _ in asserted
            ),
        )


def listed(measured: Measured) -> Iterator[Table]:
    """What was left out, invented and given wrong, for a person to read."""
    for title, claims in (
        ("Left out", [c for scored in measured.scored for c in scored.omitted]),
        ("Invented", [c for scored in measured.scored for c in scored.invented]),
    ):
        rows = tuple((c.document, c.type, _called(c)) for c in claims)
        if rows:
            yield Table(title, ("document", "type", "record"), rows)
    wrong = tuple(
        (
            c.document, f"{c.type}.{f.field}", f.before.text if f.before else "",
            f.after.text if f.after else "",
        )
        for scored in measured.scored for c, f in scored.wrong
    )  # fmt: skip
    if wrong:
        yield Table("Wrong values", ("document", "field", "gold", "given"), wrong)


def compared(before: Measured, after: Measured) -> Table:
    """Two runs on the same gold; what exceeds chance is said."""
    rows = []
    for figure in _SHARES:
        for kind in ("", *sorted({*before.types, *after.types})):
            one, other = before.counts(figure, kind), after.counts(figure, kind)
            shares = [_share(counts) for counts in (one, other)]
            if None in shares:
                continue
            low_high = difference(one, other)
            rows.append(
                (
                    figure + (f".{kind}" if kind else ""),
                    *map(_percent, shares),
                    _range(low_high, signed=True),
                    _verdict(low_high),
                )
            )
    columns = ("figure", before.name, after.name, "difference, 95 %", "")
    return Table("Compared", columns, tuple(rows))


def as_text(found: Iterable[Table], width: int) -> str:
    """Tables for a terminal of any width: the last column takes what is left."""
    return plain("\n".join(line for table in found for line in _lines(table, width)))


def as_markdown(found: Iterable[Table], level: int = 2) -> str:
    """Tables as Markdown."""
    parts = []
    for table in found:
        parts.append(f"{'#' * level} {table.title}\n")
        if table.note:
            parts.append(f"{table.note}\n")
        parts.append(_row(table.columns) + "\n" + _row(["---"] * len(table.columns)))
        parts += [_row(row) for row in table.rows]
        parts.append("")
    return plain("\n".join(parts))


def as_json(measured: Measured, other: Measured | None = None) -> str:
    """One JSON object; its form has a version."""
    told: dict[str, object] = {"version": VERSION, "run": measured.name} | _json(measured)
    if other:
        told["compared"] = {"run": other.name} | _json(other)
        told["differences"] = {
            figure: difference(measured.counts(figure), other.counts(figure)) for figure in _SHARES
        }
    return json.dumps(told, ensure_ascii=True, indent=1)


def _json(measured: Measured) -> dict[str, object]:
    return {
        "figures": measured.figures(),
        "intervals": {figure: interval(measured.counts(figure)) for figure in _SHARES},
        "documents": [scored.document for scored in measured.scored],
        "not_read": measured.not_read,
        "without_gold": measured.without_gold,
        "types": {kind: asdict(measured.records(kind)) for kind in measured.types},
        "fields": {
            f"{kind}.{path}": asdict(values)
            for (kind, path), values in sorted(measured.fields().items())
        },
        "asserted": [
            {"document": scored.document, "record": claim.id, "why": negative.why}
            for scored in measured.scored
            for negative, claim in scored.asserted
        ],
    }


def _summary(measured: Measured) -> Table:
    respected, negatives = measured.negatives()
    rows: list[tuple[str, ...]] = [
        ("records, F1", _with_interval(measured, "record_f1")),
        ("values that are right, where gold has one", _with_interval(measured, "value_accuracy")),
        ("negatives that are not asserted", _of(respected, negatives)),
    ]
    if measured.quotes[1]:
        rows.append(("quotes that stand in the text", _of(*measured.quotes)))
        rows.append(("values that are not doubted", _of(*measured.supported)))
        rows.append(("names that are one and were joined", _f1(sum_of(measured.names.values()))))
        rows.append(("deals and events likewise", _f1(sum_of(measured.deals.values()))))
    if measured.calls:
        cost = "" if measured.cost_usd is None else f", USD {measured.cost_usd:.2f}"
        told = f"{measured.calls:,}, {measured.tokens_in:,} tokens in, {measured.tokens_out:,} out"
        rows.append(("calls", f"{told}{cost}, {measured.seconds:,.0f} s"))
    documents = len(measured.scored)
    note = f"{measured.name}: {documents} document{'s' * (documents != 1)} with gold"
    if measured.not_read:
        note += f"; gold of {len(measured.not_read)} more that it did not read"
    if measured.without_gold:
        note += f"; {len(measured.without_gold)} without gold left out"
    return Table("Against gold", ("figure", "share"), tuple(rows), f"{note}.")


def _by_type(measured: Measured) -> Table:
    rows = []
    for kind in ("", *measured.types):
        records, values = measured.records(kind), measured.values(kind)
        rows.append(
            (
                kind or "all", str(records.found), str(records.omitted), str(records.invented),
                str(records.repeated), _percent(records.precision), _percent(records.recall),
                _percent(records.f1), _percent(values.accuracy), _percent(values.f1),
            )
        )  # fmt: skip
    columns = (
        "type", "found", "left out", "invented", "repeats", "precision", "recall", "F1",
        "values right", "values F1",
    )  # fmt: skip
    note = (
        "Repeats tell of a found record again, in another passage, and count neither way; nor do"
        " records that gold marks optional."
    )
    return Table("Records", columns, tuple(rows), note)


def _by_field(measured: Measured) -> Table:
    ranked = sorted(
        measured.fields().items(),
        key=lambda item: (
            -(item[1].wrong + item[1].imprecise + item[1].omitted + item[1].invented),
            item[0],
        ),
    )
    rows = tuple(
        (
            f"{kind}.{path}", str(v.right), str(v.imprecise), str(v.wrong), str(v.omitted),
            str(v.invented), _percent(v.f1),
        )
        for (kind, path), v in ranked[:_WEAKEST]
    )  # fmt: skip
    columns = ("field", "right", "imprecise", "wrong", "left out", "invented", "F1")
    return Table("The weakest fields", columns, rows)


def _joined(measured: Measured) -> Table:
    rows = [
        (
            kind, str(j.together), str(j.parted), str(j.mixed), str(j.apart),
            _percent(j.pairwise_f1), _percent(j.b3_f1),
        )
        for kind, j in (*sorted(measured.names.items()), *sorted(measured.deals.items()))
    ]  # fmt: skip
    columns = ("kind", "joined", "not joined", "joined wrongly", "kept apart", "pairs F1", "B³ F1")
    return Table("Names, deals and events that are one", columns, tuple(rows))


def _with_interval(measured: Measured, figure: str) -> str:
    counts = measured.counts(figure)
    share = _percent(_share(counts))
    told = _range(interval(counts))
    return f"{share} ({told})" if told else share


def _share(counts: Sequence[tuple[float, float]]) -> float | None:
    whole = sum(below for _, below in counts)
    return sum(above for above, _ in counts) / whole if whole else None


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}\u00a0%"


def _range(low_high: Interval | None, *, signed: bool = False) -> str:
    if low_high is None:
        return ""
    sign = "+" if signed else ""
    return " to ".join(f"{100 * bound:{sign}.1f}" for bound in low_high) + "\u00a0%"


def _verdict(low_high: Interval | None) -> str:
    if low_high is None:
        return "one document: no telling"
    low, high = low_high
    return "better" if low > 0 else "worse" if high < 0 else "within chance"


def _of(part: int, whole: int) -> str:
    return f"{_percent(part / whole)} of {whole:,}" if whole else "none"


def _f1(joined: Joined) -> str:
    pairs = joined.together + joined.parted
    if joined.pairwise_f1 is None:
        return "none"
    return f"F1 {_percent(joined.pairwise_f1)} of {pairs:,} pairs"


def _called(claim: Claim) -> str:
    quotes = [q.quote or q.text for q in claim.quotes]
    return " ".join((quotes or [v.text for v in claim.values] or [claim.id])[0].split())[:160]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _lines(table: Table, width: int) -> Iterator[str]:
    yield ""
    yield table.title
    if table.note:
        yield from _wrapped(table.note, width)
    shown = [table.columns, *table.rows]
    if not table.rows:
        yield "  none"
        return
    wide = [max(len(row[n]) for row in shown) for n in range(len(table.columns))]
    if sum(wide) + 2 * len(wide) <= width:
        for row in shown:
            cells = [
                cell.ljust(wide[n]) if not n or len(row) < 3 else cell.rjust(wide[n])
                for n, cell in enumerate(row)
            ]
            yield ("  " + "  ".join(cells)).rstrip()
        return
    for row in table.rows:  # too wide for a table: a row a paragraph
        told = [
            f"{name} {cell}" if name else cell
            for name, cell in zip(table.columns[1:], row[1:], strict=True)
            if cell
        ]
        yield from _wrapped(f"{row[0]}: {', '.join(told)}", width)


def _wrapped(line: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(
        line, max(30, width), initial_indent="  ", subsequent_indent="    ", break_long_words=False
    )
