from collections import Counter

from pipeline.domain import ACCEPTED
from pipeline.ground.align import TextIndex
from tests.ground.alterations import altered_quotes


def test_no_altered_fact_is_ever_accepted() -> None:
    indexes: dict[str, TextIndex] = {}
    counted: Counter[str] = Counter()
    accepted = []
    for case in altered_quotes():
        index = indexes.setdefault(case.text, TextIndex(case.text))
        span = index.locate(case.quote)
        counted[case.language] += 1
        if span.status in ACCEPTED:
            assert span.start is not None
            accepted.append((case.kind, span.status, case.quote, case.text[span.start : span.end]))
    assert accepted == []
    assert sum(counted.values()) >= 2000
    assert min(counted.values()) >= 300
