"""What a name is made of, and what it is worth alone."""

import pytest

from pipeline.resolve.features import beside_key, flag_of, is_telling, key_of
from pipeline.resolve.names import MAX_NAME, acronym_of, name_form


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Kazakhstan Innovation Capital JSC", "АО «Казахстан Инновейшн Капитал»"),
        ("Kazakhstan Innovation Capital", "哈萨克斯坦创新资本股份公司"),
        ("Steppe Life Science Fund", "Фонд наук о жизни «Степь»"),
        ("Steppe Life Science Fund", "草原生命科学基金"),
        ("Astana Genome Centre", "Астанинский геномный центр"),
        ("Astana Genome Center", "阿斯塔纳基因组中心"),
        ("Yunhe Gene Group Co., Ltd.", "云合基因集团股份有限公司"),
        ("National Centre for Cell Technologies", "Национальный центр клеточных технологий"),
        ("Otrar Bioplant LLP", "ТОО «Отрар Биоплант»"),
        ("Leeds Steel Sp. z o.o.", "Leeds Steel sp z o o"),
        ("Министерство здравоохранения Республики Казахстан", "Ministry of Health of Kazakhstan"),
        ("哈萨克斯坦卫生部", "Министерство здравоохранения Казахстана"),
        ("第四届中国—中亚论坛", "4th China – Central Asia Forum"),
    ],
)
def test_one_name_has_one_key_in_all_scripts_and_legal_forms(a: str, b: str) -> None:
    assert key_of(a, "organisation") == key_of(b, "organisation") != ""


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Yunhe Gene Group", "Yunhe Research"),
        ("City Hospital No. 3", "City Hospital No. 5"),
        ("Ministry of Health of Kazakhstan", "Ministry of Health of Russia"),
        ("Bioneva", "JPH Bioneva"),
        ("VIII Eurasian Congress", "VII Eurasian Congress"),
        ("Институт вирусологии", "Университет вирусологии"),
    ],
)
def test_other_names_have_other_keys(a: str, b: str) -> None:
    assert key_of(a, "organisation") != key_of(b, "organisation")


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("Shenzhen municipal government", ""), ("Chinese ministry of education", ""), ("Chinese plants", "role"),
        ("the partners", "role"), ("哈方", "role"), ("Both countries", "role"), ("бюджетная комиссия", "role"),
        ("Chinese producers", "role"), ("hospital networks", "role"), ("рабочая группа", "role"), ("the regulator", "role"),
        ("Министерство", "role"), ("a foreign owner", "role"), ("KIC", "acronym"), ("КИК", "acronym"), ("АО «КИК»", "acronym"),
        ("Ministry of Health", "generic"), ("Otrar", "short"), ("Yunhe Gene Group", ""), ("Steppe Life Science Fund", ""),
        ("Республиканская ветеринарная лаборатория", ""),
    ],
)  # fmt: skip
def test_what_a_name_of_an_organisation_is_worth_alone(name: str, flag: str) -> None:
    assert flag_of(name, "organisation") == flag


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("vaccines", "class"),
        ("medicines", "class"),
        ("该疫苗", "role"),
        ("Levocardan", "short"),
        ("FMD vaccine", ""),
    ],
)
def test_what_a_name_of_a_product_is_worth_alone(name: str, flag: str) -> None:
    assert flag_of(name, "thing") == flag


@pytest.mark.parametrize(("name", "flag"), [("Chinese officials", "role"), ("Interviewees", "role"), ("one engineer at Otrar", "role"),
                                            ("Садыкова", "short"), ("Yin Weiguo", "")])  # fmt: skip
def test_what_a_name_of_a_person_is_worth_alone(name: str, flag: str) -> None:
    assert flag_of(name, "person") == flag


@pytest.mark.parametrize(("a", "b"), [("KIC", "КИК"), ("НЦКТ", "NCCT"), ("N.C.C.T.", "NCCT")])
def test_acronyms_are_alike_in_all_scripts(a: str, b: str) -> None:
    assert acronym_of(a) == acronym_of(b) != ""


@pytest.mark.parametrize("name", ["Otrar", "Yunhe Gene Group", "K", "Kic", "云合", ""])
def test_what_is_no_acronym(name: str) -> None:
    assert acronym_of(name) == ""


@pytest.mark.parametrize("name", ["", " ", "!!!", "«»", "—", "()"])
@pytest.mark.parametrize("style", ["organisation", "thing", "person"])
def test_a_name_without_letters_has_no_key(name: str, style: str) -> None:
    assert key_of(name, style) == ""  # type: ignore[arg-type]


@pytest.mark.parametrize("style", ["organisation", "thing"])
def test_a_name_of_one_letter_or_of_ten_thousand_is_read(style: str) -> None:
    assert key_of("K", style) == "k"  # type: ignore[arg-type]
    long = key_of("Kaz " * 2500, style)  # type: ignore[arg-type]
    assert 0 < len(long) <= MAX_NAME


def test_one_letter_names_nobody() -> None:
    assert key_of("K", "person") == ""
    assert key_of("K. Petrov", "person") == "petrov k."


def test_initials_skip_what_says_nothing() -> None:
    form = name_form("Kazakhstan Innovation and Capital Fund")
    assert form is not None
    assert form.initials == "kikf"


def test_a_legal_form_tells_the_country_where_it_does() -> None:
    german, plain = name_form("Seltano GmbH"), name_form("Seltano LLC")
    assert german is not None
    assert plain is not None
    assert "DE" in german.form_countries
    assert not plain.form_countries


def test_one_bare_word_tells_little_to_another_document() -> None:
    assert not is_telling("polaris")
    assert is_telling("polaris ~pharma")


def test_what_many_share_does_not_tell_people_apart() -> None:
    assert beside_key("director") == ""
    assert beside_key("vice-minister of health") == beside_key("вице-министр здравоохранения") != ""
