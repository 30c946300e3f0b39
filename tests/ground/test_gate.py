import pytest

from pipeline.ground.gate import judge


@pytest.mark.parametrize(
    ("quote", "found", "verdict"),
    [
        ("the partners agreed to the plan", "the partners agreed to a plan", "fuzzy"),
        ("a grant of RUB -240 million", "a grant of RUB 240 million", "conflict"),
        ("signed by WHO and KIC", "signed by KIC", "conflict"),
        ("iranian partner", "iraqian partner", "missing"),
        ("on 18, 19 December", "on 18–19 December", "conflict"),
        ("four to six are older", "four of the six are older", "missing"),
        ("olga a. tarasova said", "Olga Tarasova said", "conflict"),
        ("said: No oncology yet", "said: No. Oncology yet", "conflict"),
        ("50.1％ of it", "50.1 of it", "conflict"),
        ("they develloped a vaccine", "they developed a vaccine", "missing"),
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
        ("заводы построены", "завода построены", "missing"),
        ("双方未签署协议", "双方签署协议", "conflict"),
        ("双方的签署协议", "双方签署协议", "conflict"),
    ],
)
def test_verdicts(quote: str, found: str, verdict: str) -> None:
    assert judge(quote, found) == verdict
