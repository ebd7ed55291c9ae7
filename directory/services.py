"""Services (diensten) and the portals that offer them, as registered documents.

A portal is a relying party; it has one or more services. Field names are what
``sluis apply`` reads.
"""

from __future__ import annotations

import enum
from abc import ABC
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from assurance.levels import AssuranceLevel
from directory.fields import Level, LocalizedText
from directory.web_origin import WebOrigin

Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Oin = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{20}$")]
Group = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,63}$")]
# Some tools print digests in capitals; they mean the same.
HexDigest = Annotated[str, AfterValidator(lambda text: text.strip().lower())]


class RegisteredDocument(BaseModel):
    """What a registration holds: nothing that is not known, and never changed once read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MandateRule(enum.StrEnum):
    """Does this service need to know on whose behalf?"""

    REQUIRED = "required"
    OPTIONAL = "optional"  # a person may also come for him- or herself
    NONE = "none"


class ConsentRule(enum.StrEnum):
    ASK = "ask"  # the user agrees, once for the same data
    INFORM = "inform"  # the law is the ground: shown once, not asked
    NONE = "none"  # no page; so a name or an e-mail address never leaves


class Service(RegisteredDocument):
    """A catalogue entry: what a mandate is given for and which level it asks."""

    uuid: Uuid
    service_id: Annotated[str, StringConstraints(max_length=120)]
    name: LocalizedText
    description: LocalizedText | None = None
    provider_name: LocalizedText
    provider_oin: Oin
    level: Level  # required of a login through a makelaar
    email_accounts: bool = False  # offered to e-mail accounts as well, whatever ``level`` says
    own_means: bool = False  # offered to means that Sluis itself issued, up to EH3
    mandate: MandateRule = MandateRule.REQUIRED
    chain_mandates: bool = False
    chain_level: Level = AssuranceLevel.EH3
    branch_restrictions: bool = True  # False: a mandate limited to branches is not usable here
    consent: ConsentRule = ConsentRule.ASK
    makelaars: tuple[str, ...] | None = None  # None: all that reach the level
    local_second_factor: bool = (
        True  # a factor of Sluis may lift the login where the makelaar's record allows
    )
    second_factors: (
        tuple[Literal["totp", "otp_device", "sms", "passkey", "recovery_codes"], ...] | None
    ) = None  # kinds of factors of Sluis that do here; None: all
    session_group: Group | None = None  # logins at this service may be built on by others
    accepts_sessions_of: tuple[Group, ...] = ()  # groups whose logins do here; none: log in anew
    second_factor_reuse_minutes: Annotated[int, Field(ge=0, le=480)] = 0  # 0: a fresh one each time
    attribute_consuming_service_index: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None,
        description=(
            "Under which index SAML makelaars of eTD and ST-SAML know this service: that of its "
            "AttributeConsumingService in the metadata that they have of us. Left out: requests "
            "name none."
        ),
    )
    catalogue_level: Level | None = Field(
        default=None,
        description=(
            "The level of this service in the dienstencatalogus of eTD. Makelaars of eTD and "
            "ST-SAML are never asked for more: they would refuse it. Left out: no limit."
        ),
    )
    privacy_url: str | None = None
    help_url: str | None = None
    help_phone: str | None = None

    @property
    def key(self) -> str:
        return self.uuid


class Profile(enum.StrEnum):
    STANDARD = "standard"


class ReleasedClaim(RegisteredDocument):
    """A claim that this client gets beyond ``sub``, ``acr`` and ``loa``, and why."""

    name: str
    purpose: LocalizedText


class RelyingParty(RegisteredDocument, ABC):
    """A portal, whatever protocol it speaks: what it offers and what it gets."""

    protocol: ClassVar[str]  # which of ``broker.downstream.DownstreamName`` it speaks

    client_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,200}$")]
    name: LocalizedText
    profile: Profile = Profile.STANDARD
    services: Annotated[tuple[Uuid, ...], Field(min_length=1)]
    default_service: Uuid | None = None
    claims: tuple[ReleasedClaim, ...] = ()
    home_url: str | None = None

    @property
    def key(self) -> str:
        return self.client_id

    @property
    def start_url(self) -> str | None:
        """Where somebody begins to log in at this portal, as far as it is known."""
        return self.home_url


class OidcClient(RelyingParty):
    """A portal that speaks OpenID Connect."""

    protocol: ClassVar[str] = "oidc"

    redirect_uris: Annotated[tuple[str, ...], Field(min_length=1)]
    application_type: Literal["web", "native"] = "web"
    token_endpoint_auth_method: Literal[
        "private_key_jwt", "client_secret_basic", "client_secret_post", "none"
    ] = "private_key_jwt"
    secret_sha256: tuple[HexDigest, ...] = Field(
        default=(),
        description=(
            "For `client_secret_basic` and `client_secret_post`: the SHA-256 in hex of a generated "
            "secret of at least 256 bits; two while the secret is being replaced."
        ),
    )
    jwks: dict[str, Any] | None = Field(
        default=None,
        description=(
            "For `private_key_jwt`: the public keys of the portal as a JWK set (RFC 7517), as its "
            "product exports them. Either this or `jwks_uri`."
        ),
    )
    jwks_uri: str | None = Field(
        default=None,
        description=(
            "For `private_key_jwt`: where the portal publishes its public keys. Sluis calls it, so "
            "`sluis doctor --parties` says whether it may and whether it answers."
        ),
    )
    require_pkce: bool = True
    id_token_signed_response_alg: Literal["RS256", "PS256", "ES256"] = "RS256"
    acr: Literal["eidas", "etd", "digid"] = "eidas"
    authorization_details_types: tuple[Literal["urn:sluis:document"], ...] = ()  # RFC 9396 §10
    sector_identifier: str | None = Field(
        default=None,
        description=(
            "Which portals get the same `sub` for a person (OpenID Connect Core §8.1): a host "
            "name, or `client:` and the own client_id for this client alone. Left out: the host of "
            "the redirect URIs, and for apps without one this client alone. Needed with several "
            "hosts. Another value gives everybody another `sub`."
        ),
    )
    initiate_login_uri: str | None = None
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str | None = None  # told when the session of a user ends
    id_token_claims: Annotated[
        tuple[Literal["name", "email"], ...],
        Field(
            description="Those of ``claims`` about the person that stand in the ID token as well; "
            "without this they are in UserInfo alone, unless a request asks them there."
        ),
    ] = ()
    cors_origins: Annotated[
        tuple[WebOrigin, ...],
        Field(
            description="Origins of web pages whose scripts may ask /token and /userinfo for this "
            "client; only with token_endpoint_auth_method none."
        ),
    ] = ()
    access_token_seconds: Annotated[int, Field(ge=60, le=3600)] = 3600
    id_token_seconds: Annotated[int, Field(ge=30, le=300)] = 300

    @model_validator(mode="after")
    def _scripts_hold_no_secret(self) -> OidcClient:
        if self.cors_origins and self.token_endpoint_auth_method != "none":
            raise ValueError(
                "cors_origins is for scripts in a browser, which cannot keep a secret: leave it "
                "out, or write token_endpoint_auth_method: none"
            )
        return self

    @model_validator(mode="after")
    def _id_token_claims_are_released(self) -> OidcClient:
        unknown = set(self.id_token_claims) - {claim.name for claim in self.claims}
        if unknown:
            raise ValueError(
                f"id_token_claims names {', '.join(sorted(unknown))}: list it in claims as well, "
                "with its purpose"
            )
        return self

    @property
    def start_url(self) -> str | None:
        return self.home_url or self.initiate_login_uri
