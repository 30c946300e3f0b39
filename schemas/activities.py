"""What is done: activities, events and the places they need."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from pipeline.records import Country, Date, Gist, Name, Number, Part, Record, Words

from .common import DATE_RULE, Amount, OrganisationName, ProductName


class Activity(Record):
    """Something done or planned in the field: a study, trial, production, construction, training,
    supply, investment."""

    plural: ClassVar[str] = "activities"

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
    description: Gist = Field(description="What is done, in the words of the text.")
    actors: list[OrganisationName] = Field(description="Who does it, as written.")
    partners: list[OrganisationName] = Field(
        description="With whom or with whose support, as written."
    )
    products: list[ProductName] = Field(description="Products concerned, as written.")
    technologies: list[Words] = Field(description="Technologies concerned, as written.")
    place: Words | None = Field(description="Where, as written.")
    country: Country | None = Field(
        description="ISO 3166-1 alpha-2, if the text names the country."
    )
    period: Date | None = Field(description=f"When. {DATE_RULE}")
    quantity: Number | None = Field(
        description="How much, as a plain number: 5 million is 5000000."
    )
    unit: Words | None = Field(description="What is counted, as written.")
    amounts: list[Amount] = Field(description="Sums of money that belong to it.")


class Participant(Part):
    """Somebody at an event."""

    name: Name = Field(description="Person or organisation, as written.")
    role: Words | None = Field(description="Role or office at the event, as written.")


class Event(Record):
    """A dated gathering: visit, forum, exhibition, opening, signing, panel, training."""

    plural: ClassVar[str] = "events"

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
    start: Date | None = Field(description=f"First day. {DATE_RULE}")
    end: Date | None = Field(description=f"Last day, if it differs. {DATE_RULE}")
    place: Words | None = Field(description="Where, as written.")
    country: Country | None = Field(
        description="ISO 3166-1 alpha-2, if the text names the country."
    )
    participants: list[Participant] = Field(description="Who takes part, as written.")
    topics: list[Words] = Field(description="What it is about, as written.")


class Facility(Record):
    """A plant, laboratory, centre, park or office as a place."""

    plural: ClassVar[str] = "facilities"

    name: Name = Field(description="As written; without a name of its own, the words that call it.")
    kind: Literal[
        "plant", "laboratory", "centre", "park", "hospital", "office", "repository", "other"
    ] = Field(description="What kind of place.")
    operator: OrganisationName | None = Field(description="Who runs it, as written.")
    host: OrganisationName | None = Field(description="At whose premises it is, as written.")
    place: Words | None = Field(description="Town, region or address, as written.")
    country: Country | None = Field(
        description="ISO 3166-1 alpha-2, if the text names the country."
    )
    status: Literal["planned", "under_construction", "opened", "operating", "closed", "unknown"] = (
        Field(description="At the document's date, by the text.")
    )
