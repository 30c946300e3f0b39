"""Names to keys: two names with a key in common are the same name, whatever their case, legal form
or script."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from anyascii import anyascii

from pipeline.text.folding import fold_text, is_han

_LEGAL_FORMS = set(
    "jsc ojsc pjsc cjsc llc llp lp ltd limited inc incorporated corp corporation co company plc"
    " gmbh ag kg sa sas sarl oy oyj ab asa bv nv spa srl kk pte pty ао оао пао зао нао ооо тоо ип"
    " нп фгбу фгуп гку ргп кгп мкк гмбх".split()
)
_LEADING_FORMS = {word for word in _LEGAL_FORMS if not word.isascii()} | {
    "jsc",
    "ojsc",
    "pjsc",
    "cjsc",
    "llc",
    "llp",
}
_HAN_FORMS = ("集团股份有限公司", "股份有限公司", "有限责任公司", "股份公司", "有限公司")
_GROUP = "集团"
# Words that many organisations share; a name made of nothing else denotes one only within a country
# or document.
_GENERIC_WORDS = (
    "ministry of the and for in to a health healthcare agriculture industry trade construction"
    " finance foreign affairs science education economy government department agency committee"
    " commission national state federal regional republic centre center institute university fund"
    " bank office parliament president akimat region company group holding plant laboratory partner"
    " partners association council authority administration medical research city hospital clinic"
    " union sides side министерство здравоохранения сельского хозяйства промышленности торговли"
    " финансов иностранных дел науки образования правительство департамент комитет агентство"
    " национальный национальная государственный государственное республики центр институт"
    " университет фонд холдинг завод компания лаборатория и акимат область области партнёр стороны"
    " 卫生部 政府 公司 集团 中方 哈方 双方 基金 大学 研究院".split()
)
_SPELLINGS = (("shch", "sch"), ("kh", "h"), ("ph", "f"), ("ya", "ia"), ("yu", "iu"), ("yo", "io"),
    ("j", "i"), ("y", "i"),
              ("ck", "k"))  # fmt: skip
_TOKEN = re.compile(r"[a-z0-9]+")
_ACRONYM = re.compile(r"[A-ZА-ЯЁ][A-ZА-ЯЁ0-9&.\-]{1,7}")


@lru_cache(maxsize=65536)
def name_keys(name: str, kind: str) -> tuple[str, ...]:
    """The keys of a name; the first is the one to sort and show by. Empty for a name without
    letters."""
    tokens = _tokens(name)
    if not tokens:
        return ()
    if kind == "person":
        return _person_keys(name, tokens)
    return (" ".join(tokens),)


def is_acronym(name: str) -> bool:
    """Whether a name is a bare acronym, which means something only within its document."""
    return _ACRONYM.fullmatch(name.strip()) is not None


@lru_cache(maxsize=65536)
def is_generic(name: str, kind: str) -> bool:
    """Whether a name consists of words that many bearers share ("Ministry of Health",
    «Холдинг»)."""
    return kind == "organisation" and all(token in _generic_tokens() for token in _tokens(name))


@cache
def _generic_tokens() -> frozenset[str]:
    return frozenset(_romanised(fold_text(word)) for word in _GENERIC_WORDS)


def _tokens(name: str) -> list[str]:
    folded = fold_text(name)
    if any(is_han(c) for c in folded):
        for form in _HAN_FORMS:
            if folded.endswith(form):
                # "X集团股份有限公司" and "X集团" are the same group.
                folded = folded[: -len(form)] + (_GROUP if form.startswith(_GROUP) else "")
                break
    words = [w for w in re.split(r"[^\w&]+", re.sub(r"(?<=\w)['.](?=\w)", "", folded)) if w]
    kept = _without_legal_forms(words) or words
    return [t for word in kept for t in _TOKEN.findall(_romanised(word))]


def _without_legal_forms(words: list[str]) -> list[str]:
    """A name's words without "the" and the legal forms at its end, or at its front where languages
    put them there."""
    first, last = 0, len(words)
    while last > first and words[last - 1] in _LEGAL_FORMS:
        last -= 1
    while first < last and (words[first] == "the" or words[first] in _LEADING_FORMS):
        first += 1
    return words[first:last]


def _romanised(word: str) -> str:
    """A word in plain Latin letters in which the usual spellings of one name coincide (Andrey,
    Andrei, Андрей)."""
    text = anyascii(word).lower().replace("'", "")
    if any(is_han(c) for c in word):
        return text
    # Only a transliteration writes "ye" for a plain е; in "Bayer" the two letters are two.
    return _same_spelling(text if word.isascii() else text.replace("ye", "e"))


def _same_spelling(text: str) -> str:
    for spelling, common in _SPELLINGS:
        text = text.replace(spelling, common)
    return re.sub(r"i{2,}", "i", text)


def _person_keys(name: str, tokens: list[str]) -> tuple[str, ...]:
    """A person's name in either order, run together: Chinese names come with and without breaks
    between syllables."""
    if any(is_han(c) for c in name) and len(name.strip()) <= 4:
        syllables = [s.lower() for s in re.findall(r"[A-Z][a-z]*", anyascii(name.strip()))]
        family, given = "".join(syllables[:1]), "".join(syllables[1:])
        return _same_spelling(family + given), _same_spelling(given) + _same_spelling(family)
    if len(tokens) == 1:
        return (tokens[0],)
    return tuple(
        dict.fromkeys(
            "".join(order) for order in (tokens, tokens[-1:] + tokens[:-1], tokens[1:] + tokens[:1])
        )
    )
