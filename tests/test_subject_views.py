"""The views of the bundled subject, on the bundled documents."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.run import Outcome
from pipeline.settings import Settings
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


def test_a_venture_that_is_announced_everywhere_is_no_conflict(session: Session) -> None:
    sql = "SELECT values FROM conflicts WHERE field = 'concluded'"
    assert rows(session, sql) == [(["established", "under_negotiation"],)]
