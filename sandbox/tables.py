"""What the demo prints when it runs: its addresses, its people, and what to try. Every line fits
the terminal, and no address is broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text

from sandbox.makelaar.catalogue import CATALOGUE, HUB
from sandbox.operator import OPERATORS, DemoOperator
from sandbox.people import GUEST, PEOPLE, TestPerson
from sandbox.prepare import Demo, password
from sandbox.texts import said
from sandbox.tries import STORIES, TRIES

FACTORS_HERE: Final = {
    "roos": "code uit app bij Sluis",
    "yara": "code per sms of herstelcode bij Sluis",
    "joost": "code van apparaat bij Sluis",
}
OWN: Final = "vrij voor een portaal dat u zelf maakt"
INDENT: Final = "  "
GAP: Final = 2


class Rows:
    """Rows of a label and a text, under a title: the texts stand below each other and are folded
    between words.
    """

    def __init__(self, title: str, rows: Iterable[tuple[str, str]], indent: str = INDENT) -> None:
        self.title = title
        self.rows = tuple(rows)
        self.indent = indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.title, style="bold")
        width = max((len(label) for label, _ in self.rows), default=0)
        for label, text in self.rows:
            yield from _row(console, options, self.indent, label.ljust(width + GAP), text)


class Places:
    """Addresses with what they are for: beside each other where that fits, else below."""

    def __init__(self, title: str, rows: Iterable[tuple[str, str, str]]) -> None:
        self.title = title
        self.rows = tuple(rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.title, style="bold")
        name, url, what = (max(len(row[n]) for row in self.rows) for n in range(3))
        fits = len(INDENT) + name + GAP + url + GAP + what <= options.max_width
        for row in self.rows:
            line = Text(f"{INDENT}{row[0].ljust(name + GAP)}", style="cyan", no_wrap=True)
            line.append(row[1].ljust(url + GAP) if fits else row[1], style="default")
            if fits:
                line.append(row[2], style="bright_black")
            yield line
            if not fits:
                yield from _row(
                    console, options, INDENT, " " * (name + GAP), row[2], "bright_black"
                )


def _row(
    console: Console,
    options: ConsoleOptions,
    indent: str,
    label: str,
    text: str,
    style: str = "default",
) -> Iterator[Segment | Text]:
    """The label stands before the first line of the text only."""
    room = max(options.max_width - len(indent) - len(label), 20)
    for number, line in enumerate(Text(text).wrap(console, room)):
        head = label if number == 0 else " " * len(label)
        whole = Text(indent + head, style="cyan", no_wrap=True)
        whole.append(line.plain.rstrip(), style=style)
        yield whole


def addresses(demo: Demo, language: str) -> Places:
    """Where everything is."""
    at = demo.addresses

    def one(name: str, url: str, what: str, **values: object) -> tuple[str, str, str]:
        return said(name, language), url, said(what, language, **values)

    rows = [
        one("Portaal", f"{at.portal}/", "hier begint een login"),
        one("Waterloket", f"{at.portal}/waterloket/", "tweede portaal, deelt het inloggen"),
        one("Peilwijzer", f"{at.portal}/peilwijzer/", "portaal dat SAML praat"),
        one("Sluis", f"{at.broker}/", "de broker, met de weg naar Mijn en Beheer"),
        one("Beheer", f"{at.broker}/beheer", "voor beheerders, log in als Sanne"),
        one("Operator", f"{at.broker}/operator", "voor operators, log in als Robin"),
        one("Mijn", f"{at.broker}/mijn", "eigen inlogmiddelen, ook een passkey"),
        one("Makelaars", f"{at.makelaars}/", "{count} nagebootste makelaars", count=len(CATALOGUE)),
    ]
    if at.gateway is not None:
        rows.append(one("Gateway", f"{at.gateway}/", "staat voor Archief raadplegen"))
    if at.hub is not None:
        what = "nog {count}: makelaars die zelf broker zijn, en een als Entra ID"
        rows.append(one("Schakelpunt", f"{at.hub}/", what, count=len(HUB)))
    rows += [
        one("Postbus", f"{at.postbus}/", "mail, sms en brieven van de broker"),
        one("Codes", f"{at.postbus}/codes", "van apps en apparaten van testpersonen"),
        *([one("Uw portaal", f"{at.own}/", OWN)] if at.own is not None else []),
        one("Discovery", f"{at.broker}/.well-known/openid-configuration", "voor een portaal"),
        one("Metadata", f"{at.broker}/saml/metadata", "voor een SAML-makelaar"),
        one("", f"{at.broker}/saml/idp/metadata", "voor een SAML-portaal"),
    ]
    return Places(said("Adressen", language), rows)


def people(demo: Demo, language: str) -> list[Rows]:
    """Who can log in where, what that shows, and with what: a block for each, operators last."""
    return [
        *(_person(demo, person, language) for person in (*PEOPLE, GUEST)),
        *(_operator(demo, one, language) for one in OPERATORS),
    ]


def tries(demo: Demo, language: str) -> list[Rows]:
    """The next things to do: a block for each."""
    return [
        Rows(
            f"{number}. {said(one.title, language)}",
            (("", one.way(language)), ("", one.goes_on(language, demo.addresses))),
            indent=" ",
        )
        for number, one in enumerate(TRIES, start=1)
    ]


def stories(demo: Demo, language: str) -> list[Rows]:
    """What takes more people: a block for each, with a line for each of its steps."""
    return [
        Rows(
            said(story.title, language),
            (
                (f"{number}.", step)
                for number, step in enumerate(story.steps_in(language, demo.addresses), start=1)
            ),
            indent=" ",
        )
        for story in STORIES
    ]


def _person(demo: Demo, person: TestPerson, language: str) -> Rows:
    account = person.account
    if account is not None:
        where = said("account van de broker zelf", language)
        level = _level(account.level, (account.factor,), language)
    else:
        first = person.logins[0]
        where = ", ".join(
            f"{_name(one.makelaar)} ({_protocol(one.makelaar)})" for one in person.logins
        )
        own = FACTORS_HERE.get(person.key)
        level = _level(first.levels(language), (first.factor, *((own,) if own else ())), language)
    typed = _credentials(demo, person, language)
    return Rows(
        person.name,
        (
            (said("Waar", language), where),
            (said("Niveau", language), level),
            (said("Wat u ziet", language), said(person.shows, language)),
            *(((said("Gegevens", language), typed),) if typed else ()),
        ),
    )


def _level(level: str, factors: Iterable[str], language: str) -> str:
    return f"{said(level, language)}: {', '.join(said(one, language) for one in factors)}"


def _credentials(demo: Demo, person: TestPerson, language: str) -> str:
    """A line for each thing that has to be typed, and where it is to be read; empty: nothing."""
    at, account = demo.addresses, person.account
    found = []
    if account is not None:
        name = "naam {name} of {email}" if account.email else "naam {name}"
        found.append(said(name, language, name=account.user_name, email=account.email))
        secret = password(demo, person.key)
        found.append(said("wachtwoord {password}", language, password=secret))
    if person.key == "yara":
        found.append(said("sms {address}", language, address=f"{at.postbus}/"))
    if any(
        (demo.secrets / f"{person.key}.{kind}").exists() for kind in ("totp", "device", "codes")
    ):
        found.append(said("codes {address}", language, address=f"{at.postbus}/codes"))
    return "\n".join(found)


def _operator(demo: Demo, one: DemoOperator, language: str) -> Rows:
    at = demo.addresses
    lines = (
        said("naam {name}", language, name=one.user_name),
        said("wachtwoord {password}", language, password=password(demo, one.user_name)),
        said("codes {address}", language, address=f"{at.postbus}/codes"),
    )
    return Rows(
        one.name,
        (
            (said("Waar", language), f"{at.broker}/operator"),
            (said("Niveau", language), said(one.called, language)),
            (said("Wat u ziet", language), said(one.shows, language)),
            (said("Gegevens", language), "\n".join(lines)),
        ),
    )


def _name(slug: str) -> str:
    return next(one.name for one in (*CATALOGUE, *HUB) if one.slug == slug)


def _protocol(slug: str) -> str:
    found = next(one for one in (*CATALOGUE, *HUB) if one.slug == slug)
    return "SAML" if found.protocol == "saml" else "OpenID Connect"
