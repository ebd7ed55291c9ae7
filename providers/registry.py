"""The record of a makelaar: what it is, how far it is trusted, how it is reached."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from directory.fields import Level, LocalizedText, Slug
from directory.services import RegisteredDocument
from keys.jose_algorithms import ContentEncryption, KeyEncryption, VerifiedAlgorithm
from providers.saml.dialects.etd import UNNAMED
from providers.saml.dialects.saml2int import SAML2INT
from providers.saml_settings import MAX_SKEW_SECONDS, SamlSettings

ClientAlgorithm = Literal["RS256", "PS256", "ES256"]  # of our proof; the first that is taken
OWN: Final = "sluis"  # who vouches for accounts at Sluis itself; no makelaar has this id


class OidcSettings(RegisteredDocument):
    """A makelaar that speaks OpenID Connect."""

    issuer: str = Field(
        description=(
            "The makelaar's issuer, sign for sign. Its discovery document is read below it."
        ),
    )
    discovery_url: str | None = Field(
        default=None,
        description=(
            "Where its discovery document is, whole, for a makelaar that does not publish it below "
            "its issuer, such as Oracle IDCS, Azure AD B2C and F5 APM. What the document says must "
            "be `issuer` all the same, and its endpoints may stand at this host as well. Left out: "
            "`issuer` with `/.well-known/openid-configuration`."
        ),
    )
    client_id: str = Field(description="What the makelaar calls Sluis.")
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
    token_endpoint_auth_signing_alg: ClientAlgorithm | None = Field(
        default=None,
        description=(
            "With `private_key_jwt`: the algorithm that our proof is signed with. Left out: the "
            "first of these that the makelaar names in "
            "`token_endpoint_auth_signing_alg_values_supported`, else `RS256`."
        ),
    )
    client_assertion_audience: Literal["issuer", "token_endpoint"] = Field(
        default="issuer",
        description=(
            "With `private_key_jwt`: for whom our proof says to be (`aud`). `issuer` is for this "
            "makelaar alone, whatever its discovery says. `token_endpoint` is for a product that "
            "takes nothing else, such as Okta and AD FS."
        ),
    )
    asks_level: bool = Field(
        default=True,
        description=(
            "Whether a request asks the level (`acr_values`). `false` for a product that refuses "
            "words that it does not know, such as PingOne, or that knows no `acr`. Whatever is "
            "asked, the level of the answer is judged."
        ),
    )
    pushes_requests: bool = Field(
        default=False,
        description=(
            "Whether a request goes to the makelaar itself before the browser does (RFC 9126), so "
            "that nothing of it stands in an address. Also without this where its discovery says "
            "`require_pushed_authorization_requests`."
        ),
    )
    response_mode: Literal["query", "form_post"] = Field(
        default="query",
        description=(
            "How the answer comes back: in the address (`query`), or in a form that the browser "
            "posts (`form_post`), so that no code stands in an address. For a product that sends "
            "nothing else, or that offers it, such as Entra ID and AD FS."
        ),
    )
    client_secret_file: str | None = Field(
        default=None,
        description=(
            "The file that holds our secret at this makelaar; for `client_secret_basic` and "
            "`client_secret_post`."
        ),
    )
    id_token_signed_response_alg: VerifiedAlgorithm = Field(
        default="RS256",
        description=(
            "The algorithm that the makelaar signs ID tokens with. Another one is refused."
        ),
    )
    id_token_encrypted_response_alg: KeyEncryption | None = Field(
        default=None,
        description=(
            "How the makelaar encrypts ID tokens and logout tokens for Sluis, after it signed them:"
            " with a key of `/oidc/client-jwks` that says `use: enc`. One that is not encrypted, or"
            " otherwise, is refused. Left out: they are not encrypted."
        ),
    )
    id_token_encrypted_response_enc: ContentEncryption = Field(
        default="A128CBC-HS256",
        description="With `id_token_encrypted_response_alg`: what the content is encrypted in.",
    )
    userinfo_encrypted_response_alg: KeyEncryption | None = Field(
        default=None,
        description=(
            "The same of what UserInfo says, signed before or not. Left out: it is not encrypted."
        ),
    )
    userinfo_encrypted_response_enc: ContentEncryption = Field(
        default="A128CBC-HS256",
        description="With `userinfo_encrypted_response_alg`: what the content is encrypted in.",
    )
    scopes: tuple[str, ...] = Field(default=("openid",), description="The scopes that are asked.")
    endpoint_hosts: tuple[str, ...] = Field(
        default=(),
        description=("Hosts other than the issuer's at which its endpoints may stand."),
    )
    trusted_audiences: tuple[str, ...] = Field(
        default=(),
        description=(
            "Further audiences that an ID token of this makelaar may name beside `client_id`, such "
            "as the project or API that the makelaar adds. Whoever is named here may ask for such "
            "tokens as well, so trust them as you trust Sluis. A token with several audiences must "
            "have our `client_id` as `azp`. Left out: none."
        ),
    )
    level_claim: str | None = Field(
        default=None,
        description=(
            "Name of a claim in the ID token that says how somebody logged in, beside `acr`: such "
            "as `amr`, or `acrs` of Entra ID. Of its values those count that stand in `levels`, "
            "the highest of them; the others lift nothing. Left out: `acr` alone counts."
        ),
    )
    userinfo: bool = Field(
        default=False,
        description=("Whether UserInfo is asked for what the ID token does not say."),
    )
    skew_seconds: Annotated[int, Field(ge=0, le=MAX_SKEW_SECONDS)] = Field(
        default=60,
        description=("How far the clock of the makelaar may be from ours, in seconds."),
    )


class ProviderRecord(RegisteredDocument):
    """One makelaar.

    ``level_ceiling``: the most that is believed. ``levels`` maps values on the wire to levels.
    ``speaks_for``: the organisations whose mandates and roles it may assert.
    ``local_factor_lifts``: an EH2 login here may be lifted to EH2+ by a factor of Sluis.
    """

    id: Slug = Field(
        description=(
            "Names the makelaar, in addresses and in every other document. It is never given to"
            " another one."
        ),
    )
    kind: Literal["saml", "oidc"] = Field(
        description="The protocol; it follows from the section that is written."
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description=("What people call the makelaar, on the page where they choose."),
    )
    aliases: tuple[str, ...] = Field(
        default=(), description="Other words by which people look for it."
    )
    services: Literal["all"] | tuple[str, ...] = Field(
        default="all",
        description=(
            "At which services this makelaar may be chosen: `all`, or a list of UUIDs. Where a "
            "service lists its `makelaars`, the makelaar must stand there too. Our own consoles "
            "have UUIDs as well (`sluis service list`). It holds from the next request on, also "
            "for sessions that were made before."
        ),
    )
    level_ceiling: Level = Field(
        description=("The most that is believed of this makelaar, whatever it says."),
    )
    levels: dict[str, Level] = Field(
        default_factory=dict,
        description=(
            "What this makelaar's own words for a level mean: the `acr` of an ID token or the "
            'AuthnContextClassRef of an assertion, sign for sign and in quotes, such as `{"1": '
            "EH2}`. The words of eTD, eIDAS and DigiD are known without it, with `saml` those of "
            "its dialect; any other word refuses the login. Of a level with several words the "
            "first is the one that is asked for."
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
    local_factor_lifts: bool = Field(
        default=False,
        description=(
            "Whether a login at EH2 here may be lifted to EH2+ by a second factor of Sluis."
        ),
    )
    state: Literal["live", "paused"] = Field(
        default="live",
        description=("`paused`: nobody can choose it, and sessions that it made do no more."),
    )
    logout: Literal["when_offered", "never"] = Field(
        default="when_offered",
        description=(
            "Whether a user who logs out here logs out at this makelaar as well, and the other way "
            "round. `when_offered`: where the makelaar offers it, in its SAML metadata "
            "(SingleLogoutService) or its discovery document (`end_session_endpoint`, "
            "`backchannel_logout_supported`, `frontchannel_logout_supported`). `never`: not; "
            "choose this where the login there is the one of the workplace."
        ),
    )
    notice: LocalizedText | None = Field(
        default=None, description="What people read below its name where they choose."
    )
    help_url: str | None = Field(
        default=None, description="Where a page sends people when the makelaar must help."
    )
    saml: SamlSettings | None = Field(
        default=None, description="How it is reached over SAML 2.0. Either this or `oidc`."
    )
    oidc: OidcSettings | None = Field(
        default=None,
        description=("How it is reached over OpenID Connect. Either this or `saml`."),
    )

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

    @property
    def level_vocabularies(self) -> tuple[str, ...] | None:
        """The schemes whose words for a level are believed of it; None: all of them. A makelaar
        without a scheme of its own is believed in the words that it is asked in.
        """
        if self.saml is None:
            return None
        spoken = self.saml.speaks
        if spoken is SAML2INT or spoken is UNNAMED:  # whole tables: not compared by what they hold
            return tuple(dict.fromkeys((*spoken.levels, self.saml.authn_context_names)))
        return spoken.levels

    def serves(self, service_uuid: str) -> bool:
        """May it be chosen at this service, as far as its own registration says?"""
        return self.services == "all" or service_uuid in self.services

    def may_speak_for(self, kvk: str) -> bool:
        """True where it may assert something about the organisation with this KvK number."""
        return self.speaks_for == "register" or kvk in self.speaks_for
