"""A demo of real processes on free ports, with what only tests need."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pyotp

from broker import settings as configuration
from directory.dates import day_of
from sandbox.addresses import Addresses, spare_loopback_host
from sandbox.browser import Browser
from sandbox.keys import new_pair
from sandbox.operator import make_operator
from sandbox.parties import Parties
from sandbox.portal.clients import CLIENTS
from sandbox.prepare import Demo, prepare, totp_secret
from sandbox.walk import Walk
from sandbox.wire import HttpWire
from tests.commands_here import CommandsHere
from tests.installed import register
from tests.servers import free_port

# A makelaar at an address where nobody listens; a portal behind a gateway, with every service; a
# client of Mo's office next to one whose mandate expired; what an operator announces about one
# service and one makelaar.
PATIENCE: Final = 60.0
REGISTRATIONS: Final = """\
kind: IdentityProvider
id: droogdok
name: Droogdok
level_ceiling: EH3
oidc:
  issuer: http://127.0.0.1:{port}/droogdok
  client_id: sluis-demo
---
kind: ChainMandate
organisation: "90001201"
intermediary: "90001542"
service: 34b69f52-4f2f-4b6d-accc-50c15aef38b9
level: EH3
from: {yesterday}
until: {next_year}
---
kind: Person
id: tess
name: Tess Vermeer
email: tess@voorbeeld.example
account: {{user_name: tess.vermeer, level: EMAIL, password_file: {temporary}}}
---
kind: Client
client_id: keten
name: {{nl: Portaal achter een gateway, en: Portal behind a gateway}}
services: [{services}]
redirect_uris: ["{gateway}/callback/keten"]
post_logout_redirect_uris: ["{gateway}/"]
token_endpoint_auth_method: none
authorization_details_types: ["urn:sluis:document"]
---
kind: Announcement
id: onderhoud-bodemkaart
about: maintenance
title: {{nl: Onderhoud aan de bodemkaart, en: Maintenance of the soil map}}
text:
  nl: Zaterdag van 22.00 tot 23.30 uur kunt u hier niet inloggen. Zondag werkt alles weer.
  en: You cannot log in here on Saturday from 22:00 to 23:30. On Sunday everything works again.
service: 867e12fc-c1de-4b3d-99dd-0c55a35b3a2e
---
kind: Announcement
id: storing-droogdok
about: outage
title: {{nl: Droogdok heeft een storing., en: Droogdok has an outage.}}
text:
  nl: Inloggen duurt langer dan normaal. Er wordt aan gewerkt.
makelaar: droogdok
"""
PHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"
TEMPORARY: Final = "tijdelijk woord 1"  # of Tess, who must choose her own


@dataclass(frozen=True)
class RunningDemo:
    """All parties answer; people and mandates are those of the demo. ``spare_port``: of software of
    others, which the broker may call there.
    """

    demo: Demo
    parties: Parties
    spare_port: int
    links_seen: dict[str, int] = field(default_factory=dict)

    @property
    def addresses(self) -> Addresses:
        return self.demo.addresses

    def code_of(self, person: str) -> str:
        """The code that the app of this person shows now."""
        return pyotp.TOTP(totp_secret(self.demo, person)).now()

    def code_with(self, seed: str) -> str:
        """The code that an app with this key shows now."""
        return pyotp.TOTP(seed).now()

    def wrong_code_of(self, person: str) -> str:
        """Six digits that are nobody's code."""
        return f"{(int(self.code_of(person)) + 123_456) % 1_000_000:06}"

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """That of the broker, which is running; nobody waits for the disk."""
        file = self.demo.directory / "sluis.db"
        with closing(sqlite3.connect(file, timeout=60)) as database:
            database.execute("PRAGMA synchronous=OFF")
            yield database

    def forget_codes(self) -> None:
        """As if no code was ever given: every test starts with five tries and an unused code."""
        with self._database() as database:
            database.execute("update factor set failures = 0, locked_until = null, last_step = 0")
            database.commit()

    def forget_requests(self) -> None:
        """As if nobody ever asked for a mandate, and so got one."""
        with self._database() as database:
            database.execute("delete from mandate_request")
            database.execute("delete from mandate where granted_by is not null")
            database.commit()

    def forget_clients(self) -> None:
        """As if no intermediary ever asked a client."""
        with self._database() as database:
            database.execute("delete from chain_request")
            database.execute("delete from ephemeral where key like 'limit:chain-requests-%'")
            database.commit()

    def keep_no_more(self, person: str) -> None:
        """As if this person came by a screen and not by a document."""
        with self._database() as database:
            database.execute("update person set origin = 'screen' where id = ?", (person,))
            database.commit()

    def give_means(self, person: str, kvk: str) -> None:
        """As if the account of this person was asked as a means by that organisation."""
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
        means = f"means-{person}"
        with self._database() as database:
            (level,) = database.execute(
                "select level from account where person_id = ?", (person,)
            ).fetchone()
            database.execute(
                "insert or ignore into means"
                " (id, person_id, level, asked_at, approved_at, activated_at)"
                " values (?, ?, ?, ?, ?, ?)",
                (means, person, level, now, now, now),
            )
            database.execute(
                "insert or ignore into means_link"
                " (id, means_id, organisation_id, role, gives_place, since)"
                " select ?, ?, id, 'member', 0, ? from organisation where kvk = ?",
                (means, means, now, kvk),
            )
            database.commit()

    def leave_behind(self, kvk: str, other: str) -> None:
        """As if somebody left that organisation with a mandate, and as if a link gave the other one
        a chain mandate on a level at which no link counts.
        """
        now = datetime.now(UTC)
        before, past, later = (
            f"{now + timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}" for days in (-200, -20, 400)
        )
        services = {service.name: service.uuid for one in CLIENTS for service in one.services}
        uuid = services["Meldportaal Bodem"]
        with closing(sqlite3.connect(self.demo.directory / "sluis.db", timeout=60)) as database:
            database.execute(
                "insert or ignore into person (id, display_name, locale, created_at, origin)"
                " values ('nora', 'Nora Visser', 'nl', ?, 'screen')",
                (before,),
            )
            database.execute(
                "insert or ignore into membership"
                " (id, person_id, organisation_id, role, since, until, origin)"
                " select 'nora', 'nora', id, 'member', ?, ?, 'screen'"
                " from organisation where kvk = ?",
                (before, past, kvk),
            )
            database.execute(
                "insert or ignore into mandate (id, person_id, organisation_id, service_uuid,"
                " level, branches, valid_from, valid_until, granted_by)"
                " select 'nora', 'nora', id, ?, 'EH3', '[]', ?, ?, 'sanne'"
                " from organisation where kvk = ?",
                (uuid, before, later, kvk),
            )
            database.execute(
                "insert or ignore into chain_mandate (id, organisation_id, intermediary_id,"
                " service_uuid, level, valid_from, valid_until, granted_by, by_link)"
                " select 'by-link', one.id, other.id, ?, 'EH4', ?, ?, 'asked', 1"
                " from organisation one, organisation other where one.kvk = ? and other.kvk = ?",
                (uuid, before, later, kvk, other),
            )
            database.commit()

    def let_metadata_wait(self) -> None:
        """Polderpoort published another key and address, and nobody vouches for them."""
        document = (self.demo.registrations / "polderpoort.xml").read_text(encoding="utf-8")
        key = re.sub(r"\s+", "", new_pair("next").certificate_base64)
        document = re.sub(r"(X509Certificate>)[^<]+", rf"\g<1>{key}", document)
        document = document.replace("/polderpoort/sso", "/polderpoort/nieuw/sso")
        with self._database() as database:
            database.execute(
                "update party_metadata set waiting = ?, waiting_since = ?, waiting_reason = ?,"
                " rejected = null, rejected_at = null where name = 'polderpoort'",
                (document, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}", "not_vouched"),
            )
            database.commit()

    def recovery_link(self, person: str) -> str:
        """The last link to a new password that was mailed to this person."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            mail = HttpWire().request("GET", f"{self.addresses.postbus}/api/messages").json()
            found = [
                url
                for message in mail
                if message["recipient"] == f"{person}@voorbeeld.example"
                for url in re.findall(r"http\S+/inloggegevens-vergeten/\S+", message["text"])
            ]
            if len(found) > self.links_seen.get(person, 0):
                self.links_seen[person] = len(found)
                return found[-1]
            time.sleep(0.2)
        raise TimeoutError(f"no link for {person}")

    def mailed(self, address: str, pattern: str) -> str:
        """What the last mail to this address that holds such a thing says."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            mail = HttpWire().request("GET", f"{self.addresses.postbus}/api/messages").json()
            found = [
                words[0]
                for message in mail
                if message["recipient"] == address
                if (words := re.search(pattern, message["text"]))
            ]
            if found:
                return found[-1]
            time.sleep(0.2)
        raise TimeoutError(f"no mail to {address}")

    def apply(self, name: str, documents: str) -> None:
        """Register these documents as an operator does; the broker follows within seconds."""
        file = self.demo.registrations / f"{name}.yaml"
        file.write_text(documents, encoding="utf-8")
        self.parties.sluis("apply", "-f", str(file))

    def log_in_elsewhere(self, person: str) -> None:
        """This person is at a portal with another browser, and nowhere else any more."""
        self.parties.sluis("session", "end", "--person", person, "--yes")
        browser = Browser()
        browser.user_agent = PHONE
        Walk(self.demo, "Meldportaal Bodem", "Polderpoort", person, browser=browser).run()

    def ask_for_a_mandate(self) -> None:
        """Fatima asks the administrators of De Korenmolen for a first time."""
        self.forget_requests()
        walk = Walk(self.demo, "Lozing melden", "Veerhuis", "fatima")
        walk.run()
        page = walk.browser.click("Stuur verzoek naar mijn beheerder")
        assert "Uw verzoek is verstuurd" in page.text


@contextmanager
def running_demo(directory: Path) -> Iterator[RunningDemo]:
    """The demo runs inside this block. Raises PartyFailed with the log of who did not start."""
    demo = prepare(directory, _free_addresses())
    today = day_of(datetime.now(UTC))
    temporary = demo.secrets / "tess.password"
    temporary.write_text(TEMPORARY)
    nobody, spare = free_port(), free_port()
    written = demo.config.read_text(encoding="utf-8")
    reachable = f'"127.0.0.1:{nobody}", "127.0.0.1:{spare}", '
    called = written.replace("loopback = [", f"loopback = [{reachable}", 1)
    demo.config.write_text(f"{called}\n[identity_documents]\nasked = true\n", encoding="utf-8")
    more = REGISTRATIONS.format(
        temporary=temporary,
        port=nobody,
        gateway=demo.addresses.gateway,
        services=", ".join(s.uuid for client in CLIENTS for s in client.services),
        yesterday=today - timedelta(days=1),
        next_year=today + timedelta(days=365),
    )
    (demo.registrations / "90-browser.yaml").write_text(more, encoding="utf-8")
    parties = CommandsHere(demo)
    try:
        register(demo, configuration.load(demo.config, {}))
        parties.start()
        make_operator(demo, parties)
        yield RunningDemo(demo, parties, spare)
    finally:
        parties.stop()


def _free_addresses() -> Addresses:
    return Addresses(
        broker=f"http://localhost:{free_port()}",
        makelaars=f"http://127.0.0.1:{free_port()}",
        portal=f"http://{spare_loopback_host()}:{free_port()}",
        postbus=f"http://127.0.0.1:{free_port()}",
        gateway=f"http://127.0.0.1:{free_port()}",
        hub=f"http://127.0.0.1:{free_port()}",
    )
