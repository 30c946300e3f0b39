"""A database to which documents were added, beside one that was built at once: the same rows in the
same order."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.load import FEW
from tests.store.ships import ask, made, ship

# Names that mean something only within a document, beside names that mean the same everywhere.
TEXT = (
    "The Baltic Salvage Line (BSL) owns Halcyon. BSL sold Halcyon {n}. The Ministry of Health owns"
    " Halcyon {n}. Halcyon {n} and Halcyon flew the flag of Norway. The owner was ZKX."
)


def documents(first: int, last: int) -> dict[str, str]:
    return {f"{n}.txt": TEXT.format(n=n) for n in range(first, last)}


def answers(texts: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for name in texts:
        ship_name = f"Halcyon {name.removesuffix('.txt')}"
        sold = f"BSL sold {ship_name}."
        owned = f"The Ministry of Health owns {ship_name}."
        found[name] = [
            ship("The Baltic Salvage Line (BSL) owns Halcyon.", "Halcyon", owner="BSL"),
            ship(sold, ship_name, owner="BSL"),
            ship(owned, ship_name, owner="Ministry of Health"),
            ship("The owner was ZKX.", "Halcyon", owner="ZKX"),
            ship(f"{ship_name} and Halcyon flew the flag of Norway.", ship_name, country="Norway"),
        ]
    return found


def tables(config: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """All rows as they stand in the file."""
    names = ask(config, "SELECT table_name FROM duckdb_tables() ORDER BY ALL")
    return {name: ask(config, f'SELECT * FROM "{name}"') for (name,) in names}


@pytest.mark.parametrize("added", [2, FEW + 2])
def test_added_documents_stand_where_they_would_have_stood(tmp_path: Path, added: int) -> None:
    before, after = documents(0, 8), documents(8, 8 + added)
    made(tmp_path, before, answers(before))
    grown = made(tmp_path, before | after, answers(before | after))
    # Ids are those that the register knows: they do not depend on what was added when.
    fresh = replace(grown, out=tmp_path / "fresh", decisions=grown.decided)
    fresh.out.mkdir()
    shutil.copy(grown.ledger, fresh.ledger)
    run(fresh)
    expected = tables(fresh)
    assert len(expected["entity"]) > 8 + added
    assert len(expected["abbreviation"]) == 8 + added
    assert tables(grown) == expected


def test_a_changed_document_leaves_nothing_behind(tmp_path: Path) -> None:
    texts = documents(0, 5)
    config = made(tmp_path, texts, answers(texts))
    (tmp_path / "in" / "3.txt").write_text("Halcyon 3 sank.")
    made(tmp_path, {}, answers(texts) | {"3.txt": [ship("Halcyon 3 sank.", "Halcyon 3")]})
    assert ask(config, "SELECT count(DISTINCT document_id) FROM ship") == [(5,)]
    assert ask(config, "SELECT mentions FROM entity WHERE name = 'Halcyon 3'") == [(1,)]
    assert ask(config, "SELECT mentions FROM entity WHERE name = 'Halcyon 4'") == [(3,)]
    assert ask(config, "SELECT mentions, documents FROM entity WHERE name = 'Halcyon'") == [(4, 4)]
