import pytest

from pipeline.ground.gate import judge


@pytest.mark.parametrize(
    ("quote", "found", "verdict"),
    [
        ("the partners agreed to the plan", "the partners agreed to a plan", "fuzzy"),
        ("they develloped a vaccine", "they developed a vaccine", "fuzzy"),
        ("the vaccine was not approved", "the vaccine was approved", "conflict"),
        ("it isn't funded", "it is funded", "conflict"),
        ("12 doses", "13 doses", "conflict"),
        ("two labs opened", "three labs opened", "conflict"),
        ("in May they met", "in June they met", "conflict"),
        ("costs 5 euros", "costs 5 dollars", "conflict"),
        ("Orion signed it", "Fermion signed it", "conflict"),
        ("A acquired B", "B acquired A", "conflict"),
        ("will be opened", "was opened", "conflict"),
        ("legal transfer", "illegal transfer", "missing"),
        ("increase of output", "decrease of output", "missing"),
        ("завод не построен", "завод построен", "conflict"),
        ("заводы построены", "завода построены", "fuzzy"),
        ("双方未签署协议", "双方签署协议", "conflict"),
        ("双方的签署协议", "双方签署协议", "fuzzy"),
    ],
)
def test_verdicts(quote: str, found: str, verdict: str) -> None:
    assert judge(quote, found) == verdict
