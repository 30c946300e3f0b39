"""Field kinds and parts that several record types share."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.kinds.money import Money
from pipeline.records import Claim, Cued, Currency, Limits, Mention, Name, Number, Part

OrganisationName = Annotated[Name, Mention("organisation", "organisation")]
PersonName = Annotated[Name, Mention("person", "person")]
ProductName = Annotated[Name, Mention("product")]

OrganisationKind = Literal[
    "company",
    "university",
    "research_institute",
    "hospital",
    "government",
    "regulator",
    "fund",
    "foundation",
    "association",
    "consortium",
    "joint_venture",
    "intergovernmental",
    "facility",
    "other",
]

DATE_RULE = (
    "EDTF: 2024, 2024-07, 2024-07-18, 2021/2024, 2015/.. (since, began in), ../2010 (by, until),"
    " 2026~ (about); only as precise as the text; null when not stated."
)
COUNTRY_RULE = (
    "ISO 3166-1 alpha-2, stated or plain from an adjective, a name, or a town or region that lies"
    " in it; null when the passage gives no sign."
)

Qualifier = Literal["exact", "about", "over", "under", "up_to"]


class Amount(Part):
    """A sum of money, or a rate of one."""

    money: ClassVar[Money | None] = Money("value", "currency", "text")

    kind: Literal[
        "fund_size",
        "commitment",
        "investment",
        "upfront",
        "milestone",
        "royalty",
        "price",
        "grant",
        "loan",
        "revenue",
        "budget",
        "other",
    ] = Field(description="What the money is.")
    value: Number | None = Field(
        description=(
            "In plain units: USD 2 billion is 2000000000. Null when undisclosed. An endnote mark"
            " glued to the sum is not part of it."
        )
    )
    currency: Currency | None = Field(description="ISO 4217 code; null when the text names none.")
    payer: Annotated[OrganisationName, Claim("{value} gives “{text}”, or is to")] | None = Field(
        description="Who gives the money, as written; null when the passage does not say."
    )
    recipient: Annotated[OrganisationName, Claim("{value} gets “{text}”, or is to")] | None = Field(
        description="Who gets it, as written; null when the passage does not say."
    )
    text: Name = Field(
        description="The sum exactly as written, such as `USD 2 billion` or `4,2 млрд тенге`."
    )
    qualifier: Annotated[
        Literal["exact", "about", "over", "under", "up_to", "undisclosed"], Limits("value")
    ] = Field(description="How the text limits the figure; exact when it does not.")
    basis: Annotated[
        Literal["total", "share", "each", "ambiguous"],
        Limits("value"),
        Cued(share=("share",), each=("each",)),
        Claim(
            by={
                "total": "“{text}” is one whole sum, not merely a part of one",
                "share": "“{text}” is the part of one party, or a part of a larger sum",
                "each": "“{text}” is given or held by each of several parties",
                "ambiguous": "It is open whether “{text}” is the whole or the part of each party",
            }
        ),
    ] = Field(
        description=(
            "total for the whole; share for one party's part; each for a sum that every party"
            " gives; ambiguous when the words fit both the total and each party (such as `equally"
            " committed USD 2 billion`)."
        )
    )
    stage: Annotated[
        Literal["planned", "pledged", "committed", "received", "spent", "target"],
        Cued(
            planned=("planned",),
            pledged=("pledged",),
            received=("received", "spent"),
            spent=("spent",),
            target=("target",),
        ),
        Claim(
            by={
                "planned": "“{text}” is planned, expected, offered or asked for",
                "pledged": "“{text}” has been promised",
                "committed": "“{text}” has been committed, agreed or fixed as a price",
                "received": "“{text}” has been received, raised or earned",
                "spent": "“{text}” has been spent, paid or invested",
                "target": "“{text}” is a goal",
            }
        ),
    ] = Field(description="How far the money has got, by the text.")
