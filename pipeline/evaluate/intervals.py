"""What chance may do to a figure: percentile intervals of the bootstrap over documents (B. Efron,
1979), and for two runs on the same documents of their difference.

Documents are drawn with replacement, since records of one document are not independent. The draw is
fixed by a seed, so that the same figures give the same interval.
"""

from __future__ import annotations

from collections.abc import Sequence

DRAWS, _SEED = 2000, 1
_LOW, _HIGH = 0.025, 0.975
Interval = tuple[float, float]
# Of a document, what is counted above and below the line of a share.
Counts = Sequence[tuple[float, float]]


def interval(counts: Counts) -> Interval | None:
    """The 95 % interval of the share that the counts of all documents give; None for fewer than two
    documents, or none that count."""
    shares = _drawn(counts)
    return _percentiles(shares) if shares else None


def difference(before: Counts, after: Counts) -> Interval | None:
    """The 95 % interval of the difference of two shares over the same documents, in the same
    order."""
    one, other = _drawn(before), _drawn(after)
    if not one or not other:
        return None
    return _percentiles([b - a for a, b in zip(one, other, strict=True)])


def _drawn(counts: Counts) -> list[float]:
    """The share in each of DRAWS draws of as many documents. As many documents are always drawn
    alike."""
    import numpy

    size = len(counts)
    if size < 2 or not any(whole for _, whole in counts):
        return []
    draws = numpy.random.default_rng(_SEED).multinomial(size, [1 / size] * size, DRAWS)
    above, below = (draws @ numpy.array([c[side] for c in counts], float) for side in (0, 1))
    return [float(a / b) if b else 0.0 for a, b in zip(above, below, strict=True)]


def _percentiles(shares: list[float]) -> Interval:
    ordered = sorted(shares)
    last = len(ordered) - 1
    return ordered[round(_LOW * last)], ordered[round(_HIGH * last)]
