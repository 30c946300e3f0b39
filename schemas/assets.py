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
    Rank,
    Record,
    Unit,
    Words,
)

from .common import COUNTRY_RULE, DATE_RULE, Amount, OrganisationName, PersonName, Qualifier


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
    licensor: (
        Annotated[OrganisationName, Claim("{value} licenses {name} to others, or is to")] | None
    ) = Field(description="Who gives others the licence or technology to make it, as written.")
    registration_holder: (
        Annotated[OrganisationName, Claim("The registration of {name} is, or is to be, {value}’s")]
        | None
    ) = Field(description="In whose name it is registered, as written.")
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
    country: Country | None = Field(description=f"The country that set it. {COUNTRY_RULE}")
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
        parties=("subject",),
        words=("measure", "population"),
        places=("geography",),
        exact=("unit",),
    )

    subject: (
        Annotated[OrganisationName, Claim("The figure for “{measure}” is of {value}")] | None
    ) = Field(
        description=(
            "The organisation whose figure it is, as written; null when it is about a country,"
            " a market or a field."
        )
    )
    measure: Gist = Field(
        description="What is measured, in the words of the text, without the figure."
    )
    value: (
        Annotated[
            Number,
            Unit("unit"),
            Claim(
                "{measure}, {population?} {geography?} {change?}: the figure is {value} {unit?}"
                " ({qualifier})"
            ),
        ]
        | None
    ) = Field(
        description=(
            "A plain number: 70.2 for 70.2 %, 19600000000 for USD 19.6 billion. The lower end of a"
            " range; 10 and % for one in ten. An endnote mark glued to it is not part of it."
        )
    )
    value_high: Annotated[Number, Unit("unit")] | None = Field(
        description="The upper end of a range; else null."
    )
    unit: Words | None = Field(description="As written: %, doses, USD, companies, countries.")
    qualifier: Annotated[Qualifier, Limits("value")] = Field(
        description="exact when the text does not limit it; under for `fewer than one in ten`."
    )
    change: Literal["increase", "decrease"] | None = Field(
        description="If the figure is by how much it rose or fell: `fell by 12 %`; else null."
    )
    rank: Annotated[Rank, Claim("In “{measure}” the place in the order is {value}")] | None = Field(
        description="The place in an order, if the text gives one: 3 for `third largest`."
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
    source: Words | None = Field(
        description=(
            "The source the text cites for it, as written; where an endnote in the passage gives"
            " it, the title in that endnote."
        )
    )


class Instrument(Record):
    """A law, decree, order, directive, action plan, official list or official letter."""

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

    kind: Literal[
        "law", "decree", "order", "directive", "action_plan", "list", "letter", "other"
    ] = Field(description="What kind of paper.")
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
    joint_speakers: list[Annotated[PersonName, Claim("{value} says: “{claim}”")]] = Field(
        description="Others who say it together with the speaker, as written."
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
