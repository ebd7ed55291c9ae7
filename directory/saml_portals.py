"""Portals that speak SAML 2.0, as registered documents."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from directory.services import RegisteredDocument, RelyingParty, Uuid


class SamlPortalSettings(RegisteredDocument):
    """How a portal speaks SAML 2.0. A file may name its metadata with ``metadata_file``."""

    metadata: str | None = Field(
        default=None,
        description=(
            "The metadata of the portal, as its product exports them; answers go to the addresses "
            "in them and nowhere else. In a file: `metadata_file`, the name of the XML file."
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
    exact_is_minimum: bool = Field(
        default=False,
        description=(
            "Read `exact` in a RequestedAuthnContext as `minimum`, for a product that sends it "
            "unasked: with it a login at a service of a higher level is refused."
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

    saml: SamlPortalSettings
    acr: Literal["eidas", "etd", "digid"] = Field(
        default="eidas",
        description="In which words AuthnContextClassRef says the level.",
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
