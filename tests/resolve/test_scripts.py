"""Names of any script in Latin letters, and how they sound."""

import pytest

from pipeline.resolve.scripts import from_palladius, latin, one_system, other_readings, sound


@pytest.mark.parametrize(
    ("cyrillic", "pinyin"),
    [("Юньхэ", "yunhe"), ("Вэйго", "weiguo"), ("Инь", "yin"), ("Цзиньхай", "jinhai"), ("Шэньчжэнь", "shenzhen"),
     ("Чжуншань", "zhongshan"), ("Гуанчжоу", "guangzhou"), ("Синьхуа", "xinhua"), ("Сюй", "xu"), ("Хуэй", "hui")],
)  # fmt: skip
def test_palladius_is_read_as_pinyin(cyrillic: str, pinyin: str) -> None:
    assert from_palladius(cyrillic) == latin(pinyin)


@pytest.mark.parametrize("word", ["Иванов", "Сарыарка", "Yunhe", "云合", "завод", ""])
def test_what_is_not_made_of_its_syllables_is_not(word: str) -> None:
    assert from_palladius(word) == ""


@pytest.mark.parametrize(
    ("han", "other"),
    [("萨雷阿尔卡", "Saryarka"), ("比奥涅瓦", "Бионева"), ("萨德科娃", "Садыкова"), ("腾格里", "Tengri"), ("奥特拉尔", "Отрар"),
     ("涅克柳多夫", "Nekludov")],
)  # fmt: skip
def test_a_transcription_into_chinese_keeps_the_consonants(han: str, other: str) -> None:
    assert sound(han) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("萨雷阿尔卡", "Bioneva"), ("奥特拉尔", "Tengri")])
def test_other_consonants_are_another_name(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@pytest.mark.parametrize(
    ("a", "b"),
    [("Tschumakow", "Chumakov"), ("Fyodorov", "Федоров"), ("Schröder", "Schroeder"), ("Yelena", "Елена"),
     ("Valeyev", "Валеев"), ("Qairat", "Кайрат"), ("Kassymova", "Касымова")],
)  # fmt: skip
def test_systems_of_transliteration_coincide(a: str, b: str) -> None:
    assert one_system(latin(a)) == one_system(latin(b))


@pytest.mark.parametrize(
    ("a", "b"), [("Marat", "Murat"), ("Shanxi", "Shaanxi"), ("Hebei", "Hubei"), ("Alina", "Alena")]
)
def test_other_vowels_are_another_name(a: str, b: str) -> None:
    assert one_system(latin(a)) != one_system(latin(b))


def test_a_german_j_and_a_zh_are_both_tried() -> None:
    assert one_system(latin("Жанаозен")) in other_readings("janaozen")
    assert latin("weiguo") in other_readings("вэйго")


def test_han_is_read_in_one_word() -> None:
    assert latin("云合") == latin("Yunhe")
    assert latin("吕") == latin("Лу")
