"""What there is to work with: products, programmes, measures, legal instruments, and what people
say of them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.records import (
    Claim,
    ClaimIdentity,
    Country,
    Cued,
    Date,
    Gist,
    Limits,
    Mention,
    Name,
    Number,
    Part,
    Record,
    Unit,
    Words,
)

from .common import DATE_RULE, Amount, OrganisationName, PersonName


class Product(Record):
    """A medicine, vaccine, therapy, diagnostic, ingredient or platform that the passage names."""

    plural: ClassVar[str] = "products"

    name: Annotated[Name, Mention("product", own=True)] = Field(description="As written.")
    kind: Literal[
        "vaccine",
        "drug",
        "cell_therapy",
        "diagnostic",
        "device",
        "ingredient",
        "platform",
        "service",
        "other",
    ] = Field(description="What kind of product.")
    active_ingredient: Name | None = Field(description="As written.")
    indication: Words | None = Field(description="What it is for, as written.")
    form: Words | None = Field(description="Dosage form or packaging, as written.")
    developers: list[Annotated[OrganisationName, Claim("{value} developed {name}")]] = Field(
        description="Who developed it, as written."
    )
    manufacturers: list[
        Annotated[OrganisationName, Claim("{value} makes {name}, or is to make it")]
    ] = Field(description="Who makes it, as written; planned makers too, then realis is planned.")
    status: Words | None = Field(
        description="Where it stands (registered, in trials, supplied ...), as written."
    )
    territories: list[Words] = Field(
        description="Where it is registered, sold or supplied, as written."
    )


class ProgrammeFact(Part):
    """One fact about a programme."""

    attribute: Literal["enacted", "target", "result", "budget", "scope"] = Field(
        description="What the fact is about."
    )
    value: Annotated[Gist, Claim("Of {record.name} the text says: “{value}”")] = Field(
        description="The fact in the words of the text."
    )
    due: Annotated[Date, Claim("The date of “{.value}” is {due}")] | None = Field(
        description=f"By when, or when. {DATE_RULE}"
    )


class Programme(Record):
    """A state programme, strategy, plan or initiative with a name."""

    plural: ClassVar[str] = "programmes"

    name: Annotated[Name, Mention("programme", beside=("country", "authority"), own=True)] = Field(
        description="As written."
    )
    country: Country | None = Field(
        description="ISO 3166-1 alpha-2 of the country that set it, if the text says."
    )
    authority: Annotated[OrganisationName, Claim("{value} set {name} or runs it")] | None = Field(
        description="Who set or runs it, as written."
    )
    period: Annotated[Date, Claim("{name} covers {value}")] | None = Field(
        description=f"The years it covers. {DATE_RULE}"
    )
    facts: list[ProgrammeFact] = Field(
        description="When it was enacted, its targets, results, budget and scope."
    )
    amounts: list[Amount] = Field(description="Sums of money that belong to it.")


class Indicator(Record):
    """A measured figure about a country, market or field. Money of one deal or one programme is an
    Amount there."""

    plural: ClassVar[str] = "indicators"
    identity: ClassVar[ClaimIdentity | None] = ClaimIdentity(
        "indicator",
        dates=("period",),
        figures=("value",),
        words=("measure", "population"),
        places=("geography",),
        exact=("unit",),
    )

    measure: Words = Field(
        description="What is measured, in the words of the text, without the figure."
    )
    value: (
        Annotated[
            Number,
            Unit("unit"),
            Claim(
                "{measure}, {population?} {geography?}: the figure is {value} {unit?} ({qualifier})"
            ),
        ]
        | None
    ) = Field(
        description=(
            "A plain number: 70.2 for 70.2 %, 19600000000 for USD 19.6 billion. The lower end of a"
            " range. An endnote mark glued to the figure is not part of it."
        )
    )
    value_high: Annotated[Number, Unit("unit")] | None = Field(
        description="The upper end of a range; else null."
    )
    unit: Words | None = Field(description="As written: %, doses, USD, companies, countries.")
    qualifier: Annotated[Literal["exact", "about", "over", "under", "up_to"], Limits("value")] = (
        Field(description="exact when the text does not limit it.")
    )
    geography: Words | None = Field(
        description="Country, region or market it is about, as written."
    )
    period: Annotated[Date, Claim("The figure for “{measure}” is of {value}")] | None = Field(
        description=f"The time it is about. {DATE_RULE}"
    )
    population: Words | None = Field(
        description=(
            "Of what, or counted how, as written: `by value`, `active pharmaceutical ingredients`."
        )
    )
    source: Words | None = Field(description="The source the text cites for it, as written.")


class Instrument(Record):
    """A law, decree, order, directive, action plan or official letter."""

    plural: ClassVar[str] = "instruments"
    identity: ClassVar[ClaimIdentity | None] = ClaimIdentity(
        "instrument",
        types=("kind",),
        vague=("other",),
        dates=("date",),
        parties=("issuer",),
        numbers=("number",),
        words=("title",),
    )

    kind: Literal["law", "decree", "order", "directive", "action_plan", "letter", "other"] = Field(
        description="What kind of paper."
    )
    issuer: (
        Annotated[OrganisationName, Claim("{value} issued or sent the {kind} {number?} {title?}")]
        | None
    ) = Field(description="Who issued or sent it, as written.")
    number: Name | None = Field(
        description="Its number exactly as written, such as `22-93-5.21`. It is never a date."
    )
    clause: Name | None = Field(description="The clause the text refers to, as written.")
    date: Annotated[Date, Claim("The {kind} {number?} {title?} is of {value}")] | None = Field(
        description=f"Its date. {DATE_RULE}"
    )
    title: Words | None = Field(description="Its title or what it is about, as written.")


class Statement(Record):
    """A claim that the text attributes to somebody: a quoted claim, opinion, forecast, plan or
    promotion."""

    plural: ClassVar[str] = "statements"
    paired_by: ClassVar[tuple[str, ...]] = ("claim", "speaker")

    speaker: Annotated[PersonName, Claim("{value} says: “{claim}”")] | None = Field(
        description="The person who says it, as written; null when only an organisation speaks."
    )
    organisation: Annotated[OrganisationName, Claim("{speaker} speaks for {value}")] | None = Field(
        description="For whom they speak, as written, if the passage says."
    )
    claim: Annotated[Gist, Claim("Somebody says: “{value}”")] = Field(
        description="What is claimed, in the words of the text."
    )
    modality: Annotated[
        Literal["quoted_claim", "opinion", "forecast", "plan", "promotional"],
        Cued(
            opinion=("opinion",),
            forecast=("forecast",),
            plan=("plan",),
            promotional=("promotional",),
        ),
    ] = Field(
        description="How it is said. A hope is not a plan; praise of one's own work is promotional."
    )
