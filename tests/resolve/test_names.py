import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.resolve.names import is_acronym, is_generic, name_keys


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Saryarka Biopharm", "Сарыарка Биофарм", "organisation"),
        ("Bioneva JSC", "АО «Бионева»", "organisation"),
        ("Otrar Bioplant LLP", "ТОО «Отрар Биоплант»", "organisation"),
        ("云合基因集团股份有限公司", "云合基因集团", "organisation"),
        ("The Tengri Foundation", "TENGRI FOUNDATION", "organisation"),
        ("Andrei Ivashin", "Andrey Ivashin", "person"),
        ("Yin Weiguo", "殷卫国", "person"),
        ("Weiguo Yin", "殷卫国", "person"),
        ("Emil Gareev", "Эмиль Гареев", "person"),
        ("Marat Ospanov", "Марат Оспанов", "person"),
    ],
)
def test_the_same_name_in_other_clothes(one: str, other: str, kind: str) -> None:
    assert set(name_keys(one, kind)) & set(name_keys(other, kind))


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Yunhe Research", "Yunhe College", "organisation"),
        ("Yunhe Gene Group", "Yunhe Diagnostics", "organisation"),
        ("云合研究院", "云合学院", "organisation"),
        ("Marat Ospanov", "Murat Ospanov", "person"),
        ("Bioneva JSC", "JPH Bioneva", "organisation"),
        ("KG Pharma", "AG Pharma", "organisation"),
        ("Bayer", "Baer", "organisation"),
        ("Biotech Until 2020", "Biotech Until 2030", "programme"),
    ],
)
def test_look_alikes_stay_apart(one: str, other: str, kind: str) -> None:
    assert not set(name_keys(one, kind)) & set(name_keys(other, kind))


@pytest.mark.parametrize(
    ("name", "generic"),
    [
        ("Ministry of Health", True),
        ("Министерство здравоохранения", True),
        ("Холдинг", True),
        ("Orion", False),
        ("Ministry of Health of Kazakhstan", False),
    ],
)
def test_generic_names(name: str, generic: bool) -> None:
    assert is_generic(name, "organisation") is generic


def test_acronyms() -> None:
    assert is_acronym("KIC")
    assert is_acronym("НЦКТ")
    assert not is_acronym("Bioneva")


@given(st.text(max_size=40), st.sampled_from(["organisation", "person", "product", "programme"]))
def test_any_name_has_stable_keys(name: str, kind: str) -> None:
    assert name_keys(name, kind) == name_keys(name, kind)
    assert all(name_keys(name, kind))
