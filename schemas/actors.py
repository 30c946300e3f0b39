"""Who: organisations, how they belong together, and people."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.records import Claim, Country, Cued, Date, Mention, Name, Record, Words

from .common import DATE_RULE, OrganisationKind, OrganisationName


class Organisation(Record):
    """An organisation the passage names: company, university, ministry, fund, hospital, plant with
    a name of its own."""

    plural: ClassVar[str] = "organisations"

    name: Annotated[Name, Mention("organisation", "organisation", within="country", own=True)] = (
        Field(description="The fullest name the passage gives, exactly as written there.")
    )
    kind: OrganisationKind = Field(
        description="What it is. A legal person that only runs a plant is a company."
    )
    country: Country | None = Field(
        description=(
            "ISO 3166-1 alpha-2 of the country that the document claims for it, even if you know"
            " better (`the French company X` gives FR), or makes plain by its seat, its government"
            " or whom it serves (`Moscow-based`, `a Kazakh state holding`); null when the passage"
            " gives no sign."
        )
    )
    legal_form: Name | None = Field(
        description="As written: JSC, LLP, Oy, АО, ТОО, 股份有限公司; null when not stated."
    )
    aliases: list[Annotated[Name, Mention("organisation", "organisation", same_as="name")]] = Field(
        description=(
            "Other names of the very same organisation that the passage or the abbreviation list"
            " gives: acronym, short or former name, other script, each as written. Never a parent,"
            " an affiliate or a generic word such as `the holding`."
        )
    )


class OrganisationRelation(Record):
    """How two organisations belong together by structure. A contract between two parties is an
    Agreement, not this."""

    plural: ClassVar[str] = "organisation_relations"
    paired_by: ClassVar[tuple[str, ...]] = ("subject", "relation", "object")
    about: ClassVar[str] = "{subject} {relation} {object}"

    subject: OrganisationName = Field(
        description="The organisation of which the relation is told, as written."
    )
    relation: Annotated[
        Literal[
            "subsidiary_of",
            "part_of",
            "affiliated_with",
            "founded_by",
            "owned_by",
            "managed_by",
            "funded_by",
            "member_of",
            "merged_into",
            "renamed_to",
            "hosted_at",
        ],
        Cued(
            subsidiary_of=("subsidiary",),
            part_of=("part",),
            affiliated_with=("affiliated",),
            founded_by=("founding",),
            owned_by=("owning",),
            managed_by=("managing",),
            funded_by=("funding",),
            member_of=("membership",),
            merged_into=("merging",),
            renamed_to=("renaming",),
            hosted_at=("hosting",),
        ),
        Claim(
            by={
                "subsidiary_of": "{subject} is, or is to be, a subsidiary of {object}",
                "part_of": "{subject} is, or is to be, a part of {object}",
                "affiliated_with": "{subject} is affiliated with {object}",
                "founded_by": "{subject} was, or is to be, founded by {object}",
                "owned_by": "{subject} is, or is to be, owned by {object}, wholly or in part",
                "managed_by": "{subject} is, or is to be, managed by {object}",
                "funded_by": "{subject} is, or is to be, funded by {object}",
                "member_of": "{subject} is, or is to be, a member of {object}",
                "merged_into": "{subject} was, or is to be, merged into {object}",
                "renamed_to": "{subject} was renamed to {object}",
                "hosted_at": "{subject} is, or is to be, at the premises of {object}",
            }
        ),
    ] = Field(description="Read as: subject, relation, object. Only what the text states.")
    object: Annotated[Name, Mention("organisation", "organisation", apart_from="subject")] = Field(
        description="The other organisation, as written."
    )
    since: (
        Annotated[Date, Claim("The relation of {subject} to {object} dates from {value}")] | None
    ) = Field(description=f"Since when. {DATE_RULE}")


class Person(Record):
    """A person the passage names, with the office in which they appear."""

    plural: ClassVar[str] = "people"

    name: Annotated[
        Name, Mention("person", "person", beside=("country", "organisation", "title"), own=True)
    ] = Field(description="The fullest name the passage gives, without office or degree.")
    title: Annotated[Words, Claim("{name} is or was {value}")] | None = Field(
        description="Office or position as written; null when not stated."
    )
    organisation: Annotated[OrganisationName, Claim("{name} acts for {value}")] | None = Field(
        description=(
            "The organisation they act for, as written; null when the passage does not say, even if"
            " it is likely."
        )
    )
    as_of: Date | None = Field(
        description=f"When they held the office, if the text dates it. {DATE_RULE}"
    )
    country: Country | None = Field(
        description="ISO 3166-1 alpha-2, only if the passage states it of the person."
    )
