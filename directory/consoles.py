"""Our own consoles, which are portals like every other: what each asks of a login."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assurance.levels import AssuranceLevel
from directory.fields import LocalizedText
from directory.services import ConsentRule, MandateRule, Service


@dataclass(frozen=True)
class Console:
    """One of our consoles. ``path`` is where it lives; its cookie is its own, so that a session
    here means nothing in another.
    """

    client_id: str
    path: str
    cookie: str
    service: Service


def _service(uuid: str, urn: str, level: AssuranceLevel, **texts: LocalizedText) -> Service:
    return Service(
        uuid=uuid,
        service_id=f"urn:sluis:service:{urn}",
        provider_name=LocalizedText(nl="Sluis", en="Sluis"),
        provider_oin="00000000000000000000",
        level=level,
        own_means=True,
        mandate=MandateRule.NONE,
        consent=ConsentRule.NONE,
        **texts,
    )


BEHEER: Final = Console(
    client_id="sluis-beheer",
    path="/beheer",
    cookie="__Host-sluis-beheer",
    service=_service(
        "5b1c9a60-0000-4000-8000-73a1b2c3d4e5",
        "beheer",
        AssuranceLevel.EH2_PLUS,
        name=LocalizedText(nl="Beheer", en="Administration"),
        description=LocalizedText(
            nl="Mensen en machtigingen van uw organisatie",
            en="People and authorisations of your organisation",
        ),
    ),
)


MINE: Final = Console(
    client_id="sluis-mijn",
    path="/mijn",
    cookie="__Host-sluis-mijn",
    service=_service(
        "5b1c9a60-0000-4000-8000-73a1b2c3d4e6",
        "mijn",
        AssuranceLevel.EH2,
        name=LocalizedText(nl="Mijn inlogmiddelen", en="My login methods"),
        description=LocalizedText(
            nl="Uw tweede factoren en herstelcodes",
            en="Your second factors and recovery codes",
        ),
    ),
)


OPERATOR: Final = Console(
    client_id="sluis-operator",
    path="/operator",
    cookie="__Host-sluis-operator",
    service=_service(
        "5b1c9a60-0000-4000-8000-73a1b2c3d4e7",
        "operator",
        AssuranceLevel.EH3,
        name=LocalizedText(nl="Operator", en="Operator"),
        description=LocalizedText(
            nl="De werking van deze installatie", en="The workings of this installation"
        ),
    ).model_copy(update={"makelaars": ()}),  # means of Sluis alone: no makelaar stands in for it
)


JOINING: Final = Console(
    client_id="sluis-toegang",
    path="/toegang",
    cookie="__Host-sluis-toegang",
    service=_service(
        "5b1c9a60-0000-4000-8000-73a1b2c3d4e8",
        "toegang",
        AssuranceLevel.EH2,
        name=LocalizedText(nl="Toegang", en="Access"),
        description=LocalizedText(nl="Uitnodigingen aanvaarden", en="Accepting invitations"),
    ).model_copy(update={"email_accounts": True}),  # who joins has nothing else yet
)


CONSOLES: Final = (BEHEER, MINE, OPERATOR, JOINING)


CONSOLE_SERVICES: Final = tuple(console.service for console in CONSOLES)


# Where a restricted means counts too: it could not be looked after elsewhere.
FOR_EVERY_MEANS: Final = frozenset(one.service.uuid for one in (BEHEER, MINE, JOINING))


def console_of(client_id: str) -> Console:
    """The console that asks under this name. Raises KeyError."""
    return {console.client_id: console for console in CONSOLES}[client_id]
