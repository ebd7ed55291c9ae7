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
from directory.fields import Level, LocalizedText, Words
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
    INFORM = "inform"  # there is another ground, such as a law: shown once, not asked
    NONE = "none"  # no page; so a name or an e-mail address never leaves


class Service(RegisteredDocument):
    """A catalogue entry: what a mandate is given for and which level it asks."""

    uuid: Uuid = Field(
        description=(
            "Names the service for ever: mandates, sessions and consents are kept under it."
        ),
    )
    service_id: Annotated[str, StringConstraints(max_length=120)] = Field(
        description=(
            "What the service is called in a catalogue, such as "
            "`urn:etoegang:DV:<OIN>:services:<number>`."
        ),
    )
    name: LocalizedText = Field(description="What people read, on every page of a login.")
    description: LocalizedText | None = Field(
        default=None, description="A sentence about the service, for who asks or gives a mandate."
    )
    provider_name: LocalizedText = Field(description="The organisation that offers the service.")
    provider_oin: Oin = Field(description="The OIN of that organisation: twenty signs.")
    level: Level = Field(description="The level that a login through a makelaar must have.")
    email_accounts: bool = Field(
        default=False,
        description=(
            "Whether an e-mail account of Sluis does here as well, whatever `level` says."
        ),
    )
    own_means: bool = Field(
        default=False, description="Whether accounts that Sluis itself issued do here, up to EH3."
    )
    mandate: MandateRule = Field(
        default=MandateRule.REQUIRED,
        description=(
            "On whose behalf people come. `required`: always of an organisation. `optional`: "
            "also for themselves. `none`: only for themselves."
        ),
    )
    chain_mandates: bool = Field(
        default=False, description="Whether an intermediary may come for its client."
    )
    chain_level: Level = Field(
        default=AssuranceLevel.EH3,
        description="The level that a login with a chain mandate must have.",
    )
    branch_restrictions: bool = Field(
        default=True,
        description=(
            "Whether a mandate that holds for some branches alone does here. `false`: it does "
            "not, and the page says so."
        ),
    )
    consent: ConsentRule = Field(
        default=ConsentRule.ASK,
        description=(
            "Whether people are asked before their data go to the portal. `ask`: once for the "
            "same data. `inform`: there is another ground, such as a law; shown once. `none`: no "
            "page, and so no name or e-mail address."
        ),
    )
    consent_ground: Words | None = Field(
        default=None,
        description=(
            "Why these data may go to the portal, as a sentence that people read above them, such "
            "as `Dit staat in artikel 6.2 van de Waterwet.` Left out: the page names no ground."
        ),
    )
    makelaars: tuple[str, ...] | None = Field(
        default=None,
        description="The makelaars that may be chosen, by id. Left out: all that reach `level`.",
    )
    local_second_factor: bool = Field(
        default=True,
        description=(
            "Whether a second factor of Sluis may lift a login here, where the record of the "
            "makelaar allows it too."
        ),
    )
    second_factors: (
        tuple[Literal["totp", "otp_device", "sms", "passkey", "recovery_codes"], ...] | None
    ) = Field(
        default=None, description="The kinds of factors of Sluis that do here. Left out: all."
    )
    session_group: Group | None = Field(
        default=None,
        description=(
            "The group in which a login at this service may be used again. Left out: nowhere."
        ),
    )
    accepts_sessions_of: tuple[Group, ...] = Field(
        default=(),
        description=(
            "The groups whose logins do here without logging in again. Left out: everybody logs in."
        ),
    )
    second_factor_reuse_minutes: Annotated[int, Field(ge=0, le=480)] = Field(
        default=0,
        description=(
            "How long a second factor that was given at another service of the group does here,"
            " in minutes. 0: a fresh one each time."
        ),
    )
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
    privacy_url: str | None = Field(
        default=None, description="Where the page that asks consent sends who wants to read more."
    )
    help_url: str | None = Field(
        default=None, description="Where a page that cannot help sends people of this service."
    )
    help_phone: str | None = Field(
        default=None,
        description=(
            "Who helps with this service, by telephone: shown with `help_url` on pages of its "
            "logins where no `HelpDesk` and no `ui.support_phone` or `support_url` is."
        ),
    )

    @property
    def key(self) -> str:
        return self.uuid


class Profile(enum.StrEnum):
    STANDARD = "standard"


class ReleasedClaim(RegisteredDocument):
    """A claim that this client gets beyond ``sub``, ``acr`` and ``loa``, and why."""

    name: str = Field(
        description="The claim, as `docs/developers/portal.md` lists them, such as `email`."
    )
    purpose: LocalizedText = Field(
        description="What the portal needs it for; people read this when they are asked."
    )


class RelyingParty(RegisteredDocument, ABC):
    """A portal, whatever protocol it speaks: what it offers and what it gets."""

    protocol: ClassVar[str]  # which of ``broker.downstream.DownstreamName`` it speaks

    client_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,200}$")] = Field(
        description="What the portal calls itself: its `client_id`, or over SAML its entityID."
    )
    name: LocalizedText = Field(description="What people call the portal, on pages and in mails.")
    profile: Profile = Field(
        default=Profile.STANDARD, description="Which rules hold for this portal. There is one set."
    )
    services: Annotated[tuple[Uuid, ...], Field(min_length=1)] = Field(
        description="The UUIDs of the services that it offers."
    )
    default_service: Uuid | None = Field(
        default=None,
        description=(
            "The service that is meant when a request names none; one of `services`. Left out: "
            "with one service that one, with several a request must name it."
        ),
    )
    claims: tuple[ReleasedClaim, ...] = Field(
        default=(), description="What the portal gets beyond `sub`, `acr` and `loa`, and why."
    )
    home_url: str | None = Field(
        default=None,
        description=(
            "Where the portal begins. Pages send people back to it when a login cannot go on."
        ),
    )

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

    redirect_uris: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description=(
            "Where an answer may go (`redirect_uri`), sign for sign. For an app on a device the"
            " port of a loopback address is free."
        ),
    )
    application_type: Literal["web", "native"] = Field(
        default="web",
        description=(
            "`native`: an app on somebody's own device, which may use a loopback address or a "
            "scheme of its own (RFC 8252)."
        ),
    )
    token_endpoint_auth_method: Literal[
        "private_key_jwt", "client_secret_basic", "client_secret_post", "none"
    ] = Field(
        default="private_key_jwt",
        description=(
            "How the portal proves at the token endpoint who it is. `none`: it cannot keep a "
            "secret, so PKCE must be on."
        ),
    )
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
    require_pkce: bool = Field(
        default=True, description="Whether a request without PKCE (RFC 7636) is refused."
    )
    require_pushed_authorization_requests: bool = Field(
        default=False,
        description=(
            "Whether a request is refused that the portal did not bring to `/par` first (RFC 9126)."
        ),
    )
    id_token_signed_response_alg: Literal["RS256", "PS256", "ES256"] = Field(
        default="RS256", description="The algorithm that ID tokens for this portal are signed with."
    )
    acr: Literal["eidas", "etd", "digid"] = Field(
        default="eidas",
        description=(
            "In whose words `acr` says the level: of eIDAS, of eTD (eHerkenning) or of DigiD."
        ),
    )
    authorization_details_types: tuple[Literal["urn:sluis:document"], ...] = Field(
        default=(),
        description=(
            "The kinds of `authorization_details` (RFC 9396 §10) that it may ask. "
            "`urn:sluis:document`: that somebody agrees to a document."
        ),
    )
    sector_identifier: str | None = Field(
        default=None,
        description=(
            "Which portals get the same `sub` for a person (OpenID Connect Core §8.1): a host "
            "name, or `client:` and the own client_id for this client alone. Left out: the host of "
            "the redirect URIs, and for apps without one this client alone. Needed with several "
            "hosts. Another value gives everybody another `sub`."
        ),
    )
    initiate_login_uri: str | None = Field(
        default=None,
        description=(
            "Where Sluis sends somebody who must begin anew at the portal (OpenID Connect Core §4)."
        ),
    )
    post_logout_redirect_uris: tuple[str, ...] = Field(
        default=(), description="Where people may land after logging out, sign for sign."
    )
    backchannel_logout_uri: str | None = Field(
        default=None,
        description=(
            "Where Sluis tells that the session of a user ended (OpenID Connect Back-Channel "
            "Logout 1.0)."
        ),
    )
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
    access_token_seconds: Annotated[int, Field(ge=60, le=3600)] = Field(
        default=3600, description="How long an access token is valid, in seconds."
    )
    id_token_seconds: Annotated[int, Field(ge=30, le=300)] = Field(
        default=300, description="How long an ID token is valid, in seconds."
    )

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
