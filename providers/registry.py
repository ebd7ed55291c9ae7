"""The record of a makelaar: what it is, how far it is trusted, how it is reached."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from directory.fields import Level, LocalizedText, Slug
from directory.services import RegisteredDocument

MAX_SKEW_SECONDS: Final = 180
OWN: Final = "sluis"  # who vouches for accounts at Sluis itself; no makelaar has this id


class SamlSettings(RegisteredDocument):
    """A makelaar that speaks SAML 2.0. Exactly one of ``metadata`` (the XML itself) and
    ``metadata_url``; with a URL the fetched XML is kept in ``metadata`` of the stored document.
    """

    entity_id: str
    metadata: str | None = None
    metadata_url: str | None = None
    metadata_signing_certificate: str | None = None  # PEM; metadata must then be signed by it
    request_binding: Literal["redirect", "post"] = "redirect"
    require_signed: Literal["both", "assertion", "response"] = "both"
    require_encrypted_assertion: bool = False
    allow_cbc: bool = False  # AES-CBC, only below a verified signature
    subject: Literal["nameid", "attribute"] = "nameid"
    subject_attribute: str | None = None
    max_validity_seconds: int = 3600
    skew_seconds: Annotated[int, Field(ge=0, le=MAX_SKEW_SECONDS)] = 60


class OidcSettings(RegisteredDocument):
    """A makelaar that speaks OpenID Connect."""

    issuer: str
    client_id: str
    token_endpoint_auth_method: Literal[
        "private_key_jwt", "client_secret_basic", "client_secret_post"
    ] = Field(
        default="private_key_jwt",
        description=(
            "How Sluis proves at the token endpoint who it is. With a secret, "
            "`client_secret_basic` sends it in a header and `client_secret_post` in the form: one "
            "that the makelaar names in `token_endpoint_auth_methods_supported`."
        ),
    )
    client_secret_file: str | None = None  # by reference only
    id_token_signed_response_alg: Literal["RS256", "PS256", "ES256"] = "RS256"
    scopes: tuple[str, ...] = ("openid",)
    endpoint_hosts: tuple[str, ...] = ()  # other hosts than the issuer's that were approved
    trusted_audiences: tuple[str, ...] = Field(
        default=(),
        description=(
            "Further audiences that an ID token of this makelaar may name beside `client_id`, such "
            "as the project or API that the makelaar adds. Whoever is named here may ask for such "
            "tokens as well, so trust them as you trust Sluis. A token with several audiences must "
            "have our `client_id` as `azp`. Left out: none."
        ),
    )
    userinfo: bool = False
    skew_seconds: Annotated[int, Field(ge=0, le=MAX_SKEW_SECONDS)] = 60


class ProviderRecord(RegisteredDocument):
    """One makelaar.

    ``level_ceiling``: the most that is believed. ``levels`` maps values on the wire to levels.
    ``speaks_for``: the organisations whose mandates and roles it may assert.
    ``local_factor_lifts``: an EH2 login here may be lifted to EH2+ by a factor of Sluis.
    """

    id: Slug
    kind: Literal["saml", "oidc"]
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    aliases: tuple[str, ...] = ()
    level_ceiling: Level
    levels: dict[str, Level] = Field(
        default_factory=dict,
        description=(
            "What this makelaar's own words for a level mean: the `acr` of an ID token or the "
            'AuthnContextClassRef of an assertion, sign for sign and in quotes, such as `{"1": '
            "EH2}`. The words of eTD, eIDAS and DigiD are known without it; any other word refuses "
            "the login. Of a level with several words the first is the one that is asked for."
        ),
    )
    level_without_word: Level | None = Field(
        default=None,
        description=(
            "The level of a login of which this makelaar says none: no `acr` in the ID token, as "
            "with Entra ID. Never more than `level_ceiling`. It holds for every such login, so "
            "only where the makelaar never lets anybody in with less. Left out: such a login is "
            "refused. Only with `oidc`: an assertion always names something."
        ),
    )
    speaks_for: Literal["register"] | tuple[str, ...] = Field(
        default=(),
        description=(
            "For which organisations this makelaar may assert mandates and roles. A list of KvK "
            "numbers: only those. `register`: every organisation, also one that Sluis does not "
            "know; for a makelaar of a recognised scheme, which keeps a register of its own. Left "
            "out: none; only mandates of Sluis count."
        ),
    )
    local_factor_lifts: bool = False
    state: Literal["live", "paused"] = "live"
    notice: LocalizedText | None = None
    help_url: str | None = None
    saml: SamlSettings | None = None
    oidc: OidcSettings | None = None

    @field_validator("levels", mode="before")
    @classmethod
    def _words_are_texts(cls, levels: Any) -> Any:
        for word in levels if isinstance(levels, dict) else ():
            if not isinstance(word, str):
                raise ValueError(f'YAML reads {word!r} as no text; write it in quotes: "{word}"')
        return levels

    @model_validator(mode="before")
    @classmethod
    def _kind_follows_from_the_section(cls, document: Any) -> Any:
        # In a file that ``sluis apply`` reads, the key ``kind`` says IdentityProvider.
        if isinstance(document, dict) and "kind" not in document:
            return {**document, "kind": "oidc" if document.get("oidc") else "saml"}
        return document

    @model_validator(mode="after")
    def _settings_of_its_kind(self) -> ProviderRecord:
        if (self.kind == "saml") != (self.saml is not None) or (self.kind == "oidc") != (
            self.oidc is not None
        ):
            raise ValueError(f"a makelaar of kind {self.kind} has exactly the section {self.kind}")
        if self.id == OWN:
            raise ValueError(f"the id {OWN} is that of Sluis itself")
        if not self.level_ceiling.is_of_a_scheme:
            raise ValueError("a makelaar gives EH2 or higher")
        return self

    @property
    def key(self) -> str:
        return self.id

    def may_speak_for(self, kvk: str) -> bool:
        """True where it may assert something about the organisation with this KvK number."""
        return self.speaks_for == "register" or kvk in self.speaks_for
