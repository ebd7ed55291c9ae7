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

from sandbox.addresses import DEFAULT_PORT_BASE, Addresses, standard
from sandbox.browser import BrowserError
from sandbox.operator import make_operator
from sandbox.parties import Parties, PartyFailed, taken_ports
from sandbox.place import ROOT, InUse, folder, held, throw_away
from sandbox.prepare import Demo, prepare
from sandbox.saml_portal.party import HOME as SAML_HOME
from sandbox.saml_portal.party import SERVICES as SAML_SERVICES
from sandbox.tables import addresses, people
from sandbox.walk import Walk

SERVICE: Final = "Meldportaal Bodem"
console = Console(width=max(100, Console().width), highlight=False)


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
    places = standard(arguments.port_base)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        place = folder(arguments.port_base, check=arguments.check, root=arguments.root)
        with held(place) as lock:
            taken = sorted(taken_ports(places))
            if taken:
                console.print(_ports_taken(taken, arguments.port_base))
                return 1
            return _run(Start(place, lock, places, arguments.check))
    except KeyboardInterrupt:
        console.print("\nGestopt.")
        return 0
    except InUse as used:
        console.print(_in_use(str(used), arguments.port_base))
        return 1
    except (PartyFailed, BrowserError) as failed:
        console.print(f"[red]Mislukt.[/red] {failed}", markup=True)
        return 1


def _reset(root: Path) -> int:
    gone, stayed = throw_away(root)
    for place in gone:
        console.print(f"{place} is weg.")
    for place in stayed:
        console.print(f"[red]{place} is in gebruik.[/red] Stop eerst die demo, met Ctrl-C.")
    if not gone and not stayed:
        console.print("Er was niets om weg te gooien.")
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
        with _step("Broker, makelaars, portaal en postbus starten"):
            parties.start()
        with _step("Operator maken: sluis operator create"):
            make_operator(demo, parties)
        proofs = []
        for login in LOGINS:
            with _step(f"Inloggen via {login.protocol}"):
                proofs.append(_prove(demo, login))
        _tell(demo, proofs)
        succeeded = sum(proof.succeeded for proof in proofs)
        colour = "green" if succeeded == len(proofs) else "red"
        console.print(
            f"\n[bold {colour}]Inloggen gelukt ({succeeded}/{len(proofs)})[/bold {colour}]"
            f" na {time.monotonic() - started:.0f} seconden"
        )
        if start.check:
            return 0 if succeeded == len(proofs) else 1
        console.print(f"Commando's: {_command(start.place)} doctor", soft_wrap=True)
        console.print(f"Open {demo.addresses.portal}/ in een browser. Stoppen: Ctrl-C.\n")
        _watch(parties)
        return 0
    finally:
        parties.stop()


def _command(place: Path) -> str:
    """How ``sluis`` is told which installation is meant."""
    return f".venv/bin/sluis --config {place / 'config.toml'}"


def _prove(demo: Demo, login: Login) -> Proof:
    try:
        walk = Walk(demo, login.service, login.makelaar, login.person, front=login.front)
        page = walk.run()
    except BrowserError as error:
        return Proof(login.protocol, False, str(error))
    if page.heading != "U bent ingelogd" or not page.url.startswith(demo.addresses.portal):
        return Proof(login.protocol, False, f"{page.status} {page.heading}: {page.text[:300]}")
    checks = {
        str(row.findtext("th")): str(row.findtext("td"))
        for row in page.tree.findall(".//table[1]//tr")
    }
    return Proof(
        login.protocol, True, ", ".join(f"{name}: {value}" for name, value in checks.items())
    )


def _watch(parties: Parties) -> None:
    stop = threading.Event()
    while not stop.wait(1.0):
        parties.check()


def _tell(demo: Demo, proofs: list[Proof]) -> None:
    console.print()
    for proof in proofs:
        mark = "[green]✓[/green]" if proof.succeeded else "[red]✗[/red]"
        console.print(f"{mark} {proof.protocol}: {proof.shown}")
    console.print()
    console.print(addresses(demo))
    console.print()
    console.print(people(demo))


def _ports_taken(taken: list[int], base: int) -> str:
    ports = ", ".join(str(port) for port in taken)
    said = f"Poort {ports} is" if len(taken) == 1 else f"Poorten {ports} zijn"
    return (
        f"[red]{said} al in gebruik.[/red] Stop wat daar draait (misschien een eerdere demo), "
        f"of kies andere poorten:\n{_other_ports(base)}"
    )


def _in_use(place: str, base: int) -> str:
    return (
        f"[red]In {place} draait al een demo.[/red] Die blijft zoals zij is. "
        f"Stop haar eerst met Ctrl-C, of kies andere poorten:\n{_other_ports(base)}"
    )


def _other_ports(base: int) -> str:
    """Another first port has another folder as well, so the demo that runs is left alone."""
    return (
        f"  make demo PORT_BASE={base + 100}\n"
        f"  .venv/bin/python -m sandbox.demo --port-base {base + 100}"
    )


@contextmanager
def _step(text: str) -> Iterator[None]:
    started = time.monotonic()
    if console.is_terminal:
        with console.status(f"{text} …"):
            yield
    else:
        yield
    console.print(f"[green]✓[/green] {text} ({time.monotonic() - started:.1f} s)")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="log in, then stop")
    parser.add_argument("--reset", action="store_true", help="throw away what demos left, and stop")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="where demos keep files (default %(default)s)"
    )
    parser.add_argument(
        "--port-base",
        type=int,
        default=int(os.environ.get("PORT_BASE", DEFAULT_PORT_BASE)),
        help="first of seven ports (default %(default)s)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
