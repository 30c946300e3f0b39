import pytest

from pipeline.text.tokens import count_tokens


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("жж", 1), ("合作伙伴", 3)]
)
def test_tokens_are_a_fourth_of_the_bytes_rounded_up(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens
