"""The simulated makelaars and how each of them behaves on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sandbox.keys import Algorithm, Pair

CLIENT_ID: Final = "sluis-demo"


@dataclass(frozen=True)
class Profile:
    """One makelaar as it would be described in an integration sheet."""

    slug: str
    name: str
    protocol: Literal["saml", "oidc"]
    level: str  # the highest that it gives
    signs: Literal["both", "assertion"] = "both"
    encrypts: bool = False
    algorithm: Algorithm = "RS256"
    client_auth: Literal["private_key_jwt", "client_secret_basic"] = "private_key_jwt"
    dialect: Literal["clear", "etd"] = "clear"  # how identifiers travel
    habits: Literal["scheme", "entra"] = "scheme"  # whose handwriting its messages have
    logs_out: bool = False  # over SAML; the others over OpenID Connect all do
    entity: str | None = None  # its SAML entity id, where that is no address
    only_by_artifact: bool = False  # no answer of it passes through the browser
    behind: str | None = None  # the makelaar at which a broker has its people log in


CATALOGUE: Final = (
    Profile("polderpoort", "Polderpoort", "saml", "EH4"),
    Profile("brugwacht", "Brugwacht", "saml", "EH3", encrypts=True),
    Profile("veerhuis", "Veerhuis", "saml", "EH2+", signs="assertion", logs_out=True),
    Profile("zekerweg", "Zekerweg", "oidc", "EH3"),
    Profile(
        "sleutelhof",
        "Sleutelhof",
        "oidc",
        "EH3",
        algorithm="ES256",
        client_auth="client_secret_basic",
    ),
    Profile("stilwater", "Stilwater", "saml", "EH3"),
    Profile(  # as the makelaars of eHerkenning answer
        "waterpoort",
        "Waterpoort",
        "saml",
        "EH3",
        signs="assertion",
        dialect="etd",
        entity="urn:etoegang:HM:00000009000000000000:entities:9713",
        only_by_artifact=True,
    ),
)
HUB: Final = (  # at an address of their own: two brokers themselves, and one as Entra ID is
    Profile("schakelpunt", "Schakelpunt", "oidc", "EH3", behind="zekerweg"),
    Profile("overstap", "Overstap", "saml", "EH3", behind="polderpoort"),
    Profile("wolkenhuis", "Wolkenhuis", "saml", "EH2+", "assertion", True, habits="entra"),
)


@dataclass(frozen=True)
class Makelaar:
    """A makelaar in operation. ``server`` and ``broker`` are base URLs without a final slash."""

    profile: Profile
    server: str
    broker: str
    pair: Pair
    client_secret: str | None = None

    @property
    def base_url(self) -> str:
        return f"{self.server}/{self.profile.slug}"

    @property
    def entity_id(self) -> str:
        """The SAML entity id."""
        return self.profile.entity or f"{self.base_url}/metadata"

    @property
    def sso_url(self) -> str:
        return f"{self.base_url}/sso"

    @property
    def slo_url(self) -> str:
        return f"{self.base_url}/slo"

    @property
    def artifact_url(self) -> str:
        """Where its artifacts are resolved."""
        return f"{self.base_url}/artifact"

    @property
    def issuer(self) -> str:
        """The OpenID issuer."""
        return self.base_url

    @property
    def redirect_uri(self) -> str:
        """Where the broker gets its code; one address per makelaar against mix-up."""
        return f"{self.broker}/oidc/callback/{self.profile.slug}"

    @property
    def knows_people_of(self) -> str:
        """The makelaar that knows the people who log in here."""
        return self.profile.behind or self.profile.slug
