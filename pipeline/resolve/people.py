"""People's names: words in any order, initials, patronymics, scripts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import permutations

from rapidfuzz.distance import OSA

from pipeline.resolve.names import MAX_NAME
from pipeline.resolve.scripts import from_palladius, latin, one_system, sound
from pipeline.resolve.word_lists import split_words, words
from pipeline.text.folding import fold_text, is_han

_PATRONYMIC = re.compile(r"(\w{2,})(?:ovich|evich|ovna|evna|inichna|ichna|uli|kizi|oglu|ogli)")
_DEGREES = re.compile(
    r"(?<!\w)(?:h\. ?e\.|ph\. ?d\.?|m\. ?d\.|[кд]\. ?[а-я]{1,4}\. ?н\."
    r"|г-н|г-жа|д-р|г-ну|г-на|dr\.|prof\.)(?!\w)"
)
_CAPITALS = re.compile(r"(?<!\w)[^\W\d_a-zа-яё]{2,}(?!\w)")
_MOST_WORDS = 5
_LEAST_SLIP = 7  # letters of a word in which one may be a slip
_COMPOUND_FAMILIES = ("欧阳", "司马", "上官", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "慕容")
# One name in several languages or registers; all others that differ are two names.
_VARIANTS = (
    "alexander aleksandr alexandr aleksander alejandro alexandre",
    "aleksei alexei alexey aleksey alexis",
    "evgeni eugene evgenii evgeniy", "iuri iurii yuri", "dmitri dmitrii dimitri", "sergei serge",
    "nikolai nicholas nikolas nicolas",
    "mihail michael mikhail", "iulia iuliia julia julie", "natalia nataliia natalya nathalie",
    "sofia sofiia sophia sophie",
    "maria mariia marie", "ekaterina katerina catherine", "elena helena helene",
    "andrei andreas andre andrew", "petr peter pierre piotr",
    "pavel paul", "anatoli anatolii", "valeri valerii valery", "vasili vasilii vassili",
    "grigori grigorii gregory", "georgi georgii george",
    "vitali vitalii", "gennadi gennadii", "arkadi arkadii", "zhanna janna jeanne",
    "fedor fiodor theodor theodore", "semen semion simon",
    "artem artiom", "ksenia kseniia xenia", "viktor victor", "viktoria viktoriia victoria",
    "filip philip philipp philippe",
    "mohammed mohamed muhammad muhammed", "iosif joseph josef", "iakov jacob jakob", "ivan iwan",
    "larisa larissa", "anna anne",
    # French and German ones as Russian writes them
    "francois fransua", "jacques zhak", "michel mishel", "claude klod",
    "henri anri", "gerard zherar", "bernard bernar", "didier didie", "laurent loran",
    "benoit benua", "guillaume giiom", "christophe kristof", "georges zhorzh", "antoine antuan",
    "olivier olivie", "vincent vensan", "etienne eten", "iogann johann johannes",
    "heinrich genrih", "wilhelm vilgelm", "ludwig liudvig", "wolfgang volfgang", "jurgen iurgen",
    "heinz geinz", "helmut gelmut", "hermann german", "charles sharl",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonForm:
    """A person's name. `names` are its words in Latin letters without titles and patronymic, in
    order; `initials` letters that stand for a word. `orders` are all ways to run the words
    together; `shorts` family name and first letter of another; `sounds` consonants of each word;
    `han` the characters of a name in Han; `gendered` is f or m where the family name shows it."""

    names: tuple[str, ...]
    initials: tuple[str, ...]
    patronymic: str
    orders: frozenset[str]
    shorts: frozenset[str]
    sounds: tuple[str, ...]
    han: str
    gendered: str

    @property
    def key(self) -> str:
        """The same for the same words in any order."""
        patronymic = f" {self.patronymic}" if self.patronymic else ""
        initials = "".join(f" {i}." for i in sorted(self.initials))
        return " ".join(sorted(self.names)) + patronymic + initials


@lru_cache(maxsize=1 << 17)
def person_form(name: str) -> PersonForm | None:
    """The form of a person's name; None for one without letters."""
    shown = name[:MAX_NAME]
    if re.search(r"[^\W\d_][a-zа-яё]", shown):
        shown = _CAPITALS.sub(lambda m: m[0] if len(m[0]) > 9 else " ", shown) or shown
    folded = fold_text(shown) or fold_text(name[:MAX_NAME])
    if any(is_han(c) for c in folded):
        return _han_form(folded)
    lists = words()
    spaced = re.sub(r"(?<=\w)\.(?=\w)", ". ", _DEGREES.sub(" ", folded))
    letters = [w[0] for w in re.findall(r"(?<!\w)[^\W\d_](?=\.)", spaced)]
    given = split_words(re.sub(r"(?<!\w)[^\W\d_]\.", " ", spaced))
    # Ө at the beginning of a Kazakh name is У in Russian; a French "jou" is a Russian жу.
    given = [re.sub("^ө", "у", re.sub("^jou", "zhou", w)) for w in given]
    given = [w for w in given if w not in lists.titles] or given
    letters += [w for w in given if len(w) == 1]
    given = [w for w in given if len(w) > 1][:_MOST_WORDS]
    if len(given) == 1 and letters == ["m"]:
        letters = []  # Monsieur
    initials = [letter(p) for w in letters if (p := latin(w))]
    plain = [p for w in given if (p := one_spelling(latin(w)))]
    readings = [from_palladius(w) for w in given]
    if len(plain) > 1 and all(readings):  # a Chinese name in Cyrillic: н and нь tell two apart
        plain = [one_spelling(r) for r in readings]
    patronymic = ""
    if len(plain) > 2:
        patronymic = next((p for p in plain[1:] if _PATRONYMIC.fullmatch(p)), "")
    names = [p for p in plain if p != patronymic] or plain
    if not names:
        return None
    return PersonForm(
        names=tuple(names),
        initials=tuple(initials),
        patronymic=patronymic,
        orders=frozenset(_orders(names)),
        shorts=frozenset(_shorts(names, initials)),
        sounds=tuple(
            sorted(
                sound(w) for w, p in zip(given, plain, strict=False) if p != patronymic and sound(w)
            )
        ),
        han="",
        gendered=_gender(names),
    )


@lru_cache(maxsize=1 << 17)
def one_spelling(plain: str) -> str:
    """A word of a person's name in one spelling, and one language where it is a common given
    name."""
    plain = one_system(plain)
    return _variants().get(plain, plain)


@cache
def _variants() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _VARIANTS:
        first, *_ = (one_system(latin(v)) for v in line.split())
        found |= {one_system(latin(v)): first for v in line.split()}
    return found


def letter(word: str) -> str:
    """The first letter of a name, alike in all spellings: Jean, Yelena and Elena begin with i."""
    return "i" if word[0] in "iejy" else word[0]


def _han_form(folded: str) -> PersonForm | None:
    for title in words().han_titles:
        folded = folded.removesuffix(title).removeprefix(title).strip()
    parts = [p for p in re.split(r"[·\s.•\-]+", folded) if p]
    own = len(parts) == 1 and 2 <= len(parts[0]) <= 4 and all(is_han(c) for c in parts[0])
    if own:
        length = 2 if parts[0].startswith(_COMPOUND_FAMILIES) and len(parts[0]) > 2 else 1
        parts = [parts[0][:length], parts[0][length:]]
    names = [p for p in (one_spelling(latin(part)) for part in parts) if p]
    if not names:
        return None
    return PersonForm(
        names=tuple(names),
        initials=(),
        patronymic="",
        orders=frozenset(_orders(names)),
        shorts=frozenset(_shorts(names, [])) if own else frozenset(),
        sounds=tuple(sorted(s for p in parts if (s := sound(p)))),
        han="".join(parts),
        gendered="",
    )


def _orders(names: list[str]) -> set[str]:
    few = names[:4]
    if len(few) <= 3:
        return {"".join(order) for order in permutations(few)}
    return {"".join(few[i:] + few[:i]) for i in range(len(few))}


def _shorts(names: list[str], initials: list[str]) -> set[str]:
    """ "petrov a" for A. Petrov and for Andrei Petrov alike."""
    found = set()
    for at, family in enumerate(names):
        letters = [letter(n) for i, n in enumerate(names) if i != at] or initials[:1]
        found |= {f"{family} {first}" for first in letters}
    return found


def _gender(names: list[str]) -> str:
    for name in names:
        if re.search(r"(?:ov|ev|in|sk)a(?:ia)?$|skaia$", name) and len(name) > 4:
            return "f"
    for name in names:
        if re.search(r"(?:[^aeiou]ov|[^aeiou]ev|[^aeiou]in|ski)$", name) and len(name) > 4:
            return "m"
    return ""


def shared_names(a: PersonForm, b: PersonForm) -> tuple[set[str], list[str], list[str]]:
    """The words both have, and those that each has alone."""
    both = set(a.names) & set(b.names)
    return both, [n for n in a.names if n not in both], [n for n in b.names if n not in both]


def slip(a: str, b: str) -> bool:
    """Whether two words may be one: a letter slipped in a long word, or the same consonants spelled
    by two systems. Words that differ by a vowel in place of another are two names: Marat, Murat."""
    if min(len(a), len(b)) >= _LEAST_SLIP + 1:  # a German ei is a Russian ай; Lei and Lai are two
        a, b = a.replace("ei", "ai"), b.replace("ei", "ai")
    if a == b:
        return True
    consonants = tuple(re.sub("[aeiou]", "", w) for w in (a, b))
    if consonants[0] == consonants[1] and len(a) == len(b) and sorted(a) != sorted(b):
        return False
    distance = OSA.distance(a, b)
    shorter = min(len(a), len(b))
    if distance <= (1 if shorter < 11 else 2) and shorter >= _LEAST_SLIP - 1:
        return True
    return consonants[0] != consonants[1] and sound(a) == sound(b) and len(sound(a)) > 2


def stem_of(patronymic: str) -> str:
    """The father's name in a patronymic."""
    found = _PATRONYMIC.fullmatch(patronymic)
    return found[1] if found else patronymic


def alike(a: str, b: str) -> bool:
    """Whether two words of a name of something else may be one misspelt: one letter apart in six,
    two in ten."""
    shorter = min(len(a), len(b))
    limit = 0 if shorter < 5 else 1 if shorter < 10 else 2
    return OSA.distance(a, b) <= limit
