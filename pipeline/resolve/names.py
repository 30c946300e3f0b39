"""Names to forms that can be compared, whatever their case, legal form, language or script. Pure.

A form keeps apart what distinguishes (heads), what many share (concepts of the lexicon), numbers
and countries. Two names with the same key are the same name; whether they denote the same is for
weights and guards to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.records import Style
from pipeline.resolve.legal_forms import form_countries, without_han_forms, without_legal_forms
from pipeline.resolve.lexicon import lexicon
from pipeline.resolve.name_words import NameWords, capitals_in
from pipeline.resolve.scripts import LETTERS, acronym_letters, is_cyrillic, latin, one_system
from pipeline.resolve.word_lists import split_words, words
from pipeline.text.folding import fold_text, is_han

MAX_NAME = 200  # characters; what is longer is no name, and compared by its beginning
_ROOT = 4  # consonants
# An acronym in brackets behind the name.
_BRACKETED = re.compile(r"(.{4,}\S)\s*[(（]([^()（）]{2,12})[)）]")
_RUNS = re.compile("[\u3400-\u9fff·]+|[^\u3400-\u9fff·]+")
_REWRITTEN = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        # The initials of whom it is named after.
        (r"(?<!\w)(?!u\. ?[sk]\.)(?:[^\W\d_]\.\s?){1,3}(?=[^\W\d_]{3})", ""),
        (r"(?<!\d)((?:19|20)(?=\d\d))(\d\d)\s*[-/]\s*(\d\d)(?!\d)", r"\1\2 \1\3"),  # 2022-26
        (r"(?<=\d)\.(?=\d)", ","),  # 2.5 is not 25
        (r"(?<=\w{4})/(?=\w{4})", " "),  # of two substances, not of A/S
        (r"(?<!\w)(?:l|d|qu)'(?=[^\W\d_])", ""),  # l'innovation
        (r"(?<![\d.,])(\d+) ?(?:млн|mln|million)(?!\w)", r"\g<1>000000"),
    )
)


@dataclass(frozen=True, slots=True)
class NameForm:
    """What a name is made of.

    `heads` are the words that no lexicon knows, in Latin letters, in order; `readings` what else
    they may be in Latin letters, `echoes` how the words sound whose concepts distinguish; `systems`
    all heads in one system of transliteration, `palladius` the same with Chinese names read by
    Palladius, if any is; `sounds` their consonants, `letters` those of short ones as an acronym has
    them. `concepts` are lexicon ids, `kinds`, `qualifiers` and `distinctive` parts of them;
    `countries` ISO codes that the name itself gives. `initials` are the first letters of its
    words, `translated` those of its translations, `inner` the words in capitals within it;
    `bracketed` is an acronym that stands behind it in brackets. `languages` are those in which all
    its words are at home, empty if that is not known. `han` are the characters of heads in Han.
    `roots` are what its heads begin with by their consonants, which international words share in
    all scripts, with its distinctive concepts and numbers. `script` is Latn, Cyrl, Hani or mixed;
    `form_countries` where its legal form is in use, if that says something; `raw` all its letters.
    """

    key: str
    heads: tuple[str, ...]
    readings: tuple[str, ...]
    echoes: tuple[str, ...]
    systems: tuple[str, ...]
    palladius: tuple[str, ...]
    sounds: tuple[str, ...]
    letters: tuple[str, ...]
    concepts: frozenset[str]
    kinds: frozenset[str]
    qualifiers: frozenset[str]
    distinctive: frozenset[str]
    countries: frozenset[str]
    numbers: tuple[str, ...]
    initials: str
    translated: frozenset[str]
    inner: frozenset[str]
    languages: frozenset[str]
    han: str
    acronym: str
    bracketed: str
    is_role: bool
    roots: frozenset[str]
    script: str
    form_countries: frozenset[str]
    raw: str

    @property
    def said(self) -> frozenset[str]:
        """Everything it says but kind words and fillers: heads, distinctive concepts, numbers."""
        return frozenset(self.heads) | self.distinctive | frozenset(self.numbers)

    @property
    def is_generic(self) -> bool:
        """Whether it says nothing that distinguishes its bearer from others of the kind."""
        return not (self.heads or self.distinctive or self.acronym or self.numbers)


@lru_cache(maxsize=1 << 18)
def name_form(name: str, style: Style = "organisation") -> NameForm | None:
    """The form of a name; None for one without letters or digits. A person's name is split into its
    words alone (see people.py)."""
    shown, bracketed = name[:MAX_NAME], ""
    if acronym := _BRACKETED.fullmatch(shown.strip()):
        bracketed = acronym_of(acronym[2])
        shown = acronym[1] if bracketed else shown
    folded = fold_text(shown) if style == "person" else plain_text(shown)
    parts = NameWords(style)
    for run in _RUNS.findall(without_han_forms(folded) if style == "organisation" else folded):
        if any(is_han(c) for c in run):
            parts.take_han(run)
        else:
            parts.take_words(without_legal_forms(split_words(run)) or split_words(run))
    return _form(parts, name, folded, bracketed) if parts.order else None


def plain_text(name: str) -> str:
    """A name folded, without people's initials and elided articles, its numbers plainly written."""
    folded = fold_text(name)
    for pattern, by in _REWRITTEN:
        folded = pattern.sub(by, folded)
    return folded


def _form(parts: NameWords, name: str, folded: str, bracketed: str) -> NameForm:
    countries = frozenset(c.id[1:] for c in parts.concepts if c.is_country)
    concepts = [c for c in parts.concepts if not c.is_country]
    distinctive = frozenset(c.id for c in concepts if not c.generic)
    numbers = tuple(sorted(set(parts.numbers)))
    acronym = "" if bracketed else acronym_of(name)
    roots = {*distinctive, *(f"#{n}" for n in numbers), *map(root_of, parts.sounds)}
    is_organisation = parts.style == "organisation"
    return NameForm(
        key=" ".join(parts.order),
        heads=tuple(parts.heads),
        readings=tuple(parts.readings),
        echoes=tuple(parts.echoes),
        systems=tuple(sorted(map(one_system, parts.heads))),
        palladius=tuple(sorted(parts.chinese)) if parts.is_chinese else (),
        sounds=tuple(parts.sounds),
        letters=tuple(parts.letters),
        concepts=frozenset(c.id for c in concepts),
        kinds=frozenset(c.id for c in concepts if c.kind),
        qualifiers=frozenset(c.id for c in concepts if c.qualifier),
        distinctive=distinctive,
        countries=countries,
        numbers=numbers,
        initials="".join(parts.first).translate(LETTERS),
        translated=parts.translated,
        inner=frozenset() if parts.style == "person" else capitals_in(name[:MAX_NAME]),
        languages=parts.languages,
        han="".join(parts.han),
        acronym=acronym,
        bracketed=bracketed,
        is_role=_is_role(parts, name, folded, acronym),
        roots=frozenset(roots - {""}),
        script=_script(folded),
        raw=_raw(folded),
        form_countries=form_countries(folded) if is_organisation else frozenset(),
    )


def _is_role(parts: NameWords, name: str, folded: str, acronym: str) -> bool:
    """Whether a name only says who or what somebody is: the partners, a vaccine."""
    said = {c.id for c in parts.concepts if not c.is_country}
    countries = any(c.is_country for c in parts.concepts)
    # Whose and what it is: the ministry of education of China.
    placed = countries and len(said) > 1 and any(c.kind for c in parts.concepts)
    nameless = not (parts.heads or acronym or placed)
    described = parts.style == "organisation" and _is_described(name, folded)
    if nameless and (parts.is_role or described):
        return True
    tells = countries or parts.numbers or any(not c.generic for c in parts.concepts)
    if nameless and not tells and len(said) <= 1:
        return True
    opened = folded.startswith(("the ", "a ", "an "))
    return described and (parts.is_role or is_cyrillic(name) or opened)


def acronym_of(name: str) -> str:
    """A bare acronym in Latin letters that are alike in all scripts (КИК, KIC); empty for what is
    none."""
    name = name[:MAX_NAME]
    bare = frozenset(without_legal_forms(split_words(name.strip().lower())))
    shown = name.strip().strip("\"'«»“”„")
    whole = re.sub(r"[.\s]", "", shown) if re.fullmatch(r"(?:\w\.\s?){2,8}", shown) else shown
    words_left = [w for w in whole.split() if w.lower() in bare] or [whole]
    if len(words_left) != 1 or len(whole) > 24:
        return ""
    word = words_left[0].strip("\"'«»“”„().,")
    upper = sum(c.isupper() for c in word)
    if not (2 <= len(word) <= 9 and upper >= 2 and upper * 2 > len(word)) or not word[0].isupper():
        return ""
    return acronym_letters(word)


def _raw(folded: str) -> str:
    """All letters and digits in a row: Han as it is, the rest in Latin letters."""
    if any(is_han(c) for c in folded):
        return "".join(c for c in without_han_forms(folded) if c.isalnum())
    return "".join(map(latin, without_legal_forms(split_words(folded))))


def root_of(consonants: str) -> str:
    """What a word begins with, if that says something."""
    return consonants[:_ROOT] if len(consonants) >= _ROOT else ""


def _script(folded: str) -> str:
    found = {
        "Hani" if is_han(c) else "Cyrl" if is_cyrillic(c) else "Latn" for c in folded if c.isalpha()
    }
    return found.pop() if len(found) == 1 else "mixed"


def _is_described(name: str, folded: str) -> bool:
    """Whether an organisation's "name" only describes: in lower case throughout, or behind an
    indefinite article or number."""
    shown = name.strip().lstrip("\"'«“„")
    given = re.findall(r"[^\W\d_][\w'’-]*", shown)
    if not given or any(is_han(c) for c in folded):
        return False
    if given[0].lower() in (
        "a",
        "an",
        "another",
        "some",
        "any",
        "two",
        "both",
        "several",
        "certain",
    ):
        return True
    if is_cyrillic(shown):
        return shown[:1].islower() and not any(w[0].isupper() for w in given)
    known = lexicon()
    rest = [w for w in given[1:] if w.lower() not in words().stop_words]
    if given[0].lower() in words().stop_words:
        rest = [w for w in given if w.lower() not in words().stop_words]
        return all(w[0].islower() for w in rest)
    nationality = known.match([given[0].lower()], 0)
    opening = given[0][0].islower() or (nationality is not None and nationality[0].is_country)
    return opening and all(w[0].islower() for w in rest) and (bool(rest) or given[0][0].islower())
