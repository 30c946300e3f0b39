"""Paragraphs in four languages with known words, for documents made in the tests."""

from __future__ import annotations

import random

_WORDS = {
    "en": (
        "agreement partners technology vaccine production plant ministry cooperation laboratory consortium university research "
        "memorandum registration export between about through international development investment clinical long-term signed the "
        "of and with for under a in to"
    ).split(),
    "ru": (
        "соглашение партнёры технология вакцина производство завод министерство сотрудничество лаборатория консорциум университет "
        "исследование меморандум регистрация экспорт между международный развитие инвестиции клинический подписан о и с для в на по"
    ).split(),
    "kk": (
        "келісім серіктестер технология вакцина өндіріс зауыт министрлік ынтымақтастық зертхана консорциум университет зерттеу "
        "меморандум тіркеу экспорт арасында халықаралық дамыту инвестиция клиникалық қол қойылды және үшін туралы бойынша"
    ).split(),
    "zh": list(
        "合作协议疫苗生产工厂研究大学备忘录签署国际技术转让实验室投资临床注册出口部门发展项目伙伴基因集团中心"
    ),
}
TITLES = {
    "en": "A report on vaccines",
    "ru": "Доклад о вакцинах",
    "kk": "Вакциналар туралы баяндама",
    "zh": "疫苗合作报告",
}
HEADINGS = {"en": "Section", "ru": "Раздел", "kk": "Бөлім", "zh": "部分"}


def sentence(language: str, chance: random.Random) -> str:
    words = [chance.choice(_WORDS[language]) for _ in range(chance.randint(7, 20))]
    if chance.random() < 0.4:
        words.insert(
            chance.randrange(1, len(words)), str(chance.choice([2019, 2024, 15, 400, 3.5]))
        )
    if language == "zh":
        return "".join(words) + "。"
    return words[0].capitalize() + " " + " ".join(words[1:]) + "."


def paragraph(language: str, chance: random.Random, number: int) -> str:
    """A paragraph that no other one equals: its number stands in it."""
    first = (
        f"第{number}段"
        if language == "zh"
        else f"No{number}x"
        if language == "en"
        else f"Пункт{number}"
    )
    joint = "" if language == "zh" else " "
    return (
        first + joint + joint.join(sentence(language, chance) for _ in range(chance.randint(2, 6)))
    )
