"""People's names."""

import pytest

from pipeline.resolve.people import person_form, slip, stem_of


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Andrei Ivashin", "Андрей Ивашин"), ("Andrey Ivashin", "Ivashin, Andrei"), ("Yin Weiguo", "殷卫国"), ("Инь Вэйго", "殷卫国"),
        ("Yin Weiguo", "Инь Вэйго"), ("Dr. Aigerim Sadykova", "Айгерим Садыкова"), ("академик РАН Айгерим Садыкова", "Sadykova Aigerim"),
        ("Ольга Александровна Тарасова", "Olga Tarasova"), ("г-жа Ольга Тарасова", "Olga Tarasova"), ("Prof. Alexej Tschernow", "Aleksey Chernov"),
        ("Youri Jouravlev", "Юрий Журавлев"), ("Dmitrij Chruschtschow", "Дмитрий Хрущов"), ("Өтебаев Ғалымжан", "Galymzhan Utebayev"),
        ("Johann Weber", "Иоганн Вебер"),
    ],
)  # fmt: skip
def test_one_name_in_any_order_script_and_system(a: str, b: str) -> None:
    one, other = person_form(a), person_form(b)
    assert one is not None
    assert other is not None
    assert one.orders & other.orders


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Marat Ospanov", "Murat Ospanov"),
        ("Dmitri Kudrin", "Demid Kudrin"),
        ("Хуан Шань", "Хуан Шан"),
        ("Фан Ли", "范丽"),
        ("Orlov Ivan", "Orlova Ivana"),
    ],
)
def test_two_names(a: str, b: str) -> None:
    one, other = person_form(a), person_form(b)
    assert one is not None
    assert other is not None
    assert not one.orders & other.orders


def test_initials_stand_for_any_spelling_of_a_name() -> None:
    one, other = person_form("J.-P. Bertillon"), person_form("Jean-Philippe Bertillon")
    assert one is not None
    assert other is not None
    assert one.shorts & other.shorts


def test_degrees_and_letters_before_a_name_are_no_initials() -> None:
    for name in ("к.м.н. Богдан Ярошевич", "H.E. Timur Kassenov", "г-н Тимур Касенов"):
        form = person_form(name)
        assert form is not None
        assert form.initials == ()


def test_monsieur_is_no_initial_and_an_initial_is_no_title() -> None:
    monsieur, initial = person_form("M. Vaugirard"), person_form("M. Paul Vaugirard")
    assert monsieur is not None
    assert initial is not None
    assert (monsieur.initials, initial.initials) == ((), ("m",))


@pytest.mark.parametrize(
    ("a", "b"), [("zagorodniuk", "zagorodnuk"), ("konstantin", "konstanin"), ("ivashin", "ivashin")]
)
def test_a_letter_may_slip_in_a_long_word(a: str, b: str) -> None:
    assert slip(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("marat", "murat"),
        ("alina", "alena"),
        ("ivan", "iwan"),
        ("damir", "danir"),
        ("konstantin", "konstanten"),
    ],
)
def test_another_vowel_or_a_short_word_is_no_slip(a: str, b: str) -> None:
    assert not slip(a, b)


def test_a_patronymic_has_a_stem() -> None:
    assert stem_of("tileuhanuli") == "tileuhan"
    assert stem_of("ildarovich") == "ildar"
    assert stem_of("petrov") == "petrov"


@pytest.mark.parametrize("name", ["", "...", "!"])
def test_a_name_without_letters_is_none(name: str) -> None:
    assert person_form(name) is None
