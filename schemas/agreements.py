"""What was agreed, or is meant to be: the centre of the subject."""

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
    LiesIn,
    Limits,
    Number,
    Part,
    Percent,
    Record,
    Unit,
    When,
    Words,
)

from .common import (
    COUNTRY_RULE,
    DATE_RULE,
    Amount,
    OrganisationKind,
    OrganisationName,
    ProductName,
    Qualifier,
)


class Party(Part):
    """Somebody who takes part in an agreement."""

    name: OrganisationName = Field(description="As written in the passage.")
    kind: OrganisationKind = Field(description="What kind of organisation it is.")
    role: Annotated[
        Literal[
            "party",
            "licensor",
            "licensee",
            "supplier",
            "buyer",
            "investor",
            "investee",
            "founder",
            "partner",
            "proposer",
            "addressee",
            "supervisor",
            "funder",
            "recipient",
            "supporter",
        ],
        Claim(
            by={
                "party": "{name} is, or is to be, a party to this: “{record.subject}”",
                "licensor": (
                    "{name} gives, or is to give, the licence or technology: “{record.subject}”"
                ),
                "licensee": (
                    "{name} takes, or is to take, the licence or technology: “{record.subject}”"
                ),
                "supplier": "{name} supplies or sells, or is to: “{record.subject}”",
                "buyer": "{name} buys or is supplied, or is to be: “{record.subject}”",
                "investor": "{name} puts money in or acquires, or is to: “{record.subject}”",
                "investee": "{name} gets the money or is acquired, or is to be: “{record.subject}”",
                "founder": "{name} is, or is to be, one of the founders: “{record.subject}”",
                "partner": (
                    "{name} takes part, or is to take part, as a partner: “{record.subject}”"
                ),
                "proposer": "{name} is the one who asks or proposes: “{record.subject}”",
                "addressee": "{name} is the one who is asked: “{record.subject}”",
                "supervisor": "{name} supervises, or is to: “{record.subject}”",
                "funder": "{name} gives or lends money for this, or is to: “{record.subject}”",
                "recipient": (
                    "{name} gets the money, goods or services, or is to: “{record.subject}”"
                ),
                "supporter": "{name} supports this, or is to: “{record.subject}”",
            }
        ),
    ] = Field(
        description=(
            "Its part in the deal, by what it gives or takes; `party` for whoever signs, joins or"
            " negotiates and has no part of its own below. licensor, licensee: of a licence or a"
            " technology. investor, investee: of money for a share. funder, recipient: of a grant,"
            " loan, gift or service. founder: of a company, venture or institution. proposer,"
            " addressee: only of what is asked for and not agreed. partner: named a partner without"
            " being a party."
        )
    )


class Stage(Part):
    """One stage of an agreement, such as a step of a technology transfer."""

    label: Words | None = Field(description="As written, such as `Stage 1`.")
    period: Annotated[Date, Claim("The date of “{description}” is {value}")] | None = Field(
        description=DATE_RULE
    )
    description: Annotated[Gist, Claim("The text tells of this step, done or planned: {value}")] = (
        Field(description="What is done, in the words of the text.")
    )
    quantity: (
        Annotated[Number, Unit("unit"), Claim("The quantity of “{description}” is {value} {unit?}")]
        | None
    ) = Field(description="A plain number: 23 million doses is 23000000.")
    qualifier: Annotated[Qualifier, Limits("quantity")] | None = Field(
        description="How the text limits the quantity; exact when it does not; null without one."
    )
    unit: Words | None = Field(description="What is counted, such as `doses`.")
    status: Annotated[
        Literal["planned", "ongoing", "completed", "unknown"],
        Claim(
            by={
                "planned": "This step is only planned: “{description}”",
                "ongoing": "This step is under way: “{description}”",
                "completed": "This step has been completed: “{description}”",
            }
        ),
    ] = Field(description="By the text, at its date.")


class Stake(Part):
    """A share that somebody holds in something."""

    holder: OrganisationName = Field(description="As written.")
    asset: OrganisationName = Field(
        description="What the share is in: the joint venture, fund or company, as written."
    )
    percent: (
        Annotated[Percent, Claim("{holder} holds, or is to hold, {value} % of {asset}")] | None
    ) = Field(description="50.1 for 50.1 %; null when not stated.")


class Agreement(Record):
    """A deal between named parties at whatever point it stands: asked for, drafted, expected,
    signed, in force, ended.

    A joint venture, a fund's founding, an acquisition, a consortium, a procurement request and a
    government declaration of joint work are agreements. A mere visit, event or conversation is not.
    """

    plural: ClassVar[str] = "agreements"
    identity: ClassVar[ClaimIdentity | None] = ClaimIdentity(
        "agreement",
        types=("form",),
        vague=("unspecified",),
        dates=("signed", "effective", "announced"),
        parties=("parties.name",),
        amounts=("amounts",),
        words=("title", "subject", "products"),
        places=("country", "place"),
    )

    title: Words | None = Field(
        description=(
            "What the passage calls the paper, where that says more than its form: `Partnership and"
            " Supply Agreement`, `agreement on the X Fund`; null for a bare `memorandum` or"
            " `contract`."
        )
    )
    form: Literal[
        "memorandum",
        "term_sheet",
        "fund_agreement",
        "definitive_agreement",
        "procurement_contract",
        "founding",
        "consortium",
        "transaction",
        "intergovernmental",
        "unspecified",
    ] = Field(
        description=(
            "founding: a joint venture, fund or institution is set up. transaction: shares change"
            " hands."
        )
    )
    components: list[
        Literal[
            "joint_research",
            "technology_transfer",
            "license",
            "supply",
            "procurement",
            "fill_finish",
            "local_manufacturing",
            "joint_venture",
            "fund_participation",
            "equity_investment",
            "acquisition",
            "merger",
            "education_training",
            "infrastructure",
            "joint_laboratory",
            "commercialisation",
            "clinical_development",
            "distribution",
            "regulatory",
        ]
    ] = Field(description="All that it covers by the text.")
    status: Annotated[
        Literal[
            "expected",
            "planned",
            "requested",
            "draft_submitted",
            "under_negotiation",
            "announced",
            "agreed",
            "signed",
            "established",
            "completed",
            "suspended",
            "terminated",
            "unknown",
        ],
        Cued(
            expected=("planned",),
            planned=("planned",),
            requested=("requested",),
            draft_submitted=("drafting",),
            under_negotiation=("negotiating",),
            announced=("announcing",),
            agreed=("agreeing",),
            signed=("signing",),
            established=("founding",),
            completed=("completing",),
            suspended=("suspending",),
            terminated=("ending",),
        ),
        Claim(
            by={
                "expected": "A deal is merely expected: “{subject}”",
                "planned": "A deal is merely planned: “{subject}”",
                "requested": "A deal has been asked for: “{subject}”",
                "draft_submitted": "A draft or proposal has been sent: “{subject}”",
                "under_negotiation": "A deal is being negotiated: “{subject}”",
                "announced": "A deal has been announced or declared: “{subject}”",
                "agreed": "A deal has been agreed: “{subject}”",
                "signed": "A deal has been signed: “{subject}”",
                "established": "This has been set up or founded: “{subject}”",
                "completed": "A deal has been carried out or closed: “{subject}”",
                "suspended": "A deal has been suspended: “{subject}”",
                "terminated": "A deal has ended, lapsed or been withdrawn: “{subject}”",
            }
        ),
    ] = Field(
        description=(
            "Where it stands at the document's date. Only a text that says so makes it signed,"
            " agreed or established; what is asked for is requested, what is sent as a draft"
            " draft_submitted."
        )
    )
    response: (
        Annotated[
            Literal["pending", "no_response", "accepted", "rejected"],
            Cued(
                pending=("undecided",),
                no_response=("no_reply",),
                accepted=("accepting",),
                rejected=("rejecting",),
            ),
            Claim(
                by={
                    "pending": "The side that was asked has yet to decide: “{subject}”",
                    "no_response": "The side that was asked has not answered: “{subject}”",
                    "accepted": "The side that was asked has accepted: “{subject}”",
                    "rejected": "The side that was asked has refused: “{subject}”",
                }
            ),
        ]
        | None
    ) = Field(
        description=(
            "The answer of the side that was asked, if the text tells of one or of its absence."
        )
    )
    subject: Annotated[Gist, Claim("A deal, or a step towards one, is about this: “{value}”")] = (
        Field(description="What it is about, in the words of the text.")
    )
    parties: list[Party] = Field(
        description="Everybody with a name who signs, is asked, or takes part by the text."
    )
    unnamed_parties: list[Words] = Field(
        description="Parties that the text mentions without naming them: `a Turkish bank`."
    )
    signed: Annotated[Date, When("signs"), Claim("It was signed: {value} (“{subject}”)")] | None = (
        Field(description=f"When it was signed. {DATE_RULE}")
    )
    announced: (
        Annotated[Date, When("announces"), Claim("It was announced: {value} (“{subject}”)")] | None
    ) = Field(description=f"When it was announced. {DATE_RULE}")
    effective: (
        Annotated[
            Date,
            When("takes_effect"),
            Claim("It takes effect or is set up: {value} (“{subject}”)"),
        ]
        | None
    ) = Field(description=f"When it takes effect or the thing is established. {DATE_RULE}")
    ends: (
        Annotated[Date, When("ends_at"), Claim("It ends or ended: {value} (“{subject}”)")] | None
    ) = Field(description=f"When it ends. {DATE_RULE}")
    place: Words | None = Field(description="Where it was signed or announced, as written.")
    country: Annotated[Country, LiesIn(("place",))] | None = Field(
        description=f"Of that place. {COUNTRY_RULE}"
    )
    products: list[ProductName] = Field(description="Products it is about, as written.")
    technologies: list[Words] = Field(description="Technologies or fields it is about, as written.")
    territories: list[Words] = Field(description="Markets or territories it covers, as written.")
    stages: list[Stage] = Field(description="Its stages, if the text names any.")
    amounts: list[Amount] = Field(description="Every sum of money that belongs to it.")
    stakes: list[Stake] = Field(description="Shares that its parties hold.")
    instruments: list[Words] = Field(
        description="Laws, orders, directives or letters behind it, with number, as written."
    )
    follows: Words | None = Field(
        description="An earlier agreement or step that it follows, as the text names it."
    )
