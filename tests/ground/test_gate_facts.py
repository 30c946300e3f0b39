"""What a near match may and may not change, fact by fact."""

import pytest

from pipeline.ground.gate import case_differs, edges, judge


@pytest.mark.parametrize(
    ("quote", "found", "verdict"),
    [
        ("it grew to 5 in 2020", "it grew to 5 of 2020", "conflict"),
        ("a meeting in the town", "a meeting of the town", "fuzzy"),
        ("They told us so", "They told US so", "conflict"),
        ("the ITS office opened", "the office opened", "conflict"),
        ("Its office opened", "office opened", "fuzzy"),
        ("it costs $ 5 in all", "it costs 5 in all", "conflict"),
        ("it costs € 5 in all", "it costs $ 5 in all", "conflict"),
        ("about 5 ± 1 of it", "about 5 1 of it", "conflict"),
        ("he said no. Work went on", "he said no work went on", "conflict"),
    ],
)
def test_verdicts(quote: str, found: str, verdict: str) -> None:
    assert judge(quote, found) == verdict


def test_a_heading_in_capitals_says_nothing_about_case() -> None:
    assert not case_differs("Made by us in May", "MADE BY US IN MAY")
    assert not case_differs("made by us in may", "Made by US in May")
    assert case_differs("Made by us in May", "Made by US in May")


def test_edges_are_the_words_that_the_quote_does_not_have() -> None:
    assert edges("the plan", "all of the plan now") == (7, 4)
    assert edges("a plan", "the plan now") == (0, 4)
    assert edges("nothing", "in common") == (0, 0)
