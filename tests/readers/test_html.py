"""Web pages as sites make them: what the finder of main texts would lose, glue or invent."""

from __future__ import annotations

import pytest
from lxml.etree import XMLParser
from lxml.html import fromstring

from pipeline.errors import DocumentError
from pipeline.readers import FORMATS
from pipeline.readers.decode import Parsed, stated_date
from pipeline.readers.web.html import read_page
from pipeline.readers.web.kept import restore_headings
from tests.readers import makers

WORDS = (
    "The ministry published its procurement plan and described at length how it will pay for it."
)


def read(extra: str, style: str = "", charset: str = "utf-8") -> Parsed:
    return FORMATS[".html"].read(
        makers.page("A report on vaccines", [WORDS] * 4, extra=extra, style=style, charset=charset)
    )


@pytest.mark.parametrize(
    ("extra", "shown"),
    [
        ("<p>It spent 2 billion<sup>6</sup> in 2023<sup>1,2</sup>.</p>", "It spent 2 billion⁶ in 2023¹,²."),
        ('<p>It cost 5 million.<sup><a href="#n3">[3]</a></sup></p>', "It cost 5 million.[³]"),
        ("<p>A load of 10<sup>-6</sup> on the 5<sup>th</sup> day.</p>", "A load of 10⁻⁶ on the 5th day."),
        ('<p>Signed on <time datetime="2024-01-02">2 January 2024</time> in Astana.</p>', "Signed on 2 January 2024 in Astana."),
        ("<p>A budget of <del>100</del><ins>120</ins> million.</p>", "A budget of 120 million."),
        ("<p>Made of <s>9</s> 8 parts.</p>", "Made of 8 parts."),
        ("<p>In <span>2023</span><span>45</span> million came.</p>", "In 2023 45 million came."),
        ('<p><span class="a">Doses</span><span class="b">45</span> million</p>', "Doses 45 million"),
        ("<p>It cost $<b>2</b>,<b>500</b> and word<b>s</b>.</p>", "It cost $2,500 and words."),
        ('<figure><img src="x.png"><figcaption>Figure 1. Coverage rose to 93%.</figcaption></figure>', "Figure 1. Coverage rose to 93%."),
        (
            '<table><tr class="header"><th>Vaccine</th><th>Cost</th></tr><tr><td>BCG</td><td>45.2</td></tr></table>',
            "| Vaccine | Cost |\n| BCG | 45.2 |",
        ),
    ],
)  # fmt: skip
def test_what_stands_on_the_page_is_read(extra: str, shown: str) -> None:
    assert shown in read(extra).text.split("\n\n")


def test_notes_of_a_page_are_read_with_their_marks() -> None:
    mark = '<a href="#fn1" class="footnote-ref" id="fnref1" role="doc-noteref"><sup>1</sup></a>'
    back = '<a href="#fnref1" class="footnote-back" role="doc-backlink">↩︎</a>'
    notes = f'<section id="footnotes" class="footnotes" role="doc-endnotes"><hr/><ol><li id="fn1"><p>At 454.56 tenge.{back}</p></li></ol></section>'
    more = "".join(f"<p>{WORDS} {number}</p>" for number in range(9))
    page = f"<html><body><h1>Report</h1><p>{WORDS} It spent 2.4 billion{mark} in 2023.</p>{more}{notes}</body></html>"
    paragraphs = FORMATS[".html"].read(page.encode()).text.split("\n\n")
    assert f"{WORDS} It spent 2.4 billion¹ in 2023." in paragraphs
    assert paragraphs[-1] == "1. At 454.56 tenge."


def test_numbered_lists_show_their_numbers() -> None:
    parsed = read(
        '<ol start="3"><li>Buy</li><li><p>Store it</p></li></ol><ol type="a"><li>One</li></ol><ul><li>Bullet</li></ul>'
    )
    assert parsed.text.endswith("3. Buy\n\n4. Store it\n\na. One\n- Bullet")


def test_tables_that_follow_each_other_are_two() -> None:
    one, two = (
        f"<table><tr><td>{n}</td><td>x</td></tr><tr><td>{n + 1}</td><td>y</td></tr></table>"
        for n in (1, 5)
    )
    parsed = read(one + two)
    assert "| 1 | x |\n| 2 | y |\n\n| 5 | x |\n| 6 | y |" in parsed.text
    assert {parsed.text[r.start : r.end]: r.place for r in parsed.regions}[
        "6"
    ] == "table 2, row 2, cell 1"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (
            "<div>Signed on 12 March 2024.<div><br></div><div>We expect doses in 2025.</div></div>",
            "Signed on 12 March 2024.",
        ),
        (
            "<p>Only one paragraph of text stands here, in a message.</p>",
            "Only one paragraph of text stands here, in a message.",
        ),
        (
            "<div>Signed in <b>2024</b>.<div>Doses come.</div><div>The ministry knows.</div></div>",
            "Doses come.\n\nThe ministry knows.",
        ),
        ("Bare text with <b>bold</b> words.", "Bare text with bold words."),
    ],
)
def test_fragments_of_pages_are_read_whole(page: str, text: str) -> None:
    assert text in FORMATS[".html"].read(page.encode()).text


def test_pages_may_leave_out_tags_that_go_without_saying() -> None:
    page = "<!doctype html><title>A title of it</title><p>" + f"{WORDS}<p>{WORDS} Again." * 4
    parsed = FORMATS[".html"].read(page.encode())
    assert parsed.title == "A title of it"
    assert parsed.text.count(WORDS) >= 2


def test_what_is_struck_out_is_reported() -> None:
    parsed = read("<p>Made of <s>9</s> 8 parts and <del>at once</del> later.</p>")
    assert [w.message for w in parsed.warnings] == [
        "Text that is struck out was left out: 9; at once"
    ]


def test_two_line_breaks_part_paragraphs() -> None:
    parsed = read(f"<p>{WORDS} It costs 12.<br><br>{WORDS} It costs 13.<br>Same paragraph.</p>")
    paragraphs = parsed.text.split("\n\n")
    assert f"{WORDS} It costs 12." in paragraphs
    assert f"{WORDS} It costs 13. Same paragraph." in paragraphs


def test_a_table_that_lays_out_the_page_is_none() -> None:
    inner = (
        "<table><tr><td>Vaccine</td><td>Doses</td></tr><tr><td>BCG</td><td>120</td></tr></table>"
    )
    page = f"<html><body><table><tr><td><h2>An order</h2><p>{WORDS} One.</p>{inner}<p>{WORDS} Two.</p></td></tr></table></body></html>"
    parsed = FORMATS[".html"].read(page.encode())
    assert [p for p in parsed.text.split("\n\n") if p != "An order"] == [
        f"{WORDS} One.",
        "| Vaccine | Doses |\n| BCG | 120 |",
        f"{WORDS} Two.",
    ]


@pytest.mark.parametrize(
    ("style", "extra"),
    [
        (".tabs .tab{display:none}", '<div class="tabs"><p class="tab">NEVER</p></div>'),
        ("p.ghost{visibility:hidden}", '<p class="ghost">NEVER</p>'),
        ("div > .ghost{opacity:0}", '<div><p class="ghost">NEVER</p></div>'),
        ("#x{display:none}#x{color:red}", '<p id="x">NEVER</p>'),
        ("/* .a{} */ .a:hover{display:block} .a{display:none}", '<p class="a">NEVER</p>'),
        ("", '<p style="transform:scale(0)">NEVER</p>'),
        ("", '<p style="font-size:0.1em">NEVER</p>'),
        ("", '<p style="opacity:.01">NEVER</p>'),
        ("", '<font color="#ffffff">NEVER</font>'),
        (".a b{{{ }", '<p style="display:none">NEVER</p>'),
        (".ghost{opacity:0} p.ghost{display:block}", '<p class="ghost">NEVER</p>'),
        (".ghost{opacity:0}", '<p class="ghost" style="display:block">NEVER</p>'),
        (".a{display:none!important} p.a{display:block}", '<p class="a">NEVER</p>'),
    ],
)
def test_what_style_sheets_hide_is_left_out(style: str, extra: str) -> None:
    parsed = read(f"{extra}<p>{WORDS} 1</p>", style)
    assert "NEVER" not in parsed.text
    assert [w.code for w in parsed.warnings] == ["HIDDEN_TEXT"]


@pytest.mark.parametrize(
    ("style", "extra"),
    [
        (
            ".tab{display:none}.tab.active{display:block}",
            '<div class="tab active"><p>Seen 45 million</p></div>',
        ),
        (".a{display:none}.a{display:block}", '<p class="a">Seen 45 million</p>'),
        ("@media print{.a{display:none}}", '<p class="a">Seen 45 million</p>'),
        (".a{display:none}", '<p class="a" style="display:block">Seen 45 million</p>'),
        (".b{display:none}", '<p class="a">Seen 45 million</p>'),
        ("@supports not (display:grid){.a{display:none}}", '<p class="a">Seen 45 million</p>'),
        ("", '<style media="print">.a{display:none}</style><p class="a">Seen 45 million</p>'),
        (
            "",
            '<noscript><style>.a{display:none}</style></noscript><p class="a">Seen 45 million</p>',
        ),
        ("", '<div style="font-size:0px"><div style="font-size:14px">Seen 45 million</div></div>'),
        (
            "",
            '<p style="color:#fff;background-image:linear-gradient(#000,#333)">Seen 45 million</p>',
        ),
    ],
)
def test_what_style_sheets_show_is_read(style: str, extra: str) -> None:
    parsed = read(extra, style)
    assert "Seen 45 million" in parsed.text
    assert not parsed.warnings


@pytest.mark.parametrize(
    ("extra", "date"),
    [
        ("<p>© 2019 The agency</p>", None),
        ("<p>In 2021 spending was 5 million.</p>", None),
        (f"<p>{WORDS} It enters into force on 1 June 2024.</p>", None),
        ('<p class="date">12 March 2024</p>', "2024-03-12"),
        ("<p>2024 жылғы 12 наурыз</p>", "2024-03-12"),
    ],
)
def test_no_date_is_invented(extra: str, date: str | None) -> None:
    page = makers.page("A report on vaccines", [WORDS] * 3).decode()
    assert FORMATS[".html"].read(page.replace("</h1>", f"</h1>{extra}").encode()).date == date


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("Astana, 17 December 2024\nWords.", "2024-12-17"),
        ("АКТОБЕ, 14 мая 2025 года. Компания открыла склад.", "2025-05-14"),
        ("Order of the Minister of Health of 7 July 2020 No. 45", "2020-07-07"),
        ("Under the Code of the Republic of 7 July 2020 the ministry buys vaccines.", None),
        ("It will be financed from the state budget until 31 December 2030.", None),
        ("March 2022\n\nWords on 3 May 2021, which came.", "2022-03"),
    ],
)
def test_the_date_of_a_document_stands_apart(head: str, date: str | None) -> None:
    assert stated_date(head) == date


MENU = "".join(f"<li><a href='/{n}'>Entry number {n} of the menu</a></li>" for n in range(80))


def told(page: str, *, whole: bool = False) -> Parsed:
    return read_page(f"<html><body>{page}</body></html>", "utf-8", whole=whole)


def test_headings_straight_in_the_body_stay_above_their_text() -> None:
    sections = "".join(
        f"<h2>Part {n}</h2><h3>Of {n}</h3>" + "".join(f"<p>{WORDS} {n} {k}</p>" for k in range(4))
        for n in (1, 2)
    )
    parsed = told(f"<h1>A report</h1>{sections}")
    shown = [line for line in parsed.text.split("\n\n") if not line.startswith(WORDS)]
    assert shown == ["A report", "Part 1", "Of 1", "Part 2", "Of 2"]
    assert parsed.text.index("Of 1") < parsed.text.index(f"{WORDS} 1 0")
    assert [parsed.text[h.start : h.end] for h in parsed.headings if h.level == 3] == [
        "Of 1",
        "Of 2",
    ]


def test_headings_of_menus_and_of_what_was_left_out_stay_out() -> None:
    main = "".join(f"<p>{WORDS} {k}</p>" for k in range(6))
    aside = f"<aside><h2>Also of interest</h2><p>{WORDS} elsewhere</p></aside>"
    menu = f"<nav><h2>Sections</h2><ul>{MENU}</ul></nav><h2><a href='/'>All our news</a></h2>"
    text = told(f"{menu}<article><h1>A report</h1>{main}</article>{aside}").text
    assert text.startswith("A report\n\n")
    assert not {"Sections", "All our news", "Also of interest"} & set(text.split("\n\n"))


def test_a_heading_comes_back_only_above_the_text_it_stood_over() -> None:
    body = fromstring(
        "<body><h2><a href='/'>All our news</a></h2><p>Zero</p><div role='navigation'><h2>Sections</h2></div>"
        "<p>One</p><h2>Terms</h2><h3>Of payment</h3><p>Two</p><h2>Also of interest</h2><p>Lost</p>"
        "<p>Three</p><h2>Kept</h2><ul><li>Four</li></ul></body>"
    )
    found = fromstring(
        "<body><p>Zero</p><p>One</p><p>Two</p><p>Three</p><head rend='h2'>Kept</head><list><item>Four</item></list></body>",
        parser=XMLParser(),
    )
    restore_headings(found, body)
    assert [node.text for node in found.iter("p", "head", "item")] == [
        "Zero", "One", "Terms", "Of payment", "Two", "Three", "Kept", "Four",
    ]  # fmt: skip
    assert [node.get("rend") for node in found.iter("head")] == ["h2", "h3", "h2"]


def test_text_that_was_taken_for_no_part_of_the_page_is_told() -> None:
    main = "".join(f"<p>{WORDS} {k}</p>" for k in range(6))
    lost = "".join(f"<p>{WORDS} Beside {k}</p>" for k in range(6))
    article = f"<article><h1>A report</h1>{main}</article>"
    (warned,) = told(f"{article}<div class='sidebar'>{lost}</div>").warnings
    assert warned.code == "TEXT_LEFT_OUT"
    left, total = 6 * len(f"{WORDS} Beside 1"), 6 * len(f"{WORDS} 1") + len("A report")
    assert warned.message.startswith(f"{left} of the page's {left + total} characters")
    assert f"'{WORDS[:40]}" in warned.message
    # Menus, footers and a few words are what pages have beside their text.
    for beside in (
        f"<nav>{lost}</nav>",
        f"<footer>{lost}</footer>",
        f"<ul>{MENU}</ul>",
        "<p>Words</p>",
    ):
        assert not told(article + beside).warnings


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<div>Signed <b>12 March</b> in <i>Astana</i> today.</div>", "Signed 12 March in Astana today."),
        ("<div>One<div>Two <b>three</b></div>four</div>", "One\n\nTwo three\n\nfour"),
        ("<blockquote>One<p>Two</p>three</blockquote>", "One\n\nTwo\n\nthree"),
        ("<h2>Terms</h2>Words<table><tr><td>a</td><td>b</td></tr></table>", "Terms\n\nWords\n\n| a | b |"),
        ("<style>p{color:red}</style><script>let a = 1</script><p>Words</p><noscript>On!</noscript>", "Words"),
        ("<template>Not</template><p>Words</p><iframe>No</iframe>", "Words"),
    ],
)  # fmt: skip
def test_a_message_is_read_whole(page: str, text: str) -> None:
    assert told(page, whole=True).text == text


def test_a_message_keeps_its_headings() -> None:
    page = "".join(f"<h2>{n}. Agreements</h2><p>{WORDS} {n}</p>" for n in range(5))
    assert told(page, whole=True).text.count(". Agreements") == 5


@pytest.mark.parametrize(
    "page", ["<div><span>Seen</span></div>", "<td>Seen</td>", "<button>Seen</button>"]
)
def test_a_page_in_which_no_main_text_is_found_is_read_all_the_same(page: str) -> None:
    assert told(page).text == "Seen"


@pytest.mark.parametrize("page", ["", "<script>let a = 1</script>", "<img src='a.png'>"])
def test_a_page_without_text_is_told(page: str) -> None:
    with pytest.raises(DocumentError) as raised:
        told(page)
    assert raised.value.code == "NO_TEXT"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<div>one<div>&#1; two words", "one\n\ntwo words"),
        ("<br><br>&#1; two words", "two words"),
        ("<ol></ol>&#1 two words", "two words"),
        ("<ol><li>&#x1F;one</ol>", "1. one"),
        ("<p>a paragraph</p><h2>&#8;title</h2><p>and more</p>", "a paragraph\n\ntitle\n\nand more"),
        ("<p>&#xFFFE;&#xD800;&#65;&#x41;&#10;&#128512;</p>", "AA 😀"),
    ],
)
def test_a_reference_to_what_is_no_character_goes(page: str, text: str) -> None:
    assert read_page(page, "utf-8").text == text
