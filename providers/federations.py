"""The registration of a federation: whose list is believed, which of its makelaars count, how far
they are trusted and how they are spoken with. What it says holds for each of them alike.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from directory.fields import Level, LocalizedText, Name
from directory.saml_metadata import sha256_fingerprint
from directory.services import RegisteredDocument, Service
from keys.certificates import chain_from_pem
from providers.saml.wire.metadata_keys import fingerprint
from providers.saml_settings import SpokenSaml

LONGEST_FEDERATION: Final = 37  # with two dashes and 24 signs it is the id of a makelaar
FederationId = Annotated[
    str, StringConstraints(pattern=rf"^[a-z0-9][a-z0-9-]{{1,{LONGEST_FEDERATION - 1}}}$")
]


class FederationSaml(SpokenSaml):
    """Where the list is, who signs it, and how its makelaars speak."""

    aggregate_url: str | None = Field(
        default=None,
        description=(
            "Where the federation publishes its signed list (EntitiesDescriptor). A worker follows "
            "it."
        ),
    )
    aggregate_file: str | None = Field(
        default=None,
        description=(
            "A file that holds the list, by its whole path on the machine of the worker. Beside "
            "`aggregate_url`: what is read while nothing could be fetched yet."
        ),
    )
    metadata_signing_certificate: str | None = Field(
        default=None,
        description=(
            "The certificate in PEM, or several, with whose key the federation signs the whole "
            "list. `metadata_signing_certificate_file` reads them from a file. Either this or "
            "`metadata_signing_fingerprints` is required."
        ),
    )
    metadata_signing_fingerprints: tuple[
        Annotated[str, AfterValidator(sha256_fingerprint)], ...
    ] = Field(
        default=(),
        description=(
            "SHA-256 fingerprints of such certificates, one of which stands in the signature."
        ),
    )

    @model_validator(mode="before")
    @classmethod
    def _speaks_saml2int(cls, document: Any) -> Any:
        if isinstance(document, dict) and not {"dialect", "preset"} & document.keys():
            return {**document, "dialect": "saml2int"}
        return document


class MemberRules(RegisteredDocument):
    """Which makelaars of the list count: those of whom everything holds that is written here."""

    registration_authorities: tuple[str, ...] = Field(
        default=(),
        description=(
            "Who may have registered it (registrationAuthority), such as `https://www.surfconext"
            ".nl/`. Left out: whoever."
        ),
    )
    entity_categories: tuple[str, ...] = Field(
        default=(),
        description="Entity categories, of which it has one at least. Left out: none is asked.",
    )
    allow: tuple[str, ...] = Field(
        default=(), description="The entityIDs that count, and no other. Left out: every one."
    )
    deny: tuple[str, ...] = Field(
        default=(), description="EntityIDs that do not count, whatever else is written."
    )


class Federation(RegisteredDocument):
    """Thousands of makelaars at once: every one in a list that a federation signs."""

    id: FederationId = Field(
        description=(
            "Names the federation, and with two dashes behind it each of its makelaars. At most 37 "
            "signs; never given to another one, nor to a makelaar."
        ),
    )
    name: Name = Field(description="What operators call it.")
    services: Literal["all"] | tuple[str, ...] = Field(
        description=(
            "At which services its makelaars may be chosen: `all`, or a list of UUIDs. Where a "
            "service lists its `makelaars`, the id of the federation must stand there too."
        ),
    )
    members: MemberRules = Field(
        default=MemberRules(), description="Which makelaars of the list count. Left out: all."
    )
    level_ceiling: Level = Field(
        description="The most that is believed of any of them, whatever they say."
    )
    levels: dict[str, Level] = Field(
        default_factory=dict,
        description="What their words for a level mean, as `levels` of a makelaar.",
    )
    local_factor_lifts: bool = Field(
        default=False,
        description="Whether a login at EH2 there may be lifted to EH2+ by a factor of Sluis.",
    )
    state: Literal["live", "paused"] = Field(
        default="live",
        description="`paused`: none of them can be chosen, and sessions that they made do no more.",
    )
    logout: Literal["when_offered", "never"] = Field(
        default="when_offered",
        description="Whether a user who logs out here logs out there as well, as of a makelaar.",
    )
    notice: LocalizedText | None = Field(
        default=None, description="What people read below the name of each of them."
    )
    help_url: str | None = Field(
        default=None, description="Where a page sends people when their makelaar must help."
    )
    saml: FederationSaml = Field(description="Where the list is, and how its makelaars speak.")

    @model_validator(mode="after")
    def _gives_a_level_of_a_scheme(self) -> Federation:
        if not self.level_ceiling.is_of_a_scheme:
            raise ValueError("a makelaar gives EH2 or higher")
        return self

    @property
    def key(self) -> str:
        return self.id

    @property
    def source(self) -> str:
        """A digest of where the list comes from: what was read elsewhere does not count."""
        parts = (self.saml.aggregate_url or "", self.saml.aggregate_file or "")
        hashed = (hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest() for part in parts)
        return hashlib.sha256(b"".join(hashed)).hexdigest()

    @property
    def origin(self) -> str:
        """The same with who may have signed it: where that changes, the list is looked at anew."""
        signers = "".join(sorted(self.signers))
        return hashlib.sha256(f"{self.source}{signers}".encode()).hexdigest()

    @property
    def signers(self) -> frozenset[str]:
        """The certificates that may sign the list, by SHA-256; none for PEM that cannot be read."""
        pem = self.saml.metadata_signing_certificate
        try:
            read = chain_from_pem(pem) if pem is not None else ()
        except ValueError:
            read = ()
        return frozenset(map(fingerprint, read)) | set(self.saml.metadata_signing_fingerprints)

    def is_for(self, service: Service) -> bool:
        """May its makelaars be chosen at this service, as far as the federation says?"""
        return self.services == "all" or service.uuid in self.services
