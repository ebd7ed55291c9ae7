"""The token as people read it: JSON with its names marked, and what each claim means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sandbox.moments import day
from sandbox.people import EMAIL, level_of
from sandbox.portal.clients import PortalService

MEANINGS: Final = MappingProxyType(
    {
        "iss": "Wie het token maakte: het adres van Sluis.",
        "aud": "Voor welk portaal het is.",
        "sub": "Een pseudoniem van de persoon, alleen voor dit portaal. Geen naam, geen nummer.",
        "acr": "Het niveau van deze login, zoals dit portaal het wil horen.",
        "loa": "Het niveau van deze login, in de woorden van eHerkenning.",
        "amr": "Hoe er is ingelogd: met meer dan een factor, en welke van Sluis erbij was.",
        "auth_time": "Wanneer de persoon inlogde.",
        "iat": "Wanneer het token werd gemaakt.",
        "nbf": "Vanaf wanneer het geldig is.",
        "exp": "Tot wanneer het geldig is.",
        "nonce": "Wat het portaal bij de vraag meegaf: zo past het antwoord bij die ene vraag.",
        "sid": "De sessie bij Sluis; wie uitlogt, wordt hieraan herkend.",
        "jti": "Het nummer van dit token.",
        "azp": "Het portaal dat het token mag gebruiken.",
        "at_hash": "Hoort bij het access token dat ernaast kwam.",
        "represents": "Namens wie de persoon komt. In een keten staat de klant het diepst.",
        "mandate": "De machtiging: voor welke dienst, van welke soort, tot welk niveau en wanneer.",
        "idp": "De makelaar waar de persoon inlogde.",
        "assurance": "Hoe zeker het is: wat de makelaar gaf, en wat een tweede factor toevoegde.",
        "name": "De naam van de persoon; alleen als het portaal die nodig heeft.",
        "email": "Het e-mailadres van de persoon; alleen als het portaal dat nodig heeft.",
        "authorization_details": "Het document dat is voorgelegd, en wat de persoon antwoordde.",
    }
)
_SECONDS: Final = ("auth_time", "iat", "nbf", "exp")
_NAME: Final = re.compile(r'("(?:[^"\\]|\\.)*")(?=: )')


class Summary(NamedTuple):
    """Who, for whom, at which level. ``level``: a label, None for an account with an e-mail
    address; ``company`` None where somebody comes for nobody else; ``until``: a moment.
    """

    person: str
    name: str | None
    level: str | None
    company: str | None
    kvk: str | None
    branches: tuple[str, ...]
    through: str | None
    until: datetime | None

    @property
    def number(self) -> str:
        """The KvK number as people read it: ``9000 1201``."""
        return grouped(self.kvk or "")

    def until_day(self, language: str) -> str | None:
        return None if self.until is None else day(self.until, language)


def summary(claims: Mapping[str, Any]) -> Summary:
    """What the claims of a verified token say, in short."""
    outer = claims.get("represents")
    inner = outer.get("represents", outer) if isinstance(outer, dict) else {}
    is_chain = isinstance(outer, dict) and inner is not outer
    branches = [value for name, value in inner.items() if name.endswith(":Vestigingsnr")]
    until = claims.get("mandate", {}).get("valid_until")
    is_email = "acr" not in claims and claims.get("loa") == EMAIL
    return Summary(
        person=str(claims.get("sub")),
        name=claims.get("name"),
        level=None if is_email else level_of(str(claims.get("acr") or claims.get("loa"))),
        company=inner.get("name") or inner.get("sub"),
        kvk=inner.get("sub"),
        branches=tuple(str(one) for value in branches for one in _listed(value)),
        through=party(outer) if is_chain else None,
        until=datetime.fromtimestamp(until, UTC) if until else None,
    )


def explained(claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each claim that is there with its meaning, a Dutch text."""
    return ((name, MEANINGS[name]) for name in MEANINGS if name in claims)


def moments(claims: Mapping[str, Any]) -> dict[str, datetime]:
    """Claims that hold seconds since 1970."""
    return {name: datetime.fromtimestamp(claims[name], UTC) for name in _SECONDS if name in claims}


def as_json(claims: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """Indented JSON in pieces; True: the piece is a name."""
    ordered = {name: claims[name] for name in MEANINGS if name in claims}
    text = json.dumps({**ordered, **claims}, indent=2, ensure_ascii=False)
    return [(number % 2 == 1, piece) for number, piece in enumerate(_NAME.split(text)) if piece]


def mandate_fits(claims: Mapping[str, Any], service: PortalService) -> bool:
    """A mandate in the token is for this service; none at all is another check's business."""
    mandate = claims.get("mandate")
    return not isinstance(mandate, dict) or mandate.get("service_uuid") == service.uuid


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def grouped(kvk: str) -> str:
    """A KvK number as people read it: ``9000 1201``."""
    return f"{kvk[:4]} {kvk[4:]}"


def party(claims: Mapping[str, Any]) -> str:
    """An organisation in ``represents``, with its KvK number."""
    return f"{claims.get('name', '')} (KvK {grouped(str(claims.get('sub')))})".strip()
