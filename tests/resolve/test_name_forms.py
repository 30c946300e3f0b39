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
    ("style", "a", "b"),
    [
        ("organisation", "Минздрав Казахстана", "Минсельхоз Казахстана"),
        # Family names and brands that are words, too.
        ("organisation", "Walden Pharma", "Forest Pharma"),
        ("organisation", "Berger Biolada", "Mountain Biolada"),
        ("organisation", "Соколов Фарма", "Сокол Фарма"),
        ("organisation", "Parker Pharma", "Park Pharma"),
        ("organisation", "Коваль Фарма", "Ковалев Фарма"),
        ("organisation", "Клиника Романова", "Мурманская клиника"),
        ("organisation", "Институт имени Ивановского", "Институт имени Иванова"),
        # Strengths and codes.
        ("thing", "Levotyro 50 mcg", "Levotyro 50 mg"),
        ("thing", "Heparin 5,000 IU", "Heparin 5 IU"),
        ("thing", "Ramipril 2.5 mg", "Ramipril 25 mg"),
        ("thing", "100,000 Genomes Project", "100 Genomes Project"),
        ("thing", "Kairos 5G", "Kairos 5000 mg"),
        ("thing", "H3N2 vaccine", "H2N3 vaccine"),
        ("person", "Hans Peter", "Peter Gans"),
        ("person", "Wang Lei", "Wang Lai"),
        ("person", "Anna Lui", "Anna Louis"),
    ],
)
def test_names_that_a_translator_may_take_for_one_are_not_one_name(
    style: str, a: str, b: str
) -> None:
    """Names with one key are one usage, which nothing asks about and nothing can part."""
    assert set(key_of(a, style).split()) != set(key_of(b, style).split())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("Shenzhen municipal government", ""), ("Chinese ministry of education", ""), ("Chinese plants", "role"),
        ("the partners", "role"), ("哈方", "role"), ("Both countries", "role"), ("бюджетная комиссия", "role"),
        ("заречная комиссия", "role"), ("Заречная комиссия", ""), ("hospitals of Almaty", "role"),
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


def form(name: str, style: str = "organisation"):
    found = name_form(name, style)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "concepts"),
    [
        ("Bundesklinik", {"federal", "clinic"}),
        ("Infektionsforschung", {"infectious", "research"}),
        ("стратегиясын дамыту", {"strategy", "development"}),
        ("Densaulyk Ortalyk", {"health", "centre"}),
        ("Mikrobiologii Tsentr", {"centre"}),
        ("thérapies rares", {"therapy", "rare"}),
        ("l'innovation", {"innovation"}),
    ],
)
def test_inflected_compound_and_romanised_words_are_known(name: str, concepts: set[str]) -> None:
    assert concepts <= form(name, "thing").concepts


@pytest.mark.parametrize(
    "brand", ["Bioneva", "Harbourlight", "Sinopharm", "Biocad", "Medcapital", "Северфарм"]
)
def test_a_brand_made_of_known_words_stays_a_head(brand: str) -> None:
    assert len(form(brand).heads) == 1


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("Программа 2024/26", ("2024", "2026")),
        ("Plan 2022–26", ("2022", "2026")),
        ("Second Roadmap", ("2",)),
        ("Roadmap No. 2", ("2",)),
        ("第二代测序仪", ("2",)),
        ("“十四五”医药工业发展规划", ("14",)),
        ("Clinique des Trois Sources", ("3",)),
        ("рамиприл 2,5 мг", ("2", "5")),
        ("Ramipril 2.5 mg", ("2", "5")),
        ("Glicorin 500 mg", ("500",)),
        ("Гепатомакс 1 млн МЕ", ("1000000",)),
        ("LungView v2", ("2",)),
        ("2030 ... 2030", ("2030",)),
    ],
)
def test_a_number_is_one_however_it_is_written(name: str, numbers: tuple[str, ...]) -> None:
    assert form(name, "thing").numbers == numbers


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        ("Institut für Virologie", {"de"}),
        ("Institute of Virology", {"en"}),
        ("Ұлттық орталық", {"kk"}),
        ("Институт вирусологии", {"ru"}),
        ("Институт", {"ru", "kk"}),
        ("Biolada", set()),
    ],
)
def test_the_language_of_a_name_is_told_by_its_words(name: str, languages: set[str]) -> None:
    assert form(name).languages == languages


def test_two_countries_open_a_chinese_name() -> None:
    assert form("中哈联合中心").countries == {"CN", "KZ"}
    assert form("哈中").countries != {"CN", "KZ"}  # too little is left to be a name


def test_a_translation_may_have_the_letters_of_an_acronym() -> None:
    assert "gkb" in form("City Clinical Hospital No. 4, Almaty").translated
    assert form("ГКБ № 4").inner == {"gkb"}
    assert form("CRL Almaty").inner == {"krl"}
    assert not form("ООО Медлайн").inner
    assert not form("лаборатория клеточной терапии ВФУ").inner


def test_how_a_telling_word_sounds_is_kept_beside_its_meaning() -> None:
    assert "dongfang" in form("东方制药").echoes
    assert "volga" in form("Volga Pharma").echoes
    assert not form("State Bank").echoes  # short, and of many
    assert form("National Bank").echoes == ("national",)  # which a slip may spoil
    assert not form("国家银行").echoes


def test_an_antibody_is_told_by_its_stem() -> None:
    assert form("Xilentimab", "thing").concepts == {"antibody"}
    assert form("Xilentimab", "thing").heads == ("ksilenti",)
    assert form("Xilentimab").heads == ("ksilentimab",)
