"""Real sentences with one fact changed: the quotes that grounding must never accept."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.passages import sentences
from pipeline.readers import find_documents, read_document
from tests.conftest import DOCUMENTS

NEGATIONS = {"en": ["not", "never", "no longer"], "ru": ["не"], "zh": ["未", "不", "没有"]}
VERBS = {
    "en": r"\b(?:is|are|was|were|has|have|will|can|signed|opened|holds|began|made|said|plans?|announced|receives?)\b",
    "ru": r"\b(?:подписали|начала|открыли|будет|предусмотрено|предусмотрены|подготовлена|определён|вносит|составляет)\b",
    "zh": r"(?:签署|出资|启用|表示|负责|设立|提供|计划|存放|讨论|落地|考察)",
}
SWAPS = {
    "en": [("million", "billion"), ("billion", "million"), ("USD", "EUR"), ("KZT", "USD"), ("per cent", "per mille"),
           ("%", " doses"), ("doses", "litres"), ("percent", "tonnes"), ("January", "March"), ("July", "June"),
           ("October", "November"), ("2024", "2023"), ("December", "September"), ("RUB", "KZT"), ("May", "August")],
    "ru": [("млн", "млрд"), ("млрд", "млн"), ("тенге", "рублей"), ("долларов США", "евро"), ("марта", "мая"),
           ("февраля", "июля"), ("июля", "июня"), ("декабря", "ноября"), ("2024", "2025"), ("доз", "литров"), ("рублей", "тенге")],
    "zh": [("亿", "万"), ("万", "亿"), ("美元", "欧元"), ("7月", "6月"), ("2024年", "2023年"), ("18日", "19日"), ("%", "元"),
           ("10月", "11月"), ("5月", "8月"), ("人民币", "美元")],
}  # fmt: skip
NAMES = {
    "en": ["Saryarka Biopharm", "Yunhe", "Rheinhardt", "Lahtela", "Otrar", "Bioneva", "Massbridge", "Polaris-Pharm", "Gareev",
           "Novavektor", "Ivashin", "Kazakhstan", "China", "Russia", "Astana", "Beijing", "Levocardan", "Avifor", "Moscow"],
    "ru": ["Сарыарка", "Rheinhardt", "Казахстан", "Отрар", "Гареев", "Садыкова", "Самар", "Астан", "КИК", "НЦКТ", "ВФУ"],
    "zh": ["云合基因集团", "萨雷阿尔卡", "哈萨克斯坦", "殷卫国", "晋海医药", "阿斯塔纳", "杭州", "北京", "云合诊断", "上海"],
}  # fmt: skip


@dataclass(frozen=True)
class Altered:
    """A quote that differs from `original` in one fact of `kind`."""

    language: str
    kind: str
    original: str
    quote: str
    text: str


def altered_quotes(
    seed: int = 7, tries: Mapping[str, int] = MappingProxyType({"en": 2, "ru": 12, "zh": 12})
) -> Iterator[Altered]:
    """Altered sentences and clauses of the bundled documents, each once, none of them a slice of its document."""
    chance = random.Random(seed)
    seen: set[tuple[str, str]] = set()
    for path, *_ in find_documents((DOCUMENTS,)):
        document = read_document(path)
        text, language = document.text, document.language or "en"
        for start, end in sentences(text):
            for _ in range(tries[language]):
                original = _cut(text[start:end], language, chance)
                if sum(letter.isalpha() for letter in original) < (4 if language == "zh" else 10):
                    continue  # a bare number stands in many places
                for kind, quote in _alterations(original, language, chance):
                    if quote not in text and (text[:40], quote) not in seen:
                        seen.add((text[:40], quote))
                        yield Altered(language, kind, original, quote, text)


def _cut(sentence: str, language: str, chance: random.Random) -> str:
    """The sentence or a run of its words, as models quote."""
    if language == "zh":
        parts = [p for p in re.split(r"(?<=[，；])", sentence) if p]
        first = chance.randrange(len(parts))
        return "".join(parts[first : first + chance.randint(1, 3)]).strip("，；")
    words = sentence.split(" ")
    if len(words) < 6 or chance.random() < 0.4:
        return sentence
    first = chance.randrange(len(words) - 4)
    return " ".join(words[first : first + chance.randint(4, 16)])


def _alterations(original: str, language: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    space = "" if language == "zh" else " "
    verbs = list(re.finditer(VERBS[language], original))
    if verbs:
        verb = chance.choice(verbs)
        at = (
            verb.end()
            if language == "en"
            and verb[0] in {"is", "are", "was", "were", "has", "have", "will", "can"}
            else verb.start()
        )
        word = chance.choice(NEGATIONS[language])
        joined = (
            f"{original[:at]}{space}{word}{original[at:]}"
            if at == verb.end()
            else f"{original[:at]}{word}{space}{original[at:]}"
        )
        yield "negation", joined
    numbers = list(re.finditer(r"\d+", original))
    if numbers:
        number = chance.choice(numbers)
        digit = chance.randrange(number.start(), number.end())
        new = chance.choice([d for d in "123456789" if d != original[digit]])
        yield "number", original[:digit] + new + original[digit + 1 :]
        yield (
            "digit added",
            original[: number.end()] + chance.choice("123456789") + original[number.end() :],
        )
        if len(number[0]) > 1:
            yield "digit dropped", original[: number.start()] + original[number.start() + 1 :]
    for old, new in SWAPS[language]:
        if old in original:
            yield "unit or date", original.replace(old, new, 1)
    for name in NAMES[language]:
        if name in original:
            other = chance.choice([n for n in NAMES[language] if n != name])
            yield "name", original.replace(name, other, 1)
            letter = chance.randrange(1, len(name))
            if name[letter].isalpha():
                changed = chance.choice(
                    "aeklmnorst"
                    if name[letter].isascii()
                    else "аеиклмнор"
                    if language == "ru"
                    else "华安康明德"
                )
                if changed.casefold() != name[letter].casefold():
                    yield (
                        "letter of a name",
                        original.replace(name, name[:letter] + changed + name[letter + 1 :], 1),
                    )
