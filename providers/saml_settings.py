"""How a makelaar speaks SAML 2.0, as its record says."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from assurance.levels import AssuranceLevel
from directory.saml_metadata import MetadataSettings
from directory.services import RegisteredDocument
from providers.saml.dialects.dialect import SamlDialect
from providers.saml.dialects.table import dialect_named
from providers.saml.presets import filled_in

MAX_SKEW_SECONDS: Final = 180


class NameIdPolicy(RegisteredDocument):
    """Which name of the user is asked (Core §3.4.1.1). As it stands by itself nothing is asked."""

    format: str = Field(
        default="none",
        description=(
            "The kind of name: `persistent`, `emailAddress`, `unspecified`, or a whole URN or "
            "URL. `none`: no kind is asked."
        ),
    )
    allow_create: bool = Field(
        default=False,
        description=(
            "Whether the makelaar may make a name for a user whom it never named to us "
            "(AllowCreate). Products built on lasso give no persistent name without it."
        ),
    )


class SpokenSaml(RegisteredDocument):
    """How SAML 2.0 is spoken with a makelaar, or with every makelaar of a federation."""

    preset: (
        Literal[
            "entra",
            "adfs",
            "keycloak",
            "shibboleth",
            "simplesamlphp",
            "okta",
            "google",
            "pingfederate",
            "eherkenning",
            "digid",
            "eidas",
        ]
        | None
    ) = Field(
        default=None,
        description=(
            "The product or scheme of this makelaar. It fills in what is left out below; what is "
            "written holds. Left out: the defaults that stand at each field."
        ),
    )
    dialect: Literal["saml2int", "etd", "st-saml", "eidas"] | None = Field(
        default=None,
        description=(
            "Whose words this makelaar speaks: `etd` (eHerkenning), `st-saml` (DigiD and TVS), "
            "`eidas`, or `saml2int` for an ordinary one, which says no mandates. Words of another "
            "dialect are not believed. Left out: that of the preset; without one the names of eTD, "
            "in the clear."
        ),
    )
    our_entity_id: str | None = Field(
        default=None,
        max_length=1024,
        description=(
            "Under which name this makelaar knows us: in eTD `urn:etoegang:DV:<OIN>:entities:<n>`. "
            "Left out: the address of our metadata, which is our name everywhere else."
        ),
    )
    request_binding: Literal["redirect", "post"] = Field(
        default="redirect", description="How a request travels: in an address, or in a form."
    )
    response_binding: Literal["post", "artifact"] = Field(
        default="post",
        description=(
            "How the answer comes. `post`: in a form that the browser brings. `artifact`: the "
            "browser brings a reference, and Sluis fetches the answer at the "
            "ArtifactResolutionService in the metadata. An answer that comes otherwise is refused."
        ),
    )
    require_signed_artifact_response: bool = Field(
        default=True,
        description=(
            "With `response_binding: artifact`: whether the ArtifactResponse around the answer "
            "must be signed. Signed, it covers a Response inside that has no signature of its own."
        ),
    )
    tls_certificate_file: str | None = Field(
        default=None,
        description=(
            "A file in PEM with the certificate, and its chain, that Sluis shows to the makelaar "
            "when it calls him (mutual TLS). Read again when it changes. Left out: the current one "
            "of `sluis keys` for `saml_tls_client`, and none where there is none."
        ),
    )
    tls_key_file: str | None = Field(
        default=None,
        description=(
            "The file with the key of `tls_certificate_file`, in PEM and without a password. Left "
            "out: the key stands in the same file."
        ),
    )
    sign_requests: bool = Field(
        default=True, description="Whether requests are signed. Our metadata say that they are."
    )
    sends_key_name: bool = Field(
        default=False,
        description=(
            "Whether a signed message says which key of our metadata signed it (KeyName: the "
            "SHA-256 fingerprint of its certificate). Some products refuse messages that do."
        ),
    )
    encryption_key_shown: Literal["current", "next", "both"] = Field(
        default="current",
        description=(
            "Which of our keys for encryption this makelaar finds in our metadata at its own "
            "address while a next one waits. `current`: the next one once it is used; `next`: the "
            "next one alone, for who takes one key; `both`. Each of them can be opened here."
        ),
    )
    name_id_policy: NameIdPolicy = Field(
        default=NameIdPolicy(), description="Which name of the user is asked."
    )
    authn_context_comparison: Literal["minimum", "exact", "better", "none"] = Field(
        default="minimum",
        description=(
            "How levels are asked (RequestedAuthnContext). `minimum`: the class of the level, or "
            "a stronger one. `exact`: one of the classes of that level and of those above. "
            "`better`: stronger than the class of the level below. `none`: nothing is asked. "
            "Whatever is asked, the level of the answer is judged."
        ),
    )
    authn_context_classes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description=(
            "Level (`EH2`, `EH2+`, `EH3`, `EH4`) to the classes that are asked for it, as they "
            "are sent, in place of those that follow from `levels`."
        ),
    )
    authn_context_names: Literal["etd", "eidas", "digid"] = Field(
        default="etd",
        description="Whose classes are asked for a level that `levels` has no name for.",
    )
    force_authn: Literal["asked", "always"] = Field(
        default="asked",
        description=(
            "When the makelaar must let the user log in anew (ForceAuthn): where the login asks "
            "it, or at every login. An older login is then refused."
        ),
    )
    provider_name: str = Field(
        default="",
        max_length=256,
        description="Our name, for the makelaar to show (ProviderName). Empty: none is sent.",
    )
    extensions: Literal["service", "audience", "eidas", "none"] = Field(
        default="service",
        description=(
            "What the request carries beyond SAML itself. `service`: the UUID of the service, for "
            "makelaars that vouch for mandates. `audience`: our entity id as well, as ST-SAML has "
            "it; no index is sent then. `eidas`: that we are of the public sector, and the data "
            "of eIDAS. `none`: nothing."
        ),
    )
    acs: Literal["url", "index"] = Field(
        default="url",
        description=(
            "How a request says where the answer goes: by our address, or by its index in our "
            "metadata, which is 0 for answers by POST and 1 for those by artifact."
        ),
    )
    attribute_consuming_service_index: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None,
        description=(
            "Index that the makelaar knows our service by (AttributeConsumingServiceIndex), where "
            "the service itself has none. Left out: none is sent."
        ),
    )
    require_signed: Literal["both", "assertion", "response"] = Field(
        default="both",
        description=(
            "What must carry a signature of the makelaar. One that nobody asked for must be right "
            "as well."
        ),
    )
    require_encrypted_assertion: bool = Field(
        default=False, description="Whether an assertion that is not encrypted is refused."
    )
    allow_cbc: bool = Field(
        default=False,
        description=(
            "Whether AES-CBC is opened below a response whose signature was verified, and in the "
            "identifiers of an assertion whose signature was."
        ),
    )
    allow_cbc_signed_inside: bool = Field(
        default=False,
        description=(
            "Whether AES-CBC is opened as well where only the assertion inside is signed, as "
            "Entra ID and AD FS send it. AES-GCM, where the makelaar can, is better."
        ),
    )
    subject: Literal["nameid", "attribute", "acting"] = Field(
        default="nameid",
        description=(
            "By what a user is known: the NameID, an attribute, or `acting`: the acting subject "
            "of the dialect, and a lasting NameID only where there is none."
        ),
    )
    subject_attribute: str | None = Field(
        default=None, description="With `subject: attribute`: its Name. Its value must last."
    )
    level_attribute: str | None = Field(
        default=None,
        description=(
            "Name of an attribute that says how somebody logged in, beside the "
            "AuthnContextClassRef: of Entra ID and AD FS "
            "`http://schemas.microsoft.com/claims/authnmethodsreferences`. Of its values those "
            "count that stand in `levels`, the highest of them; the others lift nothing. Left out: "
            "the class alone counts."
        ),
    )
    allow_clear_identifiers: bool = Field(
        default=False,
        description=(
            "Whether a dialect that encrypts identifiers may send them in the clear: for a test "
            "environment only."
        ),
    )
    max_validity_seconds: int = Field(
        default=3600, description="The longest time that an assertion may be valid. A day at most."
    )
    skew_seconds: Annotated[int, Field(ge=0, le=MAX_SKEW_SECONDS)] = Field(
        default=60, description="How far the clock of the makelaar may be from ours, in seconds."
    )

    @model_validator(mode="before")
    @classmethod
    def _preset_fills_in(cls, document: Any) -> Any:
        return filled_in(document) if isinstance(document, dict) else document

    @property
    def speaks(self) -> SamlDialect:
        """The table of its dialect."""
        return dialect_named(self.dialect)

    @field_validator("authn_context_classes")
    @classmethod
    def _of_levels(cls, classes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for label in classes:
            AssuranceLevel.from_label(label)
        return classes


class SamlSettings(SpokenSaml, MetadataSettings):
    """A makelaar that speaks SAML 2.0, with where its metadata come from."""

    entity_id: str = Field(
        description=(
            "The makelaar's entityID, sign by sign as its metadata have it. Where the metadata "
            "list several entities it says which one is meant."
        )
    )
    scopes: tuple[str, ...] | None = Field(
        default=None,
        description=(
            "With `subject: attribute` and an attribute of which each value ends in the domain "
            "that gave it (`subject-id`, `pairwise-id`, eduPersonPrincipalName, "
            "eduPersonUniqueId): the domains that this makelaar may speak of. A value of another "
            "domain is refused. Left out: every domain; members of a federation have those of "
            "their metadata (shibmd:Scope)."
        ),
    )
