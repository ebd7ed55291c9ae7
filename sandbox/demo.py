"""``make demo``: the parties on this machine, one login through SAML, one through OpenID Connect,
one over SAML on both sides.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from sandbox.addresses import DEFAULT_PORT_BASE, Addresses, standard
from sandbox.browser import BrowserError
from sandbox.language import of_terminal
from sandbox.operator import OPERATORS, make_operator
from sandbox.parties import Parties, PartyFailed
from sandbox.place import ROOT, InUse, folder, held, throw_away
from sandbox.ports import (
    WrongBase,
    other_ports,
    read_base,
    taken_ports,
    taken_text,
    wrong_base_text,
)
from sandbox.prepare import Demo, prepare
from sandbox.saml_portal.party import HOME as SAML_HOME
from sandbox.saml_portal.party import SERVICES as SAML_SERVICES
from sandbox.tables import addresses, people, stories, tries
from sandbox.texts import said
from sandbox.tries import person
from sandbox.walk import Walk

SERVICE: Final = "Meldportaal Bodem"
IN_USE: Final = (
    "Die blijft zoals zij is. Stop haar eerst met Ctrl-C, of kies andere poorten met PORT_BASE:"
)
LANGUAGE: Final = of_terminal(os.environ)
console = Console(highlight=False, emoji=False)


@dataclass(frozen=True)
class Login:
    """One login that the demo makes by itself; ``front``: the page of the portal it begins at."""

    protocol: str
    makelaar: str
    person: str
    service: str = SERVICE
    front: str = "/"


LOGINS: Final = (
    Login("SAML", "Polderpoort", "jan"),
    Login("OpenID Connect", "Zekerweg", "liv"),
    Login("SAML aan beide kanten", "Polderpoort", "jan", SAML_SERVICES[0].name, SAML_HOME),
)


@dataclass(frozen=True)
class Start:
    """What to start and where. ``lock``: of the folder; ``check``: log in by itself, then stop."""

    place: Path
    lock: int
    addresses: Addresses
    check: bool


@dataclass(frozen=True)
class Proof:
    """One login that the demo made by itself. ``shown``: what the portal verified and got."""

    protocol: str
    succeeded: bool
    shown: str


def main() -> int:
    """The command. 0 when every login succeeded, else 1."""
    arguments = _arguments()
    if arguments.reset:
        return _reset(arguments.root)
    target = "demo-check" if arguments.check else "demo"
    try:
        base = read_base(arguments.port_base)
    except WrongBase as wrong:
        _refuse(wrong_base_text(str(wrong), LANGUAGE))
        return 1
    places = standard(base)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        place = folder(base, check=arguments.check, root=arguments.root)
        with held(place) as lock:
            taken = list(taken_ports(places))
            if taken:
                _refuse(*taken_text(taken, base, target, LANGUAGE))
                return 1
            return _run(Start(place, lock, places, arguments.check))
    except KeyboardInterrupt:
        _say("\n" + said("Gestopt.", LANGUAGE))
        return 0
    except InUse as used:
        what = said("In {place} draait al een demo.", LANGUAGE, place=used)
        way = said(IN_USE, LANGUAGE) + other_ports(base, target)
        _refuse(what, way)
        return 1
    except (PartyFailed, BrowserError) as failed:
        _refuse(said("Mislukt.", LANGUAGE), str(failed))
        return 1


def _reset(root: Path) -> int:
    gone, stayed = throw_away(root)
    for place in gone:
        _say(said("{place} is weg.", LANGUAGE, place=place))
    for place in stayed:
        what = said("{place} is in gebruik.", LANGUAGE, place=place)
        _refuse(what, said("Stop eerst die demo, met Ctrl-C.", LANGUAGE))
    if not gone and not stayed:
        _say(said("Er was niets om weg te gooien.", LANGUAGE))
    return 1 if stayed else 0


def _run(start: Start) -> int:
    started = time.monotonic()
    with _step("Sleutels, metadata en registraties maken"):
        demo = prepare(start.place, start.addresses)
    parties = Parties(demo, start.lock)
    try:
        with _step("sluis init"):
            parties.sluis("init")
        with _step("sluis apply -f registrations"):
            parties.sluis("apply", "-f", str(demo.registrations))
        with _step("Broker, makelaars, portalen en postbus starten"):
            parties.start()
        with _step("Operators maken: sluis operator create"):
            for one in OPERATORS:
                make_operator(demo, parties, one.user_name, one.name, one.role)
        proofs = []
        for login in LOGINS:
            with _step("Inloggen: {login}", login=said(login.protocol, LANGUAGE)):
                proofs.append(_prove(demo, login))
        _tell(demo, proofs)
        succeeded = sum(proof.succeeded for proof in proofs)
        result = said(
            "Inloggen gelukt ({done}/{all}) na {seconds} seconden",
            LANGUAGE,
            done=succeeded,
            all=len(proofs),
            seconds=round(time.monotonic() - started),
        )
        is_well = succeeded == len(proofs)
        console.print(Text("\n" + result, style="bold green" if is_well else "bold red"))
        if not is_well:
            _say(said("Wat de processen zeiden, staat in {logs}", LANGUAGE, logs=demo.logs))
        if start.check:
            return 0 if is_well else 1
        _say(said("Waarom een login mislukte, met de code van de pagina:", LANGUAGE))
        _say(f"  {_command(start.place, 'trace K7QM-4RXT', language=LANGUAGE)}")
        _say(said("Is alles in orde?", LANGUAGE))
        _say(f"  {_command(start.place, 'doctor')}")
        _say(said("Stoppen: Ctrl-C.", LANGUAGE) + "\n")
        _watch(parties)
        return 0
    finally:
        parties.stop()


def _command(place: Path, what: str, *, language: str = "en") -> str:
    """How ``sluis`` is told which installation is meant, and the language that is not its own."""
    other = "" if language == "en" else f" --language {language}"
    return f".venv/bin/sluis --config {place / 'config.toml'} {what}{other}"


def _prove(demo: Demo, login: Login) -> Proof:
    try:
        walk = Walk(demo, login.service, login.makelaar, login.person, front=login.front)
        page = walk.run()
    except BrowserError as error:
        return Proof(login.protocol, False, str(error))
    if page.heading != "U bent ingelogd" or not page.url.startswith(demo.addresses.portal):
        return Proof(login.protocol, False, f"{page.status} {page.heading}: {page.text[:300]}")
    facts = {one.get("data-fact"): one.text_content().strip() for one in page.tree.iter("dd")}
    shown = said(
        "{person} via {makelaar}, namens {company}, niveau {level}; {count} controles goed",
        LANGUAGE,
        person=person(login.person).name,
        makelaar=login.makelaar,
        company=facts.get("company"),
        level=facts.get("level"),
        count=len(page.tree.findall(".//ul[@class='sluis-checks']/li")),
    )
    return Proof(login.protocol, True, shown)


def _watch(parties: Parties) -> None:
    stop = threading.Event()
    while not stop.wait(1.0):
        parties.check()


def _tell(demo: Demo, proofs: list[Proof]) -> None:
    console.print()
    console.print(addresses(demo, LANGUAGE))
    console.print(Text("\n" + said("Testpersonen", LANGUAGE), style="bold underline"))
    hint = "Bij een makelaar kiest u alleen de naam. Waar geen dienst staat: bij Meldportaal Bodem."
    console.print(Text(said(hint, LANGUAGE)))
    for block in people(demo, LANGUAGE):
        console.print()
        console.print(block)
    begin = said("Probeer nu, vanaf {portal}", LANGUAGE, portal=f"{demo.addresses.portal}/")
    console.print(Text("\n" + begin, style="bold underline"))
    for block in tries(demo, LANGUAGE):
        console.print()
        console.print(block)
    console.print(Text("\n" + said("Daarna, met meer mensen", LANGUAGE), style="bold underline"))
    for block in stories(demo, LANGUAGE):
        console.print()
        console.print(block)
    console.print()
    for proof in proofs:
        mark = Text("✓ ", "green") if proof.succeeded else Text("✗ ", "red")
        console.print(mark.append(f"{said(proof.protocol, LANGUAGE)}: {proof.shown}", "default"))


def _say(text: str) -> None:
    """As it is: a command or an address is not broken, and nothing in it is markup."""
    console.print(Text(text), soft_wrap=True)


def _refuse(what: str, way: str = "") -> None:
    console.print(Text(what, "red").append(f" {way}".rstrip(), "default"), soft_wrap=True)


@contextmanager
def _step(text: str, **values: object) -> Iterator[None]:
    started = time.monotonic()
    shown = said(text, LANGUAGE, **values)
    if console.is_terminal:
        with console.status(f"{shown} …"):
            yield
    else:
        yield
    done = Text("✓ ", "green").append(shown, "default")
    console.print(done.append(f" ({time.monotonic() - started:.1f} s)", "bright_black"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="log in, then stop")
    parser.add_argument("--reset", action="store_true", help="throw away what demos left, and stop")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="where demos keep files (default %(default)s)"
    )
    parser.add_argument(
        "--port-base",
        default=os.environ.get("PORT_BASE") or str(DEFAULT_PORT_BASE),
        help="first of seven ports (default %(default)s)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
