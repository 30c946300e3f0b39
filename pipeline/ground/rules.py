"""Facts about a claim that speak against it: small pure functions, named as what they find.

A rule looks at one value of a record and at the quotes. It gives the place that speaks against the
value, the quotes where their silence does, or None. It never changes a value: what it objects to
becomes `doubtful` with the rule's name. The words it looks for are in `vocabulary/`.

To add one, write it and put it into RULES.
"""

from __future__ import annotations

import re

from pipeline.ground.stated import Rule, Stated
from pipeline.ground.summaries import Summary
from pipeline.ground.timing import (
    date_of_another_event,
    end_of_interval_lost,
    open_end_not_written,
    vagueness_not_written,
)
from pipeline.ground.vocabulary import cue_in, cue_pattern
from pipeline.kinds import CHOICE, DATE, GIST, NAME, Kind
from pipeline.passages import sentences
from pipeline.records import describe, leaves
from pipeline.text.folding import Range

_LIMITS = ("about", "over", "under", "up_to")
_BEFORE, _AFTER = 28, 14  # code points around a figure in which a word that limits it stands
# What may stand between such a word and the figure: "about USD 2 million".
_CURRENCY = re.compile(r"[\s$€£¥₸₽-]*(?:[A-Z]{2,3}\$?\s*)?(?:a total of\s)?")
_LEAST_SENTENCE = 25  # code points, Chinese ones counted twice; less holds no verb
_CLAUSE = re.compile(r"[.;:,!?。；：，！？()（）\n|]|\d")


def word_for_it_missing(stated: Stated) -> Range | None:
    """The choice needs a word in the quotes that says so, such as "signed", and there is none."""
    cues = (stated.spec.cued or {}).get(stated.value, ())
    return stated.silence if cues and not stated.cue(*cues) else None


def planned_said_as_done(stated: Stated) -> Range | None:
    """It is said to be so, and each sentence of the quotes tells an intention."""
    if stated.spec.name != "realis" or stated.value not in ("actual", "ongoing"):
        return None
    return _in_each_sentence(stated, "intended") if _tells_deeds(stated) else None


def denied_said_as_done(stated: Stated) -> Range | None:
    """It is said to be so, and each sentence of the quotes denies something."""
    if stated.spec.name != "realis" or stated.value not in ("actual", "ongoing"):
        return None
    return _in_each_sentence(stated, "not_done") if _tells_deeds(stated) else None


def direction_reversed(stated: Stated) -> Range | None:
    """Between subject and object stands a word that makes it the other way round: "X owns Y" where
    X is said to be owned by Y."""
    subject, other = (getattr(stated.part, name, None) for name in ("subject", "object"))
    if stated.spec.name != "relation" or not subject or not other:
        return None
    for quote in stated.scene.quotes:
        for sentence in sentences(stated.scene.text.masked, *quote):
            first = NAME.find(stated.scene.text, subject, [sentence])
            second = NAME.find(stated.scene.text, other, [sentence])
            if not first or not second or first[0] == second[0]:
                continue
            between = (min(first[1], second[1]), max(first[0], second[0]))
            governs = cue_in(stated.scene, "governs", regions=(between,))
            governed = cue_in(stated.scene, "governed", regions=(between,))
            if first < second and governs and not governed:
                return governs
            if second < first and governed and not governs:
                return governed
    return None


def requested_said_as_agreed(stated: Stated) -> Range | None:
    """It is said to be agreed, and the quotes tell of a request or a draft and of no signature."""
    if stated.value not in ("agreed", "signed", "established", "completed"):
        return None
    return None if stated.cue("signed_by", "founding") else stated.cue("asked")


def quoted_hope_as_fact(stated: Stated) -> Range | None:
    """It is said to be so, and the quotes are somebody's words that hope for it."""
    if stated.spec.name != "realis" or stated.value != "actual" or not _tells_deeds(stated):
        return None
    return _in_each_sentence(stated, "hoped") if stated.record.speaker else None


def qualifier_dropped(stated: Stated) -> Range | None:
    """The figure is said to be exact, and beside it stands a word such as "about" or "up to"."""
    if stated.value != "exact" or stated.figure is None:
        return None
    return _limit_beside(stated, *_LIMITS)


def qualifier_added(stated: Stated) -> Range | None:
    """The figure is said to be limited, and no word beside it says so."""
    if stated.figure is None or stated.value not in _LIMITS:
        return None
    return None if _limit_beside(stated, stated.value) else stated.figure


def share_said_as_total(stated: Stated) -> Range | None:
    """The sum is said to be the whole, and beside it stands a word such as "each" or "of which"."""
    if stated.value != "total" or stated.figure is None:
        return None
    start, end = stated.figure
    text = stated.scene.text.masked
    before = re.split(r"[.;。；\n|]", text[max(0, start - 40) : start])[-1]
    regions = ((start - len(before), start), (end, min(len(text), end + 20)))
    # "of which" behind a sum says that it is the whole; before it, that it is a part.
    return cue_in(stated.scene, "each", regions=regions) or cue_in(
        stated.scene, "share_of", regions=regions[:1]
    )


def summary_of_something_else(stated: Stated) -> Range | None:
    """Most words of the summary do not stand in the quotes."""
    summary = _summary(stated)
    return stated.silence if summary and summary.is_foreign else None


def name_not_in_quotes(stated: Stated) -> Range | None:
    """The summary names somebody whom the quotes do not."""
    summary = _summary(stated)
    return stated.silence if summary and summary.has_foreign_name else None


def number_not_in_quotes(stated: Stated) -> Range | None:
    """The summary counts what the quotes do not, in figures or in words."""
    summary = _summary(stated)
    return stated.silence if summary and summary.has_foreign_number else None


def negation_added(stated: Stated) -> Range | None:
    """The summary denies, and the quotes do not."""
    summary = _summary(stated)
    return stated.silence if summary and summary.denies and not summary.quotes_deny else None


def negation_dropped(stated: Stated) -> Range | None:
    """A negation stands amid the words of the summary in the quotes, and not in the summary."""
    summary = _summary(stated)
    return summary.dropped("negation") if summary and not summary.denies else None


def hedge_dropped(stated: Stated) -> Range | None:
    """A word such as "about" or "will" stands amid the words of the summary in the quotes, and not
    in the summary, of something that is said to be so."""
    if stated.record.realis not in ("actual", "ongoing"):
        return None
    summary = _summary(stated)
    return summary.dropped("hedge") if summary else None


def condition_dropped(stated: Stated) -> Range | None:
    """The words of the summary stand in the quotes beside an "if", which the summary leaves out."""
    summary = _summary(stated)
    return summary.dropped_condition() if summary else None


RULES: dict[Kind, tuple[Rule, ...]] = {
    DATE: (
        end_of_interval_lost,
        open_end_not_written,
        vagueness_not_written,
        date_of_another_event,
    ),
    CHOICE: (
        word_for_it_missing,
        direction_reversed,
        planned_said_as_done,
        denied_said_as_done,
        requested_said_as_agreed,
        quoted_hope_as_fact,
        qualifier_dropped,
        qualifier_added,
        share_said_as_total,
    ),
    GIST: (
        summary_of_something_else,
        name_not_in_quotes,
        number_not_in_quotes,
        negation_added,
        negation_dropped,
        hedge_dropped,
        condition_dropped,
    ),
}


def meaning(name: str) -> str:
    """What a rule finds, in its own words; empty for a name that is no rule's."""
    rules = {rule.__name__: rule.__doc__ or "" for some in RULES.values() for rule in some}
    return " ".join(rules.get(name, "").split())


def objection(stated: Stated) -> tuple[str, Range | None] | None:
    """The first rule that objects, by name, and the place."""
    for rule in RULES.get(stated.spec.kind, ()):
        if place := rule(stated):
            return rule.__name__, place
    return None


def _summary(stated: Stated) -> Summary | None:
    return Summary.of(stated.scene, str(stated.value))


def _in_each_sentence(stated: Stated, cue: str) -> Range | None:
    """The first place of a cue that stands in every sentence that tells it, before any word that
    tells a deed."""
    pattern = cue_pattern(cue, stated.scene.language)
    deed = cue_pattern("deed", stated.scene.language)
    first = None
    for quote in _telling(stated):
        for start, end in sentences(stated.scene.text.masked, *quote):
            length = sum(1 + ("\u3400" <= c <= "\u9fff") for c in stated.scene.text.text[start:end])
            if length < _LEAST_SENTENCE:
                continue
            found = pattern.search(stated.scene.text.masked, start, end)
            done = deed.search(stated.scene.text.masked, start, end)
            if not found or (done and done.start() < found.start()):
                return None
            first = first or found.span()
    return first


def _tells_deeds(stated: Stated) -> bool:
    """Whether the record tells of something done, rather than of somebody who is there, or of
    something whose status says how far it is."""
    kind = type(stated.record)
    specs = describe(kind)
    tells = bool(kind.about) or any(spec.kind is GIST for spec in specs)
    return tells and all(spec.name != "status" for spec in specs)


def _telling(stated: Stated) -> tuple[Range, ...]:
    """The sentence that has the words of the record's own summary; else all quotes."""
    told = next(
        (
            v
            for _, spec, v in leaves(stated.record, describe(type(stated.record)))
            if spec.kind is GIST
        ),
        None,
    )
    sentence = Summary.of(stated.scene, told).sentence if told else None
    return (sentence,) if sentence else stated.scene.quotes


def _limit_beside(stated: Stated, *cues: str) -> Range | None:
    assert stated.figure is not None
    text, (start, end) = stated.scene.text.masked, stated.figure
    before = _CLAUSE.split(text[max(0, start - _BEFORE) : start])[-1]
    after = _CLAUSE.split(text[end : end + _AFTER])[0]
    for cue in cues:
        pattern = cue_pattern(cue, stated.scene.language)
        for match in pattern.finditer(text, start - len(before), start):
            if _CURRENCY.fullmatch(text, match.end(), start):
                return match.span()
        if found := pattern.search(text, start, end + len(after)):
            return found.span()
    return None
