"""The tables that the demo prints: its addresses and its people."""

from __future__ import annotations

from typing import Final

from rich.table import Table

from sandbox.makelaar.catalogue import CATALOGUE
from sandbox.operator import USER_NAME
from sandbox.people import GUEST, PEOPLE, TestPerson
from sandbox.prepare import Demo, password

FACTORS_HERE: Final = {
    "roos": "code uit app bij Sluis",
    "yara": "code per sms of herstelcode bij Sluis",
    "joost": "code van apparaat bij Sluis",
}


def addresses(demo: Demo) -> Table:
    """Where everything is."""
    table = Table(title="Adressen", title_justify="left", box=None, pad_edge=False)
    table.add_column("Wat")
    table.add_column("Adres")
    table.add_column("Waarvoor")
    at = demo.addresses
    named = (
        ("Gateway", at.gateway, "staat voor Archief raadplegen"),
        ("Schakelpunt", at.hub, "makelaars die zelf broker zijn, en een als Entra ID"),
    )
    for row in (
        ("Portaal", f"{at.portal}/", "hier begint een login"),
        ("Waterloket", f"{at.portal}/waterloket/", "tweede portaal, deelt het inloggen"),
        ("Peilwijzer", f"{at.portal}/peilwijzer/", "portaal dat SAML praat"),
        ("Sluis", f"{at.broker}/", "de broker, met de weg naar Mijn en Beheer"),
        ("Beheer", f"{at.broker}/beheer", "voor beheerders, log in als Sanne"),
        (
            "Operator",
            f"{at.broker}/operator",
            f"log in als {USER_NAME}, {password(demo, USER_NAME)}",
        ),
        ("Mijn", f"{at.broker}/mijn", "eigen inlogmiddelen, ook een passkey"),
        ("Makelaars", f"{at.makelaars}/", "zeven nagebootste makelaars"),
        *((name, f"{url}/", what) for name, url, what in named if url is not None),
        ("Postbus", f"{at.postbus}/", "mail, sms en brieven van de broker"),
        ("Codes", f"{at.postbus}/codes", "van apps en apparaten van testpersonen"),
        ("Discovery", f"{at.broker}/.well-known/openid-configuration", "voor een portaal"),
        ("Metadata", f"{at.broker}/saml/metadata", "voor een SAML-makelaar"),
        ("", f"{at.broker}/saml/idp/metadata", "voor een SAML-portaal"),
    ):
        table.add_row(*row)
    return table


def people(demo: Demo) -> Table:
    """Who can log in where, and what that shows."""
    table = Table(title="Testpersonen", title_justify="left", pad_edge=False)
    for heading in ("Wie", "Makelaar"):  # names to type or to look for: never broken
        table.add_column(heading, no_wrap=True)
    for heading in ("Protocol", "Niveau", "Factor"):
        table.add_column(heading, overflow="fold")
    table.add_column("Wat u ziet", overflow="fold", min_width=22)
    for person in (*PEOPLE, GUEST):
        table.add_row(*_person(demo, person))
    return table


def _person(demo: Demo, person: TestPerson) -> tuple[str, ...]:
    account = person.account
    if account is not None:
        secret = password(demo, person.key)
        names = f"{account.user_name} of\n{account.email}" if account.email else account.user_name
        way = f"eigen account\n{names}\n{secret}"
        return person.name, way, "–", account.level, account.factor, person.shows
    first = person.logins[0]
    own = FACTORS_HERE.get(person.key)
    factor = f"{first.factor}, {own}" if own else first.factor
    protocols = " /\n".join(dict.fromkeys(_protocol(each.makelaar) for each in person.logins))
    makelaars = " /\n".join(each.makelaar.capitalize() for each in person.logins)
    return (
        person.name,
        makelaars,
        protocols,
        first.levels.replace(" of ", " of\n"),
        factor,
        person.shows,
    )


def _protocol(slug: str) -> str:
    found = next(profile for profile in CATALOGUE if profile.slug == slug)
    return "SAML" if found.protocol == "saml" else "OIDC"
