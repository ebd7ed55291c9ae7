"""Portals that speak SAML 2.0, as registered documents."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from directory.saml_metadata import MetadataSettings
from directory.services import RelyingParty, Uuid


class SamlPortalSettings(MetadataSettings):
    """How a portal speaks SAML 2.0, with where its metadata come from."""

    metadata: str | None = Field(
        default=None,
        description=(
            "The metadata of the portal, as its product exports them; answers go to the addresses "
            "in them and nowhere else. In a file: `metadata_file`, the name of the XML file. "
            "Beside an address: what holds until something newer was fetched."
        ),
    )
    entity_id: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = Field(
        default=None,
        description=(
            "The entityID under which the portal asks. Left out: its `client_id`. Compared sign "
            "by sign."
        ),
    )
    name_id: Literal["persistent", "transient"] = Field(
        default="persistent",
        description=(
            "What the NameID is where a request leaves that open. `persistent`: a pseudonym that "
            "lasts, another one in each sector. `transient`: another one at each login; then a "
            "request for a persistent one is refused."
        ),
    )
    require_signed_requests: bool = Field(
        default=False,
        description=(
            "Refuse requests without a signature. Metadata with `AuthnRequestsSigned` ask the same."
        ),
    )
    encrypt_assertion: Literal["never", "when_possible", "always"] = Field(
        default="never",
        description=(
            "Encrypt assertions with the encryption key in the metadata of the portal. "
            "`when_possible`: where there is one that is valid; `always`: without one nobody logs "
            "in."
        ),
    )
    dialect: Literal["ordinary", "etd"] = Field(
        default="ordinary",
        description=(
            "In which words the answer says who acts and for whom. `etd`: as a makelaar of "
            "eHerkenning says it to a dienstverlener (DV–HM 1.13), with identifiers encrypted one "
            "by one for the encryption key in the metadata; then `name_id` is transient and `acr` "
            "etd where nothing else is written."
        ),
    )
    identifier_encryption: Literal["aes256-gcm", "aes256-cbc"] = Field(
        default="aes256-gcm",
        description=(
            "With `dialect: etd`: how identifiers are encrypted. `aes256-cbc`, which the scheme "
            "prescribes, only for a portal that reads nothing else: it authenticates nothing by "
            "itself, and the portal must check our signature first."
        ),
    )
    exact_is_minimum: bool = Field(
        default=False,
        description=(
            "Read `exact` in a RequestedAuthnContext as `minimum`, for a product that sends it "
            "unasked: with it a login at a service of a higher level is refused."
        ),
    )
    ignore_name_id_format: bool = Field(
        default=False,
        description=(
            "Read a NameIDPolicy that asks another Format, such as emailAddress, as one that "
            "leaves it open, for a product that sends it unasked. The NameID is what `name_id` "
            "says; an e-mail address is released with the claim `email`."
        ),
    )
    idp_initiated: bool = Field(
        default=False,
        description=(
            "Logins may begin here, at `/saml/idp/start/` and the client_id, and end with a "
            "Response that nobody asked for. The portal then cannot tell whether its user began "
            "the login: leave it off where the portal can ask itself."
        ),
    )
    sends_key_name: bool = Field(
        default=False,
        description=(
            "Whether answers say which key of our metadata signed them (KeyName: the SHA-256 "
            "fingerprint of its certificate). Some products refuse answers that do."
        ),
    )
    services_by_index: dict[Annotated[int, Field(ge=0, le=65535)], Uuid] = Field(
        default_factory=dict,
        description=(
            "AttributeConsumingServiceIndex → ServiceUUID. Left out: the services that the "
            "metadata name by ServiceID or ServiceUUID at that index."
        ),
    )


class SamlServiceProvider(RelyingParty):
    """A portal that speaks SAML 2.0."""

    protocol: ClassVar[str] = "saml"

    @model_validator(mode="before")
    @classmethod
    def _dialect_fills_in(cls, document: Any) -> Any:
        section = document.get("saml") if isinstance(document, dict) else None
        if not isinstance(section, dict) or section.get("dialect") != "etd":
            return document
        return {"acr": "etd", **document, "saml": {"name_id": "transient", **section}}

    saml: SamlPortalSettings = Field(description="How the portal speaks SAML 2.0.")
    acr: Literal["eidas", "etd", "digid"] = Field(
        default="eidas", description="In which words AuthnContextClassRef says the level."
    )
    sector_identifier: str | None = Field(
        default=None,
        description=(
            "Which portals know a person by the same persistent NameID, and OpenID Connect clients "
            "by the same `sub`: a host name, or `client:` and the own client_id. Left out: this "
            "portal alone. Another value gives everybody another NameID."
        ),
    )

    @property
    def entity_id(self) -> str:
        """The entityID under which it asks."""
        return self.saml.entity_id or self.client_id
