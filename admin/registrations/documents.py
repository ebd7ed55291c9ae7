"""Documents as models: those of organisations, people and mandates, which become rows. Those of
registrations are the models that a process runs on (``broker.configuration``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel
from directory.fields import Beginning, End, Level
from providers import received
from providers.accounts import canonical_email, canonical_user_name
from providers.saml.wire.metadata_facts import MetadataFacts


class DocumentsRefused(Exception):
    """The files hold mistakes; one line each, with the place."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(f"{len(lines)} mistakes")
        self.lines = lines


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _not_a_passkey(kind: FactorKind) -> FactorKind:
    if kind is FactorKind.PASSKEY:
        raise ValueError("a document gives no passkey")
    return kind


FROM: Final = (
    "From when it holds: a day, from its start in the Netherlands, or a moment with a zone."
)
UNTIL: Final = (
    "Until when it holds: a day, until its end in the Netherlands, or a moment with a zone."
)
Kvk = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
BranchNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
SubjectHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}\.[0-9a-f]{64}$")]
KeptFactor = Annotated[
    FactorKind,
    WithJsonSchema({"enum": ["totp", "sms", "otp_device", "recovery_codes"]}),
    AfterValidator(_not_a_passkey),
]
PersonId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,26}$")]


class EstablishmentDocument(Document):
    number: BranchNumber = Field(
        description="The establishment number (vestigingsnummer): twelve digits."
    )
    name: str = Field(description="What the branch is called.")
    address: str | None = Field(
        default=None, description="Where it is, for who chooses between branches."
    )


class OrganisationDocument(Document):
    kvk: Kvk = Field(description="The KvK number: eight digits.")
    rsin: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")] | None = Field(
        default=None, description="The RSIN: nine digits."
    )
    name: str = Field(description="What the organisation is called.")
    shares_administrators: bool = Field(
        default=True,
        description="Whether somebody who lacks a mandate reads who its administrators are.",
    )
    establishments: tuple[EstablishmentDocument, ...] = Field(
        default=(),
        description="Its branches. One that is left out later holds no mandates any more.",
    )

    @property
    def key(self) -> str:
        return self.kvk


def _as_received(subject: str) -> str:
    """As a login compares it, so that white space in a file makes nobody else; a qualifier stands
    before a unit separator.
    """
    parts = [received.subject(part, received.MAX_WORD) for part in subject.split("\x1f")]
    if len(parts) > 2 or None in parts:
        raise ValueError(
            "write what the makelaar calls the person, without signs that are not seen"
        )
    return "\x1f".join(part for part in parts if part)


class IdentityDocument(Document):
    """How a makelaar knows the person: by ``subject``, or by the ``subject_hash`` that export
    writes, which an installation with the same master key understands.
    """

    provider: str = Field(description="The makelaar, by id.")
    subject: Annotated[str, AfterValidator(_as_received)] | None = Field(
        default=None,
        description=(
            "What the makelaar calls the person: `sub`, or the NameID or attribute that its "
            "record names. A name with a NameQualifier stands behind that and the sign U+001F: in "
            'YAML `"urn:etoegang:1.13:EntityConcernedID:Pseudo\\x1F…"`.'
        ),
    )
    subject_hash: SubjectHash | None = Field(
        default=None, description="What export writes in place of subject, under this master key."
    )
    means_active_until: End | None = Field(
        default=None,
        description=(
            "Until when this identity must have been activated: a day, until its end in the "
            "Netherlands, or a moment with a zone. Left out: it is active."
        ),
    )

    @model_validator(mode="after")
    def _one_name(self) -> IdentityDocument:
        if (self.subject is None) is (self.subject_hash is None):
            raise ValueError("write subject, or the subject_hash of an export; not both")
        return self


class MembershipDocument(Document):
    kvk: Kvk = Field(description="The organisation that the person belongs to, by KvK number.")
    role: Literal["member", "administrator"] = Field(
        default="member", description="`administrator`: decides at `/beheer` who may act for it."
    )
    level: Level | None = Field(
        default=None,
        description=(
            "The level of the inlogmiddel with which the person works for this organisation. An "
            "administrator gives no mandate here above it, and at `/beheer` nobody gets one above "
            "it. Left out: as high as each login is."
        ),
    )


class AccountDocument(Document):
    """An account at Sluis itself. ``password_file`` holds the first password, which its user must
    replace unless ``temporary`` is false; later changes of the file change nothing.
    """

    user_name: Annotated[str, AfterValidator(canonical_user_name)] = Field(
        description="The name to log in with."
    )
    email: Annotated[str, AfterValidator(canonical_email)] | None = Field(
        default=None,
        description=(
            "An e-mail address that does as well to log in, and to which a new password is sent."
        ),
    )
    level: Literal["EMAIL", "EH2", "EH2+", "EH3"] = Field(
        default="EMAIL",
        description="What a login with this account is worth. `EMAIL`: less than EH2.",
    )
    password_file: Path | None = Field(
        default=None, description="The file with the first password."
    )
    temporary: bool = Field(
        default=True, description="Whether that password must be replaced at the first login."
    )
    ended: bool = Field(
        default=False,
        description=(
            "Whether the account does no more. It stays known, so that nobody gets its name."
        ),
    )

    @property
    def rank(self) -> AssuranceLevel:
        return AssuranceLevel.from_label(self.level)


class DeviceDocument(Document):
    """An OTP device with its seed in base32: 6 digits, 30 seconds, SHA-1."""

    serial: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")] = Field(
        description="The number on the device."
    )
    seed_file: Path = Field(description="The file with its seed in base32.")


class PersonDocument(Document):
    """A person with everything that documents give them: what a later document leaves out ends.
    ``keeps``: kinds of factors that a document gave before and that stay, without their secrets.
    """

    id: PersonId = Field(description="Names the person. It is never given to somebody else.")
    name: str = Field(description="The name as colleagues know it.")
    email: str | None = Field(default=None, description="Where messages go.")
    locale: Literal["nl", "en"] = Field(default="nl", description="The language of those messages.")
    blocked: bool = Field(
        default=False, description="Whether the person is kept out, everywhere and at once."
    )
    identities: tuple[IdentityDocument, ...] = Field(
        default=(), description="By what makelaars know the person."
    )
    organisations: tuple[MembershipDocument, ...] = Field(
        default=(), description="The organisations that the person belongs to."
    )
    totp_secret_file: Path | None = Field(
        default=None, description="The file with the key of an authenticator app, in base32."
    )
    account: AccountDocument | None = Field(default=None, description="An account at Sluis itself.")
    sms_number_file: Path | None = Field(
        default=None, description="The file with the number that codes are sent to by SMS."
    )
    otp_device: DeviceDocument | None = Field(
        default=None, description="A device that shows codes."
    )
    recovery_codes_file: Path | None = Field(
        default=None, description="The file with recovery codes, one a line."
    )
    keeps: tuple[KeptFactor, ...] = Field(
        default=(),
        description=(
            "Kinds of factors that a document gave before and that stay as they are, where their "
            "file is not named any more; export writes it, for it writes no secret."
        ),
    )

    @property
    def key(self) -> str:
        return self.id

    @model_validator(mode="after")
    def _administrators_have_means(self) -> PersonDocument:
        is_administrator = any(place.role == "administrator" for place in self.organisations)
        is_email = self.account is not None and not self.account.rank.has_two_factors
        if is_administrator and is_email and not self.identities:
            raise ValueError("an administrator needs a makelaar, or an account of EH2+ or higher")
        return self


class MandateDocument(Document):
    person: PersonId = Field(description="Who may act, by id.")
    organisation: Kvk = Field(description="On whose behalf, by KvK number.")
    service: str | None = Field(
        default=None, description="At which service, by UUID. Left out: at every one."
    )
    level: Level = Field(
        description=(
            "The level up to which it holds; a service that asks more is not reached with it."
        ),
    )
    branches: tuple[BranchNumber, ...] = Field(
        default=(),
        description=(
            "The establishment numbers that it holds for. Left out: for the whole organisation."
        ),
    )
    begins: Annotated[Beginning, Field(alias="from", description=FROM)]
    until: Annotated[End, Field(description=UNTIL)]
    revoked: bool = Field(default=False, description="Whether it was withdrawn.")

    @property
    def key(self) -> str:
        branches = "+".join(sorted(set(self.branches)))
        service = self.service or "every service"
        return f"{self.person} for {self.organisation} at {service} {branches}".strip()


class ChainMandateDocument(Document):
    organisation: Kvk = Field(description="Whom the intermediary may act for, by KvK number.")
    intermediary: Kvk = Field(description="The organisation that may act, by KvK number.")
    service: str = Field(description="At which service, by UUID.")
    level: Level = Field(description="The level up to which it holds.")
    begins: Annotated[Beginning, Field(alias="from", description=FROM)]
    until: Annotated[End, Field(description=UNTIL)]
    revoked: bool = Field(default=False, description="Whether it was withdrawn.")

    @property
    def key(self) -> str:
        return f"{self.organisation} through {self.intermediary} at {self.service}"


@dataclass(frozen=True)
class Entry:
    """One document. ``place`` is file and line for messages; ``folder`` is what relative paths
    mean. ``metadata``: those that will hold of a party that speaks SAML, with their ``facts``;
    ``is_fetched``: they come from its address just now.
    """

    kind: str
    model: Any
    place: str
    folder: Path
    metadata: str | None = None
    is_fetched: bool = False
    facts: MetadataFacts | None = None
