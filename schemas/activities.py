"""What is done: activities, events and the places they need."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.records import (
    Claim,
    ClaimIdentity,
    Country,
    Date,
    Gist,
    LiesIn,
    Limits,
    Mention,
    Name,
    Number,
    Part,
    Record,
    Unit,
    Words,
)

from .common import COUNTRY_RULE, DATE_RULE, Amount, OrganisationName, ProductName, Qualifier


class Activity(Record):
    """Something done or planned in the field: a study, trial, production, construction, training,
    supply, investment."""

    plural: ClassVar[str] = "activities"
    paired_by: ClassVar[tuple[str, ...]] = ("description", "actors", "place")
    about: ClassVar[str] = "“{description}”"

    kind: Literal[
        "research",
        "clinical_trial",
        "production",
        "construction",
        "training",
        "supply",
        "registration",
        "investment",
        "service",
        "other",
    ] = Field(description="What kind of work it is.")
    description: Annotated[Gist, Claim("The text tells of this, done or planned: “{value}”")] = (
        Field(description="What is done, in the words of the text.")
    )
    actors: list[
        Annotated[OrganisationName, Claim("{value} does this, or is to do it: “{description}”")]
    ] = Field(description="Who does it, as written.")
    partners: list[
        Annotated[
            OrganisationName,
            Claim(
                "{value} takes part in this, supports it or gains by it, without being the one who"
                " does it: “{description}”"
            ),
        ]
    ] = Field(description="With whom or with whose support, as written.")
    products: list[ProductName] = Field(description="Products concerned, as written.")
    technologies: list[Words] = Field(description="Technologies concerned, as written.")
    place: Words | None = Field(description="Where, as written.")
    countries: list[Annotated[Country, LiesIn(("place", "description"))]] = Field(
        description=f"The countries it is done in. {COUNTRY_RULE}"
    )
    period: Annotated[Date, Claim("The date of “{description}” is {value}")] | None = Field(
        description=f"When. {DATE_RULE}"
    )
    duration: Words | None = Field(description="How long it takes, as written: `nine months`.")
    quantity: (
        Annotated[Number, Unit("unit"), Claim("The quantity of “{description}” is {value} {unit?}")]
        | None
    ) = Field(description="How much, as a plain number: 5 million is 5000000.")
    qualifier: Annotated[Qualifier, Limits("quantity")] | None = Field(
        description="How the text limits the quantity; exact when it does not; null without one."
    )
    unit: Words | None = Field(description="What is counted, as written.")
    amounts: list[Amount] = Field(description="Sums of money that belong to it.")


class Participant(Part):
    """Somebody at an event."""

    name: Annotated[Name, Claim("{value} takes part in {record.name}")] = Field(
        description="Person or organisation, as written."
    )
    role: Words | None = Field(description="Role or office at the event, as written.")


class Event(Record):
    """A dated gathering: visit, forum, exhibition, opening, signing, panel, training."""

    plural: ClassVar[str] = "events"
    about: ClassVar[str] = "{name}"
    identity: ClassVar[ClaimIdentity | None] = ClaimIdentity(
        "event",
        types=("kind",),
        vague=("other",),
        dates=("start", "end"),
        parties=("hosts", "participants.name"),
        words=("name", "topics"),
        places=("country", "place"),
    )

    name: Name = Field(
        description="Its name or title as written; without one, the words that call it."
    )
    kind: Literal[
        "visit",
        "forum",
        "exhibition",
        "training",
        "opening",
        "signing",
        "panel",
        "negotiation",
        "other",
    ] = Field(description="What kind of gathering.")
    start: Annotated[Date, Claim("{name} took place, began or is to begin: {value}")] | None = (
        Field(description=f"First day. {DATE_RULE}")
    )
    end: Annotated[Date, Claim("{name} ended or is to end: {value}")] | None = Field(
        description=f"Last day, if it differs. {DATE_RULE}"
    )
    place: Words | None = Field(description="Where, as written.")
    country: Annotated[Country, LiesIn(("place", "name"))] | None = Field(
        description=f"Of that place. {COUNTRY_RULE}"
    )
    hosts: list[
        Annotated[OrganisationName, Claim("{value} hosts or organises {name}, or is to")]
    ] = Field(description="Who holds it, or receives the visitors, as written.")
    participants: list[Participant] = Field(description="Who takes part, as written.")
    topics: list[Words] = Field(description="What it is about, as written.")


class Facility(Record):
    """A plant, laboratory, centre, park or office as a place."""

    plural: ClassVar[str] = "facilities"

    name: Annotated[
        Name, Mention("facility", beside=("country", "operator", "place"), own=True)
    ] = Field(description="As written; without a name of its own, the words that call it.")
    kind: Literal[
        "plant", "laboratory", "centre", "park", "hospital", "office", "repository", "other"
    ] = Field(description="What kind of place.")
    operator: Annotated[OrganisationName, Claim("{value} runs {name}, or is to run it")] | None = (
        Field(description="Who runs it, as written.")
    )
    owner: Annotated[OrganisationName, Claim("{name} belongs to {value}, or is to")] | None = Field(
        description="Whose it is, as written, if the passage says that it belongs to them."
    )
    host: Annotated[OrganisationName, Claim("{name} is at the premises of {value}")] | None = Field(
        description="At whose premises it is, as written."
    )
    place: Words | None = Field(description="Town, region or address, as written.")
    country: Annotated[Country, LiesIn(("place", "name"))] | None = Field(
        description=f"Of that place. {COUNTRY_RULE}"
    )
    status: Annotated[
        Literal["planned", "under_construction", "opened", "operating", "closed", "unknown"],
        Claim(
            by={
                "planned": "{name} is only planned",
                "under_construction": "{name} is being built",
                "opened": "{name} has been opened",
                "operating": "{name} exists and is at work",
                "closed": "{name} has been closed",
            }
        ),
    ] = Field(description="At the document's date, by the text.")
