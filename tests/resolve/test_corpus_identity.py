"""The bundled corpus against data/identities: nothing is joined wrongly, what is one is joined or asked."""

import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.resolve import claims, guards
from pipeline.run import Outcome
from pipeline.settings import Settings
from tests.resolve.corpus import IDENTITIES, Measured, measure

Bundled = tuple[Settings, Outcome]


def together(found: dict[str, Measured]) -> Measured:
    total = Measured()
    for of in found.values():
        total.joined += of.joined
        total.asked += of.asked
        total.missed += of.missed
        total.wrong += of.wrong
    return total


def test_no_two_names_or_claims_are_joined_that_are_two(weighed: Path) -> None:
    assert together(measure(weighed)).wrong == []


def test_what_is_one_is_joined_or_asked(weighed: Path) -> None:
    found = measure(weighed)
    total = together(found)
    assert (total.joined + total.asked) / total.pairs >= 0.88
    for kind, least in (
        ("organisation", 0.98),
        ("person", 1.0),
        ("agreement", 0.95),
        ("indicator", 1.0),
    ):
        of = found[kind]
        assert (of.joined + of.asked) / of.pairs >= least, kind


def test_what_names_alone_join(weighed: Path) -> None:
    joined = {
        "Yunhe Gene Group": {"YGG", "Юньхэ Джин Груп", "云合基因集团"},
        "KIC": {"АО «Казахстан Инновейшн Капитал»", "КИК", "哈萨克斯坦创新资本股份公司"},
        "Steppe Life Science Fund": {"Фонд наук о жизни «Степь»", "草原生命科学基金"},
        "National Centre for Cell Technologies": {
            "Национальный центр клеточных технологий",
            "哈萨克斯坦国家细胞技术中心",
        },
        "Astana Genome Centre": {"Астанинский геномный центр", "阿斯塔纳基因组中心"},
        "Yin Weiguo": {"Инь Вэйго", "殷卫国"},
    }
    with duckdb.connect(str(weighed), read_only=True) as db:
        rows = db.execute("SELECT [name] || aliases FROM entity").fetchall()
    for name, others in joined.items():
        assert any({name, *others} <= set(names) for (names,) in rows), name


def test_marat_is_not_murat_and_no_affiliate_is_its_parent(bundled: Bundled) -> None:
    with duckdb.connect(str(bundled[0].database), read_only=True) as db:
        entities = [
            set(names) for (names,) in db.execute("SELECT [name] || aliases FROM entity").fetchall()
        ]
    apart = (
        ["Marat Ospanov", "Murat Ospanov"],
        ["Yunhe Gene Group", "Yunhe Research", "Yunhe Diagnostics", "Yunhe College"],
        ["Bioneva", "JPH Bioneva"],
    )
    for names in apart:
        assert all(len(entity & set(names)) < 2 for entity in entities)


def test_conflicts_are_found_and_told_from_what_only_seems_one(bundled: Bundled) -> None:
    with duckdb.connect(str(bundled[0].database), read_only=True) as db:
        found = db.execute("SELECT field, values, only_seeming FROM conflicts").fetchall()
    real = {field: values for field, values, seeming in found if not seeming}
    assert {"established", "under_negotiation"} <= set(real["concluded"])
    assert {"1.8亿美元", "USD 150 million"} <= set(real["fund_size"])
    assert ("signed", ["2024-03", "2024-03-14"], True) in found


def test_a_han_name_that_ends_as_another_sounds_is_asked_about(weighed: Path) -> None:
    with duckdb.connect(str(weighed), read_only=True) as db:
        asked = db.execute(
            "SELECT band FROM identity_pair p JOIN usage a ON a.usage_id = p.left_usage"
            " JOIN usage b ON b.usage_id = p.right_usage"
            " WHERE list_sort([a.name, b.name]) = ['JPH Bioneva', '晋海比奥涅瓦']"
        ).fetchall()
    assert ("asked",) in asked


def test_one_term_sheet_is_one_deal(weighed: Path) -> None:
    with duckdb.connect(str(weighed), read_only=True) as db:
        found = db.execute(
            "SELECT claims, documents, agree FROM deals WHERE form = 'term_sheet'"
        ).fetchall()
        deals, claims = db.execute("SELECT count(*), sum(claims) FROM deals").fetchall()[0]
    assert found == [(5, 4, True)]
    assert claims == 61
    assert deals <= 60


def test_every_claim_has_a_label() -> None:
    lines = (IDENTITIES / "claims.tsv").read_text(encoding="utf-8").splitlines()
    assert len({line.split("\t")[1] for line in lines}) == len(lines) == 133


def test_with_the_recorded_answers_more_is_joined_and_little_is_asked(bundled: Bundled) -> None:
    total = together(measure(bundled[0].database))
    assert total.joined / total.pairs >= 0.95
    assert len(total.wrong) <= 3  # what the author of the labels called unsure


def test_the_models_word_is_under_its_name_and_never_over_a_guard(bundled: Bundled) -> None:
    with duckdb.connect(str(bundled[0].database), read_only=True) as db:
        who = db.execute("SELECT DISTINCT who FROM judgement").fetchall()
        states = {s for (s,) in db.execute("SELECT DISTINCT state FROM judgement").fetchall()}
        real = db.execute(
            "SELECT values FROM conflicts WHERE field = 'country' AND NOT only_seeming"
        ).fetchall()
        days = db.execute(
            "SELECT values FROM conflicts WHERE field = 'start' AND NOT only_seeming"
        ).fetchall()
    assert who == [("model:relay",)]
    assert states <= {"used", "overruled"}
    assert (["DE", "FR"],) in real
    assert (["2024-07-18", "2024-07-19"],) in days


def test_a_guard_of_claims_is_explained_as_one_of_claims(
    weighed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names have a guard of the same name that says something else."""
    shutil.copy(weighed, tmp_path / "dossier.duckdb")
    with duckdb.connect(str(tmp_path / "dossier.duckdb")) as db:
        db.execute(
            "UPDATE identity_pair SET reason = 'countries_conflict' WHERE reason = 'parties_differ'"
        )
        (entity,) = db.execute(
            "SELECT min(u.entity_id) FROM identity_pair p JOIN usage u ON u.usage_id = p.left_usage"
            " WHERE p.reason = 'countries_conflict' AND p.kind = 'agreement'"
        ).fetchone() or ("",)
    assert main(["explain", entity, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert guards.guard_meaning("countries_conflict", claims.GUARDS) in told
    assert guards.guard_meaning("countries_conflict", guards.GUARDS["organisation"]) not in told
