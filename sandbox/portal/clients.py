"""The portal's clients: what each may ask and how it proves who it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from joserfc.jwk import ECKey, RSAKey

from sandbox.keys import Algorithm


@dataclass(frozen=True)
class PortalService:
    """A service with the level it asks and whether a mandate must come with the login.
    ``takes_email``: an account with an e-mail address will do as well.
    """

    uuid: str
    name: str
    level: str
    mandate: Literal["required", "optional", "none"]
    takes_email: bool = False


@dataclass(frozen=True)
class Client:
    """What was agreed with the broker about one client. ``home``: the path of its first page."""

    client_id: str
    name: str
    services: tuple[PortalService, ...]
    id_token_alg: Algorithm
    auth: Literal["private_key_jwt", "client_secret_basic"] = "private_key_jwt"
    home: str = "/"
    is_behind_gateway: bool = False  # the broker answers at the gateway

    @property
    def uses_key(self) -> bool:
        return self.auth == "private_key_jwt"


@dataclass(frozen=True)
class PortalClient:
    """A client with its key or secret."""

    registration: Client
    key: RSAKey | ECKey | None = None
    secret: str | None = None


BODEM: Final = PortalService(
    "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4", "Meldportaal Bodem", "EH3", "required"
)
BODEMKAART: Final = PortalService(
    "867e12fc-c1de-4b3d-99dd-0c55a35b3a2e", "Bodemkaart inzien", "EH2", "optional"
)
LOZING: Final = PortalService(
    "955e37c2-b10f-42aa-828f-babfddc46bbe", "Lozing melden", "EH2+", "required"
)
GRONDWATER: Final = PortalService(
    "34b69f52-4f2f-4b6d-accc-50c15aef38b9", "Grondwateronttrekking", "EH3", "required"
)
SUBSIDIE: Final = PortalService(
    "dca90db1-d8a3-4222-a83f-779a69fd8bb8", "Subsidieloket Groen", "EH2+", "required"
)
VERGUNNING: Final = PortalService(
    "3f7ab29e-216a-47ed-b3b5-8e2d755a92c5", "Vergunning aanvragen", "EH3", "optional"
)
AFVAL: Final = PortalService(
    "69688013-81c5-42ef-a1df-b7b00e9980ec", "Gevaarlijk afval melden", "EH4", "required"
)
IDEEEN: Final = PortalService(
    "4c95a12d-33ae-4688-9980-85f799509db0", "Ideeënbus voor ondernemers", "EH2", "none", True
)
SCHOUW: Final = PortalService(
    "c2f0a8de-5b61-4f0e-9d7c-6a1b40e85d93", "Schouw doorgeven", "EH3", "required"
)

CLIENTS: Final = (
    Client(
        "bronhouderportaal",
        "Bronhouderportaal",
        (BODEM, BODEMKAART, LOZING, GRONDWATER, AFVAL),
        "PS256",
    ),
    Client("ondernemersloket", "Ondernemersloket Voorbeeldstad", (VERGUNNING, IDEEEN), "ES256"),
    Client("subsidieloket", "Subsidieloket Groen", (SUBSIDIE,), "RS256", "client_secret_basic"),
    Client("waterloket", "Waterloket De Voorbeeldpolder", (SCHOUW,), "RS256", home="/waterloket/"),
)
ARCHIEF: Final = PortalService(
    "0d4b8a57-3b0e-4d0b-8e0f-6a9a3cf1f6b2", "Archief raadplegen", "EH3", "required"
)
BEHIND_GATEWAY: Final = (
    Client("archief", "Streekarchief Voorbeeldland", (ARCHIEF,), "RS256", is_behind_gateway=True),
)
