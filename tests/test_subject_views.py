"""The views of the bundled subject, on the bundled documents."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.report.contents import contents_of
from pipeline.report.figures import load_figures
from pipeline.run import Outcome
from pipeline.settings import BUNDLED, Settings
from pipeline.store.query import Session

Bundled = tuple[Settings, Outcome]


@pytest.fixture(scope="module")
def session(bundled: Bundled) -> Session:
    return Session(bundled[0].database)


def rows(session: Session, sql: str) -> list[tuple[Any, ...]]:
    return session.query(sql)[1]


def test_who_gives_and_who_gets_a_sum_has_one_name_in_all_languages(session: Session) -> None:
    sql = (
        "SELECT DISTINCT payers, payees FROM amounts"
        " WHERE text IN ('USD 15 million', '15 млн', '1500万美元')"
    )
    ((payers, payees),) = rows(session, sql)
    assert payers == ["Kazakhstan Innovation Capital JSC"]
    assert len(payees) == 1


def test_a_price_without_a_payer_has_the_parties_whose_role_is_to_pay_and_a_budget_has_none(
    session: Session,
) -> None:
    sql = "SELECT payers, payees FROM amounts WHERE kind = '{}' AND text = '{}'"
    assert set(rows(session, sql.format("budget", "4,2 млрд тенге"))) == {(None, None)}
    sql = """
    SELECT count(*) FROM amounts a JOIN checked_agreement c USING (record_id)
    WHERE a.kind NOT IN ('upfront', 'milestone', 'royalty', 'price') AND a.payers IS NOT NULL
      AND c.amounts[a.position + 1].payer IS NULL
    """
    assert rows(session, sql) == [(0,)]


def test_a_figure_has_its_subject_and_the_source_that_an_endnote_gives(session: Session) -> None:
    sql = "SELECT value, source FROM indicators WHERE subject = 'Neva Pharma Group' AND unit = 'registered medicines'"
    assert rows(session, sql) == [(450, "State Register of Medicines")]


def test_a_share_leads_to_its_holder_in_any_language(session: Session) -> None:
    sql = "SELECT DISTINCT holder_organisation, count(DISTINCT holder) FROM stakes WHERE percent = 50.1 GROUP BY ALL"
    assert rows(session, sql) == [("Jinhai Pharmaceutical Holding", 3)]


def test_who_is_not_named_is_no_party(session: Session) -> None:
    sql = "SELECT unnamed_parties, parties FROM agreements WHERE list_contains(unnamed_parties, '哈方')"
    found = rows(session, sql)
    assert found
    assert all("哈方" not in (parties or []) for _, parties in found)


def test_owner_and_operator_of_a_place_are_told_apart(session: Session) -> None:
    sql = "SELECT owner, operator FROM facilities WHERE name = 'modern plant in the Kirov region'"
    assert rows(session, sql) == [("Novavektor JSC", None)]


def test_hosts_of_an_event_are_those_of_all_claims(session: Session) -> None:
    sql = "SELECT hosts FROM events WHERE name = 'Training in Lyon'"
    assert rows(session, sql) == [(["Rheinhardt Animal Health"],)]


def test_who_came_to_an_event_is_known_by_one_name_and_every_day_is_told(session: Session) -> None:
    sql = """
    SELECT list_transform(participants, lambda p: p.name), starts_claimed FROM events
    WHERE starts = '2024-07-18' AND kind = '{}'
    """
    assert rows(session, sql.format("opening")) == [
        (["Aigerim Sadykova", "Yin Weiguo"], ["2024-07-18", "2024-07-19"])
    ]
    ((names, _),) = rows(session, sql.format("forum"))
    assert len(names) == len(set(names))
    assert {"Kazakhstan Innovation Capital JSC", "Murat Ospanov", "Marat Ospanov"} <= set(names)
    assert rows(session, "SELECT count(*) FROM events WHERE participants IS NULL") == [(0,)]


def test_a_venture_that_is_announced_everywhere_is_no_conflict(session: Session) -> None:
    sql = "SELECT values FROM conflicts WHERE field = 'concluded'"
    assert rows(session, sql) == [(["established", "under_negotiation"],)]


def test_dealings_are_found_by_any_name_whatever_its_case(session: Session) -> None:
    told = "SELECT status, response, role, others FROM dealings('{}')"
    found = rows(session, told.format("sk-tender llp"))
    assert {(status, response) for status, response, *_ in found} == {("requested", "no_response")}
    assert ("requested", "no_response", "addressee", ["Saryarka Biopharm"]) in found
    assert found == rows(session, told.format("SK-Tender"))
    assert rows(session, told.format("nobody at all")) == []


def test_two_bearers_of_a_name_are_told_apart(session: Session) -> None:
    sql = "SELECT DISTINCT entity_id, bearers FROM claims_about('ministry of HEALTH')"
    found = rows(session, sql)
    assert len(found) == 2
    assert {bearers for _, bearers in found} == {2}


def test_a_search_folds_case_and_accents_and_wants_all_words(session: Session) -> None:
    sql = "SELECT count(*) FROM search('{}')"
    ((one,),) = rows(session, sql.format("soguk zincir"))
    assert one > 0
    assert rows(session, sql.format("ZINCIR   soğuk")) == [(one,)]
    assert rows(session, sql.format("soguk zincir lahtela")) == [(0,)]
    assert rows(session, sql.format("it''s nowhere")) == [(0,)]


def test_a_search_finds_cyrillic_by_latin_letters_and_the_reverse(session: Session) -> None:
    sql = "SELECT DISTINCT path FROM search('{}') ORDER BY ALL"
    found = rows(session, sql.format("saryarka"))
    assert {"news-cold-chain-ru.html", "briefing-kazakhstan-pharma.md"} <= {
        Path(path).name for (path,) in found
    }
    assert rows(session, sql.format("САРЫАРКА")) == found
    cyrillic = "Щёлочь, Жезқазған; ЮНЬХЭ ж/д"
    assert rows(session, f"SELECT folded('{cyrillic}')") == [
        ("shcheloch, zhezqazgan; yunkhe zh/d",)
    ]


def test_a_network_has_the_shortest_way(session: Session) -> None:
    sql = "SELECT hop, organisation, len(way) FROM network('Lahtela', {})"
    near, far = rows(session, sql.format(1)), rows(session, sql.format(2))
    assert [r for r in far if r[0] < 2] == near
    assert {name for hop, name, _ in near if hop == 1} == {"Fermia Oy", "Saryarka Biopharm"}
    assert all(length == hop + 1 for hop, _, length in far)


def test_a_pair_is_directed_where_roles_say_so(session: Session) -> None:
    sql = "SELECT a, b, cross_border FROM partner_pairs WHERE directed AND list_contains(components, 'license')"
    assert ("Bharat Peptides Ltd", "Irtysh Pharma JSC", True) in rows(session, sql)


def test_what_stands_on_a_day_was_begun_and_has_not_ended(session: Session) -> None:
    sql = "SELECT count(*) FROM as_of('{0}') WHERE since_lo > DATE '{0}'"
    assert rows(session, sql.format("2023-12-31")) == [(0,)]
    before, after = "FROM as_of('2022-10-01')", "FROM as_of('2022-12-31')"
    licence = "SELECT subject {} WHERE list_contains(parties, 'Shymkent Chemical Works')"
    assert rows(session, licence.format(before)) == [("licence for paracetamol granules",)]
    assert rows(session, licence.format(after)) == []  # given back in November 2022


def test_a_deal_that_nobody_dates_stands_from_the_day_it_is_told_of(session: Session) -> None:
    sql = "SELECT count(*) FROM as_of('{}') WHERE title IS NOT DISTINCT FROM (SELECT title FROM deals WHERE subject LIKE 'setting up of the Eurasia%')"
    assert rows(session, sql.format("2022-06-30")) == [(1,)]
    assert rows(session, sql.format("2022-05-31")) == [(0,)]


def test_a_party_that_is_a_country_has_it(session: Session) -> None:
    sql = "SELECT country FROM parties WHERE name = 'China'"
    assert set(rows(session, sql)) == {("CN",)}
    sql = "SELECT cross_border FROM deals WHERE title LIKE 'years of scientific%'"
    assert rows(session, sql) == [(True,)]


def test_the_timeline_keeps_a_month_a_month(session: Session) -> None:
    sql = "SELECT DISTINCT lo::VARCHAR, hi::VARCHAR FROM timeline WHERE date = '2024-03'"
    assert rows(session, sql) == [("2024-03-01", "2024-03-31")]
    types = "SELECT DISTINCT record_type FROM timeline ORDER BY ALL"
    assert [t for (t,) in rows(session, types)] == ["activity", "agreement", "event", "instrument"]
    signed = "SELECT count(*), count(DISTINCT entity_id) FROM timeline WHERE what = 'signed'"
    ((claims, deals),) = rows(session, signed)
    assert claims > deals > 5


def test_what_is_doubted_or_rejected_is_not_found(session: Session) -> None:
    sql = """
    SELECT count(*) FROM search('saryarka') s
    WHERE NOT EXISTS (SELECT 1 FROM evidence e WHERE e.record_id = s.record_id
      AND e.status IN ('exact', 'normalised', 'fuzzy', 'quoted', 'context', 'inferred')
      AND contains(folded(concat_ws(' ', e.value, e.quote)), 'saryarka'))
    """
    assert rows(session, sql) == [(0,)]


def test_namesakes_in_a_network_are_all_there(session: Session) -> None:
    sql = "SELECT count(*), count(DISTINCT entity_id) FROM network('Saryarka Biopharm', 3) WHERE organisation = 'Rheinhardt Animal Health'"
    bearers = "SELECT count(*), count(*) FROM organisations WHERE name = 'Rheinhardt Animal Health'"
    assert rows(session, sql) == rows(session, bearers)


def test_a_planned_maker_is_no_maker(session: Session) -> None:
    sql = "SELECT DISTINCT part FROM developers_and_makers WHERE product = 'Levocardan' AND organisation = 'Otrar Bioplant LLP' ORDER BY ALL"
    assert rows(session, sql) == [("manufacturer, in doubt",), ("planned manufacturer",)]


def test_who_is_planned_to_make_a_product_or_may_is_joined_to_it_by_a_broken_line(
    session: Session,
) -> None:
    (figure,) = (f for f in load_figures(BUNDLED) if f.form == "flow")
    (shown,) = contents_of(session, [figure]).figures
    made = [(row["right"], row["planned"]) for row in shown.rows if row["middle"] == "Levocardan"]
    assert set(made) == {(None, False), ("Otrar Bioplant LLP", True)}


def test_stages_carry_how_their_quantity_is_limited(session: Session) -> None:
    sql = "SELECT DISTINCT qualifier FROM stages WHERE quantity = 18000000"
    assert {q for (q,) in rows(session, sql)} == {"up_to", "about"}


def test_a_sum_counts_once_however_often_it_is_told_and_no_upper_limit_counts(
    session: Session,
) -> None:
    """By the documents: 320, one size of the fund of 150 or 180, 18 and 6.5 million; one grant of 240."""
    sql = "SELECT currency, sum(value) FROM amounts WHERE summable_once GROUP BY ALL ORDER BY ALL"
    assert dict(rows(session, sql)) == {
        "EUR": 400_000, "KZT": 16_200_000_000, "RUB": 240_000_000, "USD": 494_500_000,
    }  # fmt: skip
    sql = "SELECT count(*) FROM amounts WHERE summable AND qualifier IN ('under', 'up_to')"
    assert rows(session, sql) == [(0,)]
    sql = "SELECT DISTINCT value FROM amounts WHERE kind = 'fund_size' AND summable_once"
    assert rows(session, sql) == [(150_000_000,)]  # three claims against one


def test_the_newest_document_decides_whether_a_deal_without_a_date_is_concluded(
    session: Session,
) -> None:
    """The consortium is told of as founded in July 2024, and as under negotiation in November."""
    sql = "SELECT concluded, agree FROM deals WHERE title LIKE '%CAR-T%'"
    assert rows(session, sql) == [(False, False)]
    sql = "SELECT DISTINCT concluded FROM partner_pairs WHERE a = 'Volga Federal University'"
    assert rows(session, sql) == [(0,)]
    # A signature that one document dates is not undone by another that tells of the deal loosely.
    sql = """
    SELECT count(*) FROM deals d JOIN agreements a ON a.deal_id = d.entity_id
    WHERE a.concluded AND a.signed IS NOT NULL AND NOT d.concluded
    """
    assert rows(session, sql) == [(0,)]
    # What a document only announces, or says nothing of, is left open.
    sql = "SELECT DISTINCT concluded FROM agreements WHERE title IS NULL AND status = 'unknown'"
    assert rows(session, sql) == [(None,)]
    sql = "SELECT count(*) FROM not_concluded WHERE open AND status IN ('unknown', 'announced')"
    assert rows(session, sql) == [(0,)]
    sql = "SELECT concluded, agree FROM deals WHERE title LIKE 'years of scientific%'"
    assert rows(session, sql) == [(True, True)]  # announced, and in force since 2020


def test_what_is_not_concluded_says_whether_it_is_elsewhere(session: Session) -> None:
    sql = """
    SELECT a.record_id FROM agreements a JOIN deals d ON d.entity_id = a.deal_id
    WHERE d.concluded AND d.documents > 2 ORDER BY 1 LIMIT 1
    """
    ((record,),) = rows(session, sql)
    one = f"record_id = '{record}'"
    replaced = (f"CASE WHEN {one} THEN false ELSE concluded END AS concluded",
                f"CASE WHEN {one} THEN NULL ELSE realis END AS realis")  # fmt: skip
    told = changed("not_concluded", "agreements", *replaced)
    sql = f"SELECT concluded_elsewhere FROM ({told}) WHERE {one}"
    assert rows(session, sql) == [(True,)]


def test_what_has_somebody_whose_it_is_needs_no_name_of_its_own(session: Session) -> None:
    sql = "SELECT operator, status FROM facilities WHERE name = 'filling line'"
    assert rows(session, sql) == [("Irtysh Pharma JSC", "operating")]
    sql = "SELECT count(*) FROM programmes WHERE name LIKE 'state programme for strategic%'"
    assert rows(session, sql) == [(1,)]
    sql = "SELECT places FROM facilities WHERE name = 'bioresource centres'"
    assert rows(session, sql) == [(["Pushchino", "Vladivostok"],)]


def test_an_activity_that_is_told_as_a_planned_stage_is_planned(session: Session) -> None:
    sql = "SELECT DISTINCT realis FROM timeline WHERE told LIKE 'Rheinhardt supplies bulk product%'"
    assert rows(session, sql) == [("planned",)]


def test_a_network_says_where_concluded_deals_lead(session: Session) -> None:
    sql = "SELECT organisation FROM network('Lahtela', 2) WHERE NOT concluded"
    assert {"SK-Tender LLP", "Fermia Oy"} <= {name for (name,) in rows(session, sql)}
    sql = "SELECT concluded FROM network('Lahtela', 2) WHERE organisation = 'Rheinhardt Animal Health'"
    assert rows(session, sql) == [(True,)]


def changed(view: str, table: str, *replaced: str) -> str:
    """A query for a view as it would be, were columns of a table otherwise."""
    sql = (BUNDLED / "schemas" / "views" / f"{view}.sql").read_text(encoding="utf-8")
    other = f"SELECT * REPLACE ({', '.join(replaced)}) FROM main.{table}"
    return f"WITH {table} AS ({other}) SELECT * FROM ({sql}\n)"


def test_a_signature_is_not_undone_by_a_newer_document(session: Session) -> None:
    sql = """
    SELECT a.record_id, deal_id FROM agreements a JOIN deals d ON d.entity_id = a.deal_id
    WHERE a.signed IS NOT NULL AND a.concluded AND documents > 1 AND document_date <
      (SELECT max(document_date) FROM agreements WHERE deal_id = a.deal_id)
    ORDER BY ALL LIMIT 1
    """
    ((record, deal),) = rows(session, sql)

    def concluded(signed: str) -> object:
        one = f"record_id = '{record}'"
        replaced = (f"{one} AS concluded", f"CASE WHEN {one} THEN {signed} END AS signed")
        told = changed("deals", "agreements", *replaced, "NULL AS effective")
        return rows(session, f"SELECT concluded FROM ({told}) WHERE entity_id = '{deal}'")[0][0]

    assert concluded("signed") is True
    assert concluded("NULL") is False


def test_of_places_told_equally_often_the_newest_documents_stands(session: Session) -> None:
    told = changed("facilities", "checked_facility", "record_id AS place")
    found = rows(session, f"SELECT entity_id, place FROM ({told}) WHERE documents > 2")
    newest = """
    SELECT date FROM checked_facility JOIN document USING (document_id) WHERE record_id = '{}'
    """
    dates = """
    SELECT max(date) FROM entity_member m JOIN checked_facility USING (record_id)
    JOIN document d ON d.document_id = m.document_id WHERE entity_id = '{}'
    """
    assert found
    for entity, record in found:
        assert rows(session, newest.format(record)) == rows(session, dates.format(entity))


def test_one_name_with_two_countries_is_a_disagreement_or_two_bearers(weighed: Path) -> None:
    sql = "SELECT name, values, why FROM conflicts WHERE only_seeming IS NULL"
    assert rows(Session(weighed), sql) == [
        ("Rheinhardt Animal Health", ["DE", "FR"], "or two bear one name")
    ]


@pytest.mark.parametrize("view", ["deals", "events", "facilities", "measures", "programmes", "products", "organisations", "people", "partner_pairs", "amounts"])  # fmt: skip
def test_ties_are_decided(bundled: Bundled, view: str, tmp_path: Path) -> None:
    """Each answer is the same, in the same order, however many threads ask."""
    answers = set()
    # Not the file that other tests hold open, with other settings.
    copy = shutil.copy(bundled[0].database.resolve(), tmp_path)
    for threads in (1, 2, 4, 7):
        with duckdb.connect(str(copy), read_only=True) as db:
            db.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")
            answers.update(repr(db.execute(f"FROM {view}").fetchall()) for _ in range(4))
    assert len(answers) == 1
