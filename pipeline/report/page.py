"""The report as one HTML file that asks nothing of any other, and its pictures as files.

The policy in its head allows only the style and scripts that stand in it, by their digests, and no
address at all (https://www.w3.org/TR/CSP3/#meta-csp).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.domain import decimal_text
from pipeline.errors import DossierError
from pipeline.plain import plain
from pipeline.report import pictures
from pipeline.report.cards import Quoted, cards_of, quoted
from pipeline.report.contents import Contents, Shown, contents_of
from pipeline.report.figures import load_figures
from pipeline.report.network import Network, network_of
from pipeline.store.query import Session
from pipeline.templates import templates_of

_STATIC = Path(__file__).parent / "static"
_CYTOSCAPE = "cytoscape-3.35.0.min.js"
# Cytoscape.js would write this element, which the policy forbids, if it were not there.
_CYTOSCAPE_STYLE = ".__________cytoscape_container { position: relative; }"
_MOST_LINKS = 5
_WIDE = 40  # characters of a cell that get a wide column
_REMEDY = "Name another file or folder."
EXTRA = "pip install 'dossier[report]'"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the file's size in bytes, and how many pictures are in it; `drawn` is
    whether the libraries that draw are installed."""

    size: int
    pictures: int
    drawn: bool


def write_report(session: Session, subject: Path, file: Path, folder: Path | None) -> Written:
    """Write the report of a database to `file`, and its pictures as SVG and PNG into `folder`.

    Raises DossierError for files that cannot be written, for pictures that are asked for where
    the libraries that draw are not installed, and for figures of `subject` that cannot be read.
    """
    drawn = pictures.available()
    if folder and not drawn:
        raise DossierError("Pictures need Altair and vl-convert", f"Install them: {EXTRA}.")
    contents = contents_of(session, load_figures(subject))
    networks = {
        shown.figure.name: found
        for shown in contents.figures
        if shown.figure.form == "network" and (found := network_of(shown.rows))
    }
    charts = dict(_charts(contents, networks)) if drawn else {}
    svgs = {name: pictures.svg_of(chart) for name, chart in charts.items()}
    text = _page(session, contents, networks, svgs)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f".{file.name}.new")
        aside.write_text(text, encoding="utf-8")
        aside.replace(file)
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            for name, chart in charts.items():
                (folder / f"{name}.svg").write_text(svgs[name], encoding="utf-8")
                (folder / f"{name}.png").write_bytes(pictures.png_of(chart))
    except OSError as error:
        raise DossierError(f"{error.filename}: {error.strerror}", _REMEDY) from error
    return Written(file.stat().st_size, len(charts), drawn)


def _charts(
    contents: Contents, networks: Mapping[str, Network]
) -> Iterator[tuple[str, pictures.Chart]]:
    """A drawing for each figure that has one, by its name."""
    for shown in contents.figures:
        name = shown.figure.name
        if name in networks:
            network = networks[name]
            yield name, pictures.ego(network.around(next(iter(network.centres))))
        elif (chart := pictures.picture(shown)) is not None:
            yield name, chart
    if (chart := pictures.strips(contents.strips)) is not None:
        yield "documents", chart


def _page(
    session: Session,
    contents: Contents,
    networks: Mapping[str, Network],
    svgs: Mapping[str, str],
) -> str:
    cards, entities = cards_of(session)
    sentences = quoted(session, _records(contents, (row for card in cards for row in card.quotes)))
    style = (_STATIC / "report.css").read_text(encoding="utf-8").strip()
    script = (_STATIC / "report.js").read_text(encoding="utf-8").strip()
    library = (_STATIC / _CYTOSCAPE).read_text(encoding="utf-8").strip() if networks else ""
    styles, scripts = [style, _CYTOSCAPE_STYLE], [library, script] if networks else [script]
    environment = templates_of("pipeline.report")
    environment.filters |= {"told": told, "spoken": _spoken}
    known_cards = {card.entity["entity_id"] for card in cards}
    return environment.get_template("report.html").render(
        contents=contents,
        cards=cards,
        entities=entities,
        sentences=_by_document(sentences),
        known=known_cards | {record.record_id for record in sentences},
        table=_table,
        pictures={name: _inline(name, svg) for name, svg in svgs.items()},
        networks={name: _for_script(network) for name, network in networks.items()},
        note=pictures.note,
        drawn=pictures.available(),
        extra=EXTRA,
        styles=styles,
        scripts=scripts,
        policy=_policy(styles, scripts),
    )


def _records(contents: Contents, quotes: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    """The records that the page leads to: of the figures and doubts first, then of the cards."""
    for shown in (*contents.figures, contents.doubts):
        for row in shown.rows:
            yield from (row.get("record_ids") or [])[:_MOST_LINKS]
    for row in quotes:
        yield row["record_id"]


def _by_document(sentences: Sequence[Quoted]) -> dict[str, list[Quoted]]:
    found: dict[str, list[Quoted]] = {}
    for record in sentences:
        found.setdefault(record.path, []).append(record)
    return found


def _table(shown: Shown) -> list[tuple[str, str]]:
    """The columns of a figure's table, each with its heading."""
    heads = {"id": "-", "record_ids": "-"} | dict(shown.figure.heads)
    named = [(column, heads.get(column, column.replace("_", " "))) for column in shown.columns]
    return [(column, head) for column, head in named if head != "-"]


def _for_script(network: Network) -> dict[str, Any]:
    return {
        "nodes": network.nodes,
        "edges": network.edges,
        "centres": network.centres,
        "colours": pictures.colours_of(network.parts),
    }


def _inline(name: str, svg: str) -> str:
    """An SVG beside others in one page: its own names are told apart from theirs."""
    text = re.sub(r'(\bid="|url\(#)', rf"\g<1>{name}-", svg)
    return re.sub(r'(<svg [^>]*?) width="[\d.]+" height="[\d.]+"', r"\1", text, count=1)


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    def digests(texts: Sequence[str]) -> str:
        found = (hashlib.sha256(text.encode("utf-8")).digest() for text in texts)
        return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found)

    return (
        f"default-src 'none'; style-src {digests(styles)}; script-src {digests(scripts)};"
        " base-uri 'none'; form-action 'none'"
    )


def told(value: Any) -> str:
    """A cell for people: items of a list one after the other, thousands apart, nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return "; ".join(filter(None, map(told, value)))
        case dict():
            held = ((name, told(item)) for name, item in value.items())
            return ", ".join(f"{name} {text}" for name, text in held if text)
        case int():
            return f"{value:,}"
        case Decimal() | float():
            text = decimal_text(Decimal(str(value)))
            whole, point, rest = text.partition(".")
            return f"{int(whole):,}{point}{rest}"
        case _:
            return plain(value)


def _spoken(name: str) -> str:
    """A name of the database in words."""
    return name.replace("_", " ")
