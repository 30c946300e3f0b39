"""Plausible errors of a model, planted into the recorded replies: what verification must doubt.

    python -m tests.plants             counts by class and language
    python -m tests.plants --missed    and every planted value that was not doubted

A plant changes one thing of one record, such as its date for another date of the document, and says where. It is caught when that place
is doubted, or the record stands on no quote. Plants that happen to be true are marked, and count neither way.
"""

from __future__ import annotations

import copy
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import ValidationError

from pipeline import kinds
from pipeline.domain import Document, Extraction
from pipeline.extract import parse_reply
from pipeline.ground.align import TextIndex
from pipeline.ground.verify import ground_record
from pipeline.kinds.kind import Kind
from pipeline.models.recorded import RecordedReplies, reply_from_file
from pipeline.records import FieldSpec, Record, describe, leaves, table_name
from pipeline.results import set_aside
from pipeline.run import plan
from pipeline.settings import Settings
from pipeline.text.abbreviations import Abbreviation, find_abbreviations
from pipeline.text.folding import fold_text
from pipeline.values.edtf import supports
from tests.conftest import DOCUMENTS, REPLIES

Data = dict[str, Any]
Change = tuple[tuple[str, ...], Data]  # the paths it touches, and the record as it is then


@dataclass(frozen=True)
class Claimed:
    """A record of the recorded replies, and all that is needed to ground it."""

    document: Document
    index: TextIndex
    extraction: Extraction
    record: Record
    pool: Pool

    def leaves(self) -> Iterator[tuple[str, FieldSpec, Any]]:
        """Its values, each with path and field."""
        return leaves(self.record, describe(type(self.record)))

    @property
    def definitions(self) -> tuple[Abbreviation, ...]:
        """The abbreviations of its document."""
        return _definitions(self.document.text)


@cache
def _definitions(text: str) -> tuple[Abbreviation, ...]:
    return tuple(find_abbreviations(text))


@dataclass
class Pool:
    """What the records of one document hold, by kind of value: where a model that errs takes its errors from."""

    values: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    records: list[Record] = field(default_factory=list)
    names: list[set[str]] = field(default_factory=list)  # sets of folded names that denote the same

    def same_name(self, one: str, other: str) -> bool:
        """Whether two names denote the same, as far as the document and its records say."""
        a, b = fold_text(one), fold_text(other)
        return a in b or b in a or any(a in names and b in names for names in self.names)


@dataclass(frozen=True)
class Plant:
    """A record with an error of class `kind` at `paths`; `true` when what was planted is so."""

    kind: str
    group: str  # value, classification or summary
    claimed: Claimed
    record: Record
    paths: tuple[str, ...]
    was: str
    planted: str
    true: bool = False

    @property
    def language(self) -> str:
        """Of the document."""
        return self.claimed.document.language or "en"

    def caught(self) -> bool:
        """Whether verification doubts it."""
        c = self.claimed
        grounded = ground_record(c.document, c.index, c.extraction, self.record, c.definitions)
        return not grounded.grounded or any(p in grounded.doubted for p in self.paths)


@cache
def claimed_records() -> tuple[Claimed, ...]:
    """Every record of the recorded replies to the bundled documents."""
    recorded = RecordedReplies(REPLIES)
    found: list[Claimed] = []
    pools: dict[str, Pool] = {}
    indexes: dict[str, TextIndex] = {}
    for document, planned in plan(Settings(paths=(DOCUMENTS,), replies=REPLIES)):
        file = recorded._files.get(planned.request.body_hash)
        if file is None:
            continue
        if document.id not in pools:
            pools[document.id] = Pool()
            indexes[document.id] = TextIndex(document.text, document.date, set_aside(document))
        reply = reply_from_file(file, planned.request)
        extraction = parse_reply(reply, planned.passage, planned.task)
        pool = pools[document.id]
        for record in extraction.records:
            found.append(Claimed(document, indexes[document.id], extraction, record, pool))
            _fill(pool, record)
    for claim in {id(c.pool): c for c in found}.values():
        _join(claim.pool, claim.document)
    return tuple(found)


def _fill(pool: Pool, record: Record) -> None:
    pool.records.append(record)
    for _, spec, value in leaves(record, describe(type(record))):
        kept = pool.values[_pool_name(spec)]
        if value not in kept:
            kept.append(value)


def _join(pool: Pool, document: Document) -> None:
    groups = [{fold_text(a.short), fold_text(a.long)} for a in find_abbreviations(document.text)]
    for record in pool.records:
        own = [
            v
            for _, s, v in leaves(record, describe(type(record)))
            if s.mention and (s.mention.own or s.mention.same_as)
        ]
        if own:
            groups.append({fold_text(str(v)) for v in own})
    for group in groups:
        touching = [names for names in pool.names if names & group]
        pool.names = [names for names in pool.names if not names & group]
        pool.names.append(group.union(*touching))


def _pool_name(spec: FieldSpec) -> str:
    return (
        f"{spec.mention.kind} name"
        if spec.mention
        else spec.kind.name + (" " + spec.name if spec.kind in (kinds.WORDS, kinds.NAME) else "")
    )


def plants(seed: int = 7, only: set[str] | None = None) -> Iterator[Plant]:
    """Every class of error into every record that can bear it, one of each; the same for the same seed."""
    for number, claimed in enumerate(claimed_records()):
        for kind, (group, maker) in MAKERS.items():
            if only and kind not in only:
                continue
            chance = random.Random(f"{seed} {number} {kind}")
            for paths, data, was, planted in maker(claimed, chance):
                try:
                    record = type(claimed.record).model_validate(data)
                except ValidationError:
                    continue
                if record != claimed.record:
                    yield Plant(
                        kind,
                        group,
                        claimed,
                        record,
                        paths,
                        was,
                        planted,
                        _true(claimed, record, paths[0]),
                    )
                    break


def _true(claimed: Claimed, record: Record, path: str) -> bool:
    """Whether another record of the same thing claims what was planted, or names say the same."""
    if record.evidence != claimed.record.evidence:
        return False
    told = {p: (s, v) for p, s, v in leaves(record, describe(type(record)))}
    was = {p: (s, v) for p, s, v in leaves(claimed.record, describe(type(record)))}
    if path not in told:
        return False
    spec, value = told[path]
    bare = re.sub(r"\[\d+\]", "", path)
    if spec.kind in (kinds.NAME, kinds.WORDS):
        others = [v for p, (_, v) in was.items() if re.sub(r"\[\d+\]", "", p) == bare]
        if any(claimed.pool.same_name(str(value), str(o)) for o in others):
            return True
    if spec.kind is kinds.DATE and path in was and supports(str(was[path][1]), str(value)):
        return True
    if spec.kind is kinds.GIST:
        return _carried_elsewhere(claimed, str(was[path][1]) if path in was else "", str(value))
    if spec.name == "relation":
        return value in _IMPLIED.get(str(was[path][1]), ())
    if spec.name == "role":
        return {value, was[path][1]} <= _ALIKE_ROLES
    own = next((v for s, v in was.values() if s.mention and s.mention.own), None)
    if own is None:
        return False
    for other in claimed.pool.records:
        if type(other) is not type(record) or other is claimed.record:
            continue
        theirs = {
            (re.sub(r"\[\d+\]", "", p), str(v)) for p, _, v in leaves(other, describe(type(other)))
        }
        names = [
            v for _, s, v in leaves(other, describe(type(other))) if s.mention and s.mention.own
        ]
        if (bare, str(value)) in theirs and any(
            claimed.pool.same_name(str(own), str(n)) for n in names
        ):
            return True
    return False


def _carried_elsewhere(claimed: Claimed, was: str, planted: str) -> bool:
    """Whether a summary lost a word of intent that the record's realis or modality still says."""
    modes = {getattr(claimed.record, name, None) for name in ("realis", "modality", "status")}
    if not modes & {"planned", "hypothetical", "forecast", "plan", "expected", "requested"}:
        return False
    language = claimed.document.language if claimed.document.language in _INTENT else "en"
    return re.sub(_INTENT[language], "", was, count=1) == planted


# How a value of a record is reached and changed.


def _get(data: Data, path: str) -> Any:
    here: Any = data
    for part in re.findall(r"\w+", path):
        here = here[int(part)] if part.isdigit() else here[part]
    return here


def _with(record: Record, *changes: tuple[str, Any]) -> Data:
    data = copy.deepcopy(record.model_dump(mode="json"))
    for path, value in changes:
        *way, last = re.findall(r"\w+", path)
        here: Any = data
        for part in way:
            here = here[int(part)] if part.isdigit() else here[part]
        here[int(last) if last.isdigit() else last] = value
    return data


Made = Iterator[tuple[tuple[str, ...], Data, str, str]]
Maker = Callable[[Claimed, random.Random], Made]


def _shuffled(items: list[Any], chance: random.Random) -> list[Any]:
    return chance.sample(items, len(items))


def _leaves(
    claimed: Claimed, chance: random.Random, *supports: Kind
) -> list[tuple[str, FieldSpec, Any]]:
    return _shuffled(
        [
            x
            for x in leaves(claimed.record, describe(type(claimed.record)))
            if x[1].kind in supports
        ],
        chance,
    )


def _changed(
    claimed: Claimed, path: str, was: Any, planted: Any
) -> tuple[tuple[str, ...], Data, str, str]:
    planted = planted if not isinstance(planted, Decimal) else f"{planted:f}"
    return (path,), _with(claimed.record, (path, planted)), str(was), str(planted)


def _other_of_document(
    *supports: Kind, mentions: bool | None = None, only: tuple[str, ...] = ()
) -> Maker:
    """Another value of that kind from elsewhere in the document."""

    def make(claimed: Claimed, chance: random.Random) -> Made:
        quotes = fold_text(" ".join(claimed.record.evidence))
        for path, spec, value in _leaves(claimed, chance, *supports):
            if mentions is not None and (spec.mention is not None) is not mentions:
                continue
            if only and spec.name not in only:
                continue
            for other in _shuffled(claimed.pool.values[_pool_name(spec)], chance):
                foreign = fold_text(str(other)) not in quotes and not claimed.pool.same_name(
                    str(other), str(value)
                )
                if other != value and (foreign or not isinstance(other, str)):
                    yield _changed(claimed, path, value, other)

    return make


def _number_of_quotes(claimed: Claimed, chance: random.Random) -> Made:
    """Another number of the record's own quotes, or one of another field."""
    written = re.findall(r"\d+(?:[.,]\d+)?", " ".join(claimed.record.evidence))
    theirs = [v for _, s, v in _leaves(claimed, chance, kinds.NUMBER, kinds.PERCENT)]
    for path, _, value in _leaves(claimed, chance, kinds.NUMBER, kinds.PERCENT):
        digits = re.sub(r"\D", "", f"{value:f}").rstrip("0")
        for number in _shuffled([w.replace(",", ".") for w in written], chance):
            if Decimal(number) not in theirs and re.sub(r"\D", "", number).strip("0") not in digits:
                yield _changed(claimed, path, value, Decimal(number))


def _number_in_date(claimed: Claimed, chance: random.Random) -> Made:
    """A year or day of a date, as if it were a figure."""
    quotes = " ".join(claimed.record.evidence)
    for path, _, value in _leaves(claimed, chance, kinds.NUMBER, kinds.PERCENT):
        for year in _shuffled(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", quotes), chance):
            if Decimal(year) != value:
                yield _changed(claimed, path, value, Decimal(year))


def _date_of_quotes(claimed: Claimed, chance: random.Random) -> Made:
    dates = _leaves(claimed, chance, kinds.DATE)
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", " ".join(claimed.record.evidence))
    for path, _, value in dates:
        for year in _shuffled(years, chance):
            if year not in str(value):
                yield _changed(claimed, path, value, year)


def _exchanged(*names: tuple[str, str], also: tuple[str, ...] = ()) -> Maker:
    """The values of two fields, or of the same field of two items, exchanged; `also` are paths of which it makes something else."""

    def make(claimed: Claimed, chance: random.Random) -> Made:
        found = list(leaves(claimed.record, describe(type(claimed.record))))
        for one, other in names:
            ones = [(p, v) for p, _, v in found if re.sub(r"\[\d+\]", "", p) == one]
            others = [(p, v) for p, _, v in found if re.sub(r"\[\d+\]", "", p) == other]
            for p, v in _shuffled(ones, chance):
                for q, w in _shuffled(others, chance):
                    if p != q and v != w and not claimed.pool.same_name(str(v), str(w)):
                        data = _with(claimed.record, (p, _plain(w)), (q, _plain(v)))
                        yield (p, q, *also), data, f"{v} | {w}", f"{w} | {v}"

    return make


def _plain(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _roles(claimed: Claimed, chance: random.Random) -> Made:
    parties = getattr(claimed.record, "parties", [])
    pairs = [(one, other) for one in range(len(parties)) for other in range(one)]
    for i, j in _shuffled(pairs, chance):
        a, b = parties[i].role, parties[j].role
        if a != b:
            changes = ((f"parties[{i}].role", b), (f"parties[{j}].role", a))
            yield (
                tuple(p for p, _ in changes),
                _with(claimed.record, *changes),
                f"{a} | {b}",
                f"{b} | {a}",
            )


def _list_exchanged(one: str, other: str) -> Maker:
    def make(claimed: Claimed, chance: random.Random) -> Made:
        ones, others = getattr(claimed.record, one, []), getattr(claimed.record, other, [])
        if not ones or not others or ones == others:
            return
        paths = tuple(
            f"{f}[{i}]" for f, n in ((one, len(others)), (other, len(ones))) for i in range(n)
        )
        yield (
            paths,
            _with(claimed.record, (one, list(others)), (other, list(ones))),
            f"{ones} | {others}",
            f"{others} | {ones}",
        )

    return make


def _date_in_wrong_field(claimed: Claimed, chance: random.Random) -> Made:
    names = [s.name for s in describe(type(claimed.record)) if s.kind is kinds.DATE]
    for name in _shuffled(names, chance):
        for other in _shuffled(names, chance):
            value = getattr(claimed.record, name)
            if (
                value
                and getattr(claimed.record, other) is None
                and {name, other} != {"start", "end"}
            ):
                yield (
                    (other,),
                    _with(claimed.record, (name, None), (other, value)),
                    f"{name} {value}",
                    f"{other} {value}",
                )


def _date_loosened(claimed: Claimed, chance: random.Random) -> Made:
    for path, _, value in _leaves(claimed, chance, kinds.DATE):
        if "/" not in value and "~" not in value and not value.endswith("X"):
            yield _changed(
                claimed, path, value, chance.choice([f"{value}~", f"{value}/..", f"../{value}"])
            )


def _interval_end_lost(claimed: Claimed, chance: random.Random) -> Made:
    for path, _, value in _leaves(claimed, chance, kinds.DATE):
        if re.fullmatch(r"\d[\d-]*/\d[\d-]*", value):
            low, high = value.split("/")
            yield _changed(claimed, path, value, chance.choice([f"{low}/..", f"../{high}"]))


def _year_shifted(by: tuple[int, ...]) -> Maker:
    def make(claimed: Claimed, chance: random.Random) -> Made:
        for path, _, value in _leaves(claimed, chance, kinds.DATE):
            if re.match(r"\d{4}", value):
                yield _changed(
                    claimed, path, value, str(int(value[:4]) + chance.choice(by)) + value[4:]
                )

    return make


def _scaled(by: tuple[str, ...]) -> Maker:
    def make(claimed: Claimed, chance: random.Random) -> Made:
        for path, _, value in _leaves(claimed, chance, kinds.NUMBER, kinds.PERCENT):
            if value:
                yield _changed(claimed, path, value, value * Decimal(chance.choice(by)))

    return make


def _country_invented(claimed: Claimed, chance: random.Random) -> Made:
    """A country where the text gives none: likely one, of another sentence of the document."""
    for spec in describe(type(claimed.record)):
        if spec.kind is kinds.COUNTRY and getattr(claimed.record, spec.name) is None:
            for code in _shuffled(claimed.pool.values["country"], chance):
                yield _changed(claimed, spec.name, None, code)


def _choice(
    path_end: str, upgrades: dict[str, tuple[str, ...]] | None = None, of: type | None = None
) -> Maker:
    """Another choice of that field, by `upgrades` those that claim more."""

    def make(claimed: Claimed, chance: random.Random) -> Made:
        for path, spec, value in _leaves(claimed, chance, kinds.CHOICE):
            bare = re.sub(r"\[\d+\]", "", path)
            if bare != path_end and not bare.endswith("." + path_end):
                continue
            to = (
                upgrades.get(value, ())
                if upgrades is not None
                else tuple(c for c in spec.choices if c != value)
            )
            for other in _shuffled(list(to), chance):
                yield _changed(claimed, path, value, other)

    return make


_DONE = ("signed", "agreed", "established", "completed")
_STATUS = dict.fromkeys(
    (
        "expected",
        "planned",
        "requested",
        "draft_submitted",
        "under_negotiation",
        "announced",
        "unknown",
    ),
    _DONE,
) | dict.fromkeys(_DONE, ("suspended", "terminated"))
_REALIS = {
    "planned": ("actual",),
    "hypothetical": ("actual",),
    "denied": ("actual",),
    "ongoing": ("planned", "denied"),
    "actual": ("denied", "planned"),
}
_STAGE = {
    "planned": ("committed", "received", "spent"), "pledged": ("received", "spent"), "target": ("committed", "spent"),
    "committed": ("received", "spent"), "received": ("planned", "target"), "spent": ("planned", "target"),
}  # fmt: skip
_QUALIFIER = dict.fromkeys(("about", "over", "under", "up_to"), ("exact",)) | {
    "exact": ("about", "over", "up_to")
}


def _qualifier_dropped(claimed: Claimed, chance: random.Random) -> Made:
    yield from _choice("qualifier", dict.fromkeys(("about", "over", "under", "up_to"), ("exact",)))(
        claimed, chance
    )


def _party_added(claimed: Claimed, chance: random.Random) -> Made:
    parties = getattr(claimed.record, "parties", None)
    quotes = fold_text(" ".join(claimed.record.evidence))
    for name in _shuffled(claimed.pool.values["organisation name"], chance) if parties else []:
        if fold_text(name) not in quotes and not any(
            claimed.pool.same_name(name, p.name) for p in parties
        ):
            data = _with(claimed.record)
            data["parties"].append({"name": name, "kind": "company", "role": "party"})
            yield (f"parties[{len(parties)}].name",), data, "", name


def _alias_of_other(claimed: Claimed, chance: random.Random) -> Made:
    aliases = getattr(claimed.record, "aliases", None)
    for name in (
        _shuffled(claimed.pool.values["organisation name"], chance) if aliases is not None else []
    ):
        if not claimed.pool.same_name(name, claimed.record.name):  # type: ignore[attr-defined]
            data = _with(claimed.record)
            data["aliases"].append(name)
            yield (f"aliases[{len(aliases)}]",), data, "", name


def _foreign_quotes(claimed: Claimed, chance: random.Random) -> Made:
    """The quotes of another record: none of its own values stands in them."""
    for path, _, value in _leaves(claimed, chance, kinds.NAME, kinds.NUMBER, kinds.DATE):
        for other in _shuffled(claimed.pool.records, chance):
            quotes = fold_text(" ".join(other.evidence))
            if fold_text(str(value)) not in quotes and not set(other.evidence) & set(
                claimed.record.evidence
            ):
                yield (
                    (path,),
                    _with(claimed.record, ("evidence", list(other.evidence))),
                    " ".join(claimed.record.evidence),
                    " ".join(other.evidence),
                )


_NOT = {"en": (r"\b(?:is|are|was|were|has|have|will|can|may|should)\b", " not"), "ru": (r"(?=\b\w+(?:ет|ит|ют|ут|ал|ил|ан|ен|ана|ена|ано|ено|ся)\b)", "не "),
        "zh": (r"(?=签署|出资|启用|表示|负责|设立|提供|计划|讨论|建设|合作|生产|开展|推动|支持)", "未")}  # fmt: skip
_NEGATED = {
    "en": r"\b(?:not|no|never|without|neither|nor)\s",
    "ru": r"\b(?:не|нет|без)\s",
    "zh": r"未|不|没有|尚未|无",
}
_HEDGE = {"en": r"\b(?:will|would|may|might|could|plans? to|expects? to|is expected to|intends? to|about|up to|nearly|almost|over|at least|likely)\s",
          "ru": r"\b(?:планирует\w*|будет|может|могут|около|более|свыше|ожидается)\s", "zh": r"拟|将|计划|可能|预计|约|超过|有望"}  # fmt: skip
_INTENT = {"en": r"\b(?:will|would|may|might|could|plans? to|expects? to|is expected to|intends? to|likely)\s",
           "ru": r"\b(?:планирует\w*|будет|может|могут|ожидается)\s", "zh": r"拟|将|计划|可能|预计|有望"}  # fmt: skip
_CONDITION = {"en": r",?\s(?:if|unless|provided that|subject to)\s[^,.;]+", "ru": r",?\s(?:если|при условии)\s[^,.;]+",
              "zh": r"(?:如果|若)[^，。；]+，?"}  # fmt: skip
# Near enough to be so, where the first is.
_IMPLIED = {"subsidiary_of": ("part_of", "affiliated_with", "owned_by", "managed_by"), "part_of": ("affiliated_with", "subsidiary_of", "owned_by"),
            "owned_by": ("affiliated_with", "part_of", "subsidiary_of"), "member_of": ("affiliated_with", "part_of"), "founded_by": ("owned_by", "affiliated_with"),
            "affiliated_with": ("part_of",), "managed_by": ("part_of",)}  # fmt: skip
_ALIKE_ROLES = {"party", "partner", "founder"}
_NUMBER_WORDS = {"en": ("two three four five six seven eight nine ten", "first second third fourth"),
                 "ru": ("два три четыре пять шесть семь", "первый второй третий"), "zh": ("二 三 四 五 六 七", "两 三 四")}  # fmt: skip


def _gist(edit: Callable[[str, str, random.Random], str]) -> Maker:
    """A summary with something changed."""

    def make(claimed: Claimed, chance: random.Random) -> Made:
        language = claimed.document.language or "en"
        for path, _, value in _leaves(claimed, chance, kinds.GIST):
            if (changed := edit(value, language if language in _NOT else "en", chance)) != value:
                yield _changed(claimed, path, value, changed)

    return make


def _negation_added(text: str, language: str, chance: random.Random) -> str:
    pattern, word = _NOT[language]
    match = re.search(pattern, text)
    if not match:
        return {"en": "no " + text, "ru": "не " + text, "zh": "未" + text}[language]
    return text[: match.end()] + word + text[match.end() :]


def _removed(patterns: dict[str, str]) -> Callable[[str, str, random.Random], str]:
    return lambda text, language, chance: re.sub(patterns[language], "", text, count=1)


def _number_word_changed(text: str, language: str, chance: random.Random) -> str:
    for words in map(str.split, _NUMBER_WORDS[language]):
        for word in words:
            pattern = word if language == "zh" else rf"\b{word}\b"
            if re.search(pattern, text):
                other = chance.choice([w for w in words if w != word])
                return re.sub(pattern, other, text, count=1)
    return text


def _foreign_name_in_gist(claimed: Claimed, chance: random.Random) -> Made:
    """An organisation in a summary that its quotes do not name."""
    quotes = fold_text(" ".join(claimed.record.evidence))
    joint = {"en": " with ", "ru": " вместе с ", "zh": "，与"}.get(
        claimed.document.language or "en", " with "
    )
    for path, _, value in _leaves(claimed, chance, kinds.GIST):
        for name in _shuffled(claimed.pool.values["organisation name"], chance):
            if fold_text(name) not in quotes and fold_text(name) not in fold_text(value):
                yield _changed(claimed, path, value, f"{value}{joint}{name}")


def _gist_of_other(claimed: Claimed, chance: random.Random) -> Made:
    """The summary of another record of the document."""
    quotes = fold_text(" ".join(claimed.record.evidence))
    for path, _, value in _leaves(claimed, chance, kinds.GIST):
        for other in _shuffled(claimed.pool.values["gist"], chance):
            if other != value and fold_text(other) not in quotes and len(other) > 12:
                yield _changed(claimed, path, value, other)


MAKERS: dict[str, tuple[str, Maker]] = {
    "another number of the document": ("value", _other_of_document(kinds.NUMBER, kinds.PERCENT)),
    "another date of the document": ("value", _other_of_document(kinds.DATE)),
    "another name of the document": ("value", _other_of_document(kinds.NAME, mentions=True)),
    "another speaker, number or legal form of the document": ("value", _other_of_document(kinds.NAME, mentions=False)),
    "another place, title or unit of the document": ("value", _other_of_document(kinds.WORDS)),
    "another country of the document": ("value", _other_of_document(kinds.COUNTRY)),
    "another currency of the document": ("value", _other_of_document(kinds.CURRENCY)),
    "country where the text gives none": ("value", _country_invented),
    "party that is none": ("value", _party_added),
    "alias of another": ("value", _alias_of_other),
    "quotes of another record": ("value", _foreign_quotes),
    "another number of the quotes": ("value", _number_of_quotes),
    "number that is part of a date": ("value", _number_in_date),
    "another date of the quotes": ("value", _date_of_quotes),
    "two figures exchanged": ("value", _exchanged(("amounts.value", "amounts.value"), ("stages.quantity", "stages.quantity"), ("value", "value_high"))),
    "stakes exchanged": ("value", _exchanged(("stakes.percent", "stakes.percent"))),
    "date in the wrong field": ("value", _date_in_wrong_field),
    "day made open or approximate": ("value", _date_loosened),
    "end of an interval lost": ("value", _interval_end_lost),
    "year shifted by 1": ("value", _year_shifted((-1, 1))),
    "year shifted by 10": ("value", _year_shifted((-10, 10))),
    "number off by 10": ("value", _scaled(("10", "0.1"))),
    "number off by 1000": ("value", _scaled(("1000", "0.001"))),
    "roles exchanged": ("classification", _roles),
    "subject and object exchanged": ("classification", _exchanged(("subject", "object"), also=("relation",))),
    "actor and partner exchanged": ("classification", _list_exchanged("actors", "partners")),
    "developer and maker exchanged": ("classification", _list_exchanged("developers", "manufacturers")),
    "relation of another kind": ("classification", _choice("relation")),
    "status upgraded": ("classification", _choice("status", _STATUS)),
    "realis upgraded": ("classification", _choice("realis", _REALIS)),
    "response changed": ("classification", _choice("response")),
    "stage of money changed": ("classification", _choice("stage", _STAGE)),
    "modality changed": ("classification", _choice("modality")),
    "qualifier dropped or added": ("classification", _choice("qualifier", _QUALIFIER)),
    "basis wrong": ("classification", _choice("basis", {"share": ("total",), "each": ("total",), "ambiguous": ("total",), "total": ("each", "share")})),
    "negation added": ("summary", _gist(_negation_added)),
    "negation dropped": ("summary", _gist(_removed(_NEGATED))),
    "hedge dropped": ("summary", _gist(_removed(_HEDGE))),
    "condition dropped": ("summary", _gist(_removed(_CONDITION))),
    "number word changed": ("summary", _gist(_number_word_changed)),
    "organisation from elsewhere": ("summary", _foreign_name_in_gist),
    "summary of another record": ("summary", _gist_of_other),
}  # fmt: skip


@dataclass
class Caught:
    """What became of the plants of one class: how many were caught of how many, by language; `true` are those that happen to be so."""

    group: str
    caught: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    true: int = 0

    def share(self, language: str = "") -> float | None:
        """The share caught, of one language or of all."""
        return self.caught[language] / self.planted[language] if self.planted[language] else None


def counted(
    only: set[str] | None = None, missed: Callable[[Plant], None] = lambda plant: None
) -> dict[str, Caught]:
    """The plants of every class, counted; `missed` gets those that were not caught."""
    counts: dict[str, Caught] = {}
    for plant in plants(only=only):
        told = counts.setdefault(plant.kind, Caught(plant.group))
        if plant.true:
            told.true += 1
            continue
        hit = plant.caught()
        for language in ("", plant.language):
            told.planted[language] += 1
            told.caught[language] += hit
        if not hit:
            missed(plant)
    return counts


def by_group(counts: dict[str, Caught]) -> dict[str, Caught]:
    """The same for the groups of classes."""
    groups: dict[str, Caught] = {}
    for told in counts.values():
        group = groups.setdefault(told.group, Caught(told.group))
        group.caught.update(told.caught)
        group.planted.update(told.planted)
        group.true += told.true
    return groups


def main() -> None:
    def show(plant: Plant) -> None:
        if "--missed" in sys.argv:
            what = f"{table_name(type(plant.record))}.{plant.paths[0]}"
            print(
                f"{plant.kind} | {what} | {plant.was[:60]} -> {plant.planted[:60]} | {' || '.join(plant.record.evidence)[:240]}"
            )

    counts = counted({a for a in sys.argv[1:] if not a.startswith("-")} or None, show)
    for kind, told in (*counts.items(), *by_group(counts).items()):
        shares = [
            (language or "all", told.share(language), told.planted[language])
            for language in ("", "en", "ru", "zh")
        ]
        row = "  ".join(
            f"{name} {100 * share:5.1f} % of {number:5}"
            for name, share, number in shares
            if share is not None
        )
        print(f"{told.group:<15}{kind:<55}{row}  true {told.true}")


if __name__ == "__main__":
    main()
