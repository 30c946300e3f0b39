"""The words of numbers in English, Russian, Kazakh, German and French, by value."""

from __future__ import annotations


def _numbered(words: str, first: int = 1, step: int = 1) -> dict[str, int]:
    return {
        form: first + step * n for n, forms in enumerate(words.split()) for form in forms.split("/")
    }


SMALL: dict[str, int] = {
    **_numbered(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen"
    ),
    **_numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    "zero": 0,
    "nil": 0,
    # Russian, in all cases
    **_numbered(
        "один/одна/одно/одну/одного/одной/одному/одним/одном два/две/двух/двум/двумя"
        " три/трёх/трех/трём/трем/тремя четыре/четырёх/четырех/четырём/четырем/четырьмя"
        " пять/пяти/пятью шесть/шести/шестью семь/семи/семью восемь/восьми/восемью/восьмью"
        " девять/девяти/девятью десять/десяти/десятью одиннадцать/одиннадцати/одиннадцатью"
        " двенадцать/двенадцати/двенадцатью тринадцать/тринадцати/тринадцатью"
        " четырнадцать/четырнадцати/четырнадцатью пятнадцать/пятнадцати/пятнадцатью"
        " шестнадцать/шестнадцати/шестнадцатью семнадцать/семнадцати/семнадцатью"
        " восемнадцать/восемнадцати/восемнадцатью девятнадцать/девятнадцати/девятнадцатью"
    ),
    **_numbered(
        "двадцать/двадцати/двадцатью тридцать/тридцати/тридцатью сорок/сорока"
        " пятьдесят/пятидесяти/пятьюдесятью шестьдесят/шестидесяти/шестьюдесятью"
        " семьдесят/семидесяти/семьюдесятью восемьдесят/восьмидесяти/восемьюдесятью"
        " девяносто/девяноста",
        20,
        10,
    ),
    **_numbered(
        "сто/ста двести/двухсот/двумстам/двухстах триста/трёхсот/трехсот/трёмстам/трехстам"
        " четыреста/четырёхсот/четырехсот пятьсот/пятисот шестьсот/шестисот семьсот/семисот"
        " восемьсот/восьмисот девятьсот/девятисот",
        100,
        100,
    ),
    "ноль": 0,
    "нуль": 0,
    "двое": 2,
    "трое": 3,
    "четверо": 4,
    "пятеро": 5,
    "оба": 2,
    "обе": 2,
    # Kazakh
    **_numbered("бір екі үш төрт бес алты жеті сегіз тоғыз он"),
    **_numbered("жиырма отыз қырық елу алпыс жетпіс сексен тоқсан", 20, 10),
    # French
    **_numbered(
        "un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
        " seize dix-sept dix-huit dix-neuf vingt"
    ),
    **_numbered("trente quarante cinquante soixante septante octante nonante", 30, 10),
    "quatre-vingt": 80,
    "quatre-vingts": 80,
    "zéro": 0,
    # groups
    "dozen": 12,
    "dozens": 12,
    "десяток": 10,
    "десятка": 10,
    "дюжина": 12,
    "дюжины": 12,
    "дюжину": 12,
    "сотня": 100,
    "сотни": 100,
    "сотню": 100,
    "dutzend": 12,
    "dizaine": 10,
    "douzaine": 12,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "cinquantaine": 50,
    "centaine": 100,
    "полтора": 1,
    "полторы": 1,
    "anderthalb": 1,
    "eineinhalb": 1,
    "twofold": 2,
    "threefold": 3,
    "fourfold": 4,
    "fivefold": 5,
    "tenfold": 10,
    "вдвое": 2,
    "втрое": 3,
    "вчетверо": 4,
}  # fmt: skip
WITH_HALF = {"полтора", "полторы", "anderthalb", "eineinhalb"}
GROUPS = {
    "dozen", "dozens", "десяток", "десятка", "дюжина", "дюжины", "дюжину", "dutzend",
}  # fmt: skip
KAZAKH = set("бір екі үш төрт бес алты жеті сегіз тоғыз".split())
HUNDREDS = {"hundred", "hundreds", "жүз", "cent", "cents", "hundert"}
SCALE_WORDS: dict[str, int] = {
    "thousand": 3, "thousands": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9,
    "trillion": 12, "trillions": 12, "crore": 7, "crores": 7, "lakh": 5, "lakhs": 5,
    "тысяча": 3, "тысячи": 3, "тысяч": 3, "тысячу": 3, "тысячам": 3, "тысячами": 3, "тысячах": 3,
    "тысячей": 3, "миллион": 6, "миллиона": 6, "миллионов": 6, "миллионам": 6, "миллионами": 6,
    "миллиону": 6, "миллионом": 6, "миллионе": 6, "миллионах": 6, "миллиард": 9, "миллиарда": 9,
    "миллиардов": 9, "миллиардам": 9, "миллиардами": 9, "миллиарду": 9, "миллиардом": 9,
    "миллиарде": 9, "триллион": 12, "триллиона": 12, "триллионов": 12, "мың": 3,
    "mille": 3, "milliard": 9, "milliards": 9, "millionen": 6, "milliarde": 9, "milliarden": 9,
    "billionen": 12, "tausend": 3,
}  # fmt: skip
PARTS_DE = _numbered(
    "ein/eins/eine zwei/zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
    " fünfzehn sechzehn siebzehn achtzehn neunzehn"
) | _numbered("zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10)
