"""A world in which a federation is registered: it publishes a list, and its makelaars answer as the
test wants.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import yaml
from flask import Flask, Response
from lxml import etree

from admin.metadata import federation_looks
from keys.certificates import to_pem
from providers.federation_members import member_id
from sandbox.browser import Browser, Page
from state import party_metadata
from state.db import writing
from state.registrations import Kind
from tests.providers.saml.aggregates import NOORD, SIGNER, ZUID, Listed, Member, many
from tests.providers.saml.in_world import ACS, GOOD
from tests.providers.saml.maker import certificate
from tests.providers.saml.read_here import lists_read_here
from tests.providers.saml.signing import Signing
from tests.world import ADDRESSES, World, make_world

HOST: Final = "federation.example"
IDEAS_UUID: Final = "4c95a12d-33ae-4688-9980-85f799509db0"
CHOOSE: Final = "Wie is uw makelaar?"
IN: Final = "U bent ingelogd"
CONSENT: Final = "Deze gegevens geven wij door"
LOA2: Final = "urn:etoegang:core:assurance-class:loa2"
LOA3: Final = "urn:etoegang:core:assurance-class:loa3"
NOORD_ID: Final = member_id("noordzee", NOORD.entity_id)


@dataclass
class Federated:
    """A demo in which a federation is registered."""

    world: World
    document: bytes = b""

    def publish(self, *members: Member) -> str:
        """The list has these; what a worker makes of it, and every process after it."""
        now = self.world.clock()
        self.document = Listed(members=members, since=now).document()
        process = self.world.process
        with process.sessions() as session, writing(session):
            row = party_metadata.row_of(session, Kind.FEDERATION, "noordzee")
            assert row is not None
            row.due_at = now
        with lists_read_here():
            (look,) = federation_looks.refresh_due(process)
        process.holder.refresh()
        return str(look.judgement.verdict)

    def let_answer(self, members: Iterable[Member]) -> None:
        """Pages of these makelaars, so that a browser arrives somewhere."""
        page = Flask("member")

        @page.get("/<path:_>")
        def there(_: str) -> str:
            return "<h1>Log in bij uw school</h1>"

        self.world.wire.applications |= dict.fromkeys((one.scope for one in members), page)

    def register(self, **changes: Any) -> None:
        self.world.apply(yaml.safe_dump({**REGISTRATION, **changes}), "federation.yaml")

    def begun(self, asking: str = "", browser: Browser | None = None) -> tuple[Browser, Page]:
        """The portal sent somebody to us."""
        browser = browser or self.world.browser(javascript=False)
        page = browser.open(f"{ADDRESSES.portal}/")
        address = next(h for a in page.tree.iter("a") if IDEAS_UUID in (h := str(a.get("href"))))
        return browser, browser.open(f"{ADDRESSES.portal}{address}?{asking}")

    def answered(self, browser: Browser, member: Member = NOORD, key: str | None = None) -> Page:
        """The makelaar where this browser is answers, signed with this key."""
        sent = parse_qs(urlsplit(browser.visited[-1]).query)
        request = etree.fromstring(zlib.decompress(base64.b64decode(sent["SAMLRequest"][0]), -15))
        identifier = str(request.get("ID"))
        words = replace(
            GOOD.words,
            issuer=member.entity_id,
            subject="student-1",
            request=identifier,
            acs=ACS,
            sp=f"{ADDRESSES.broker}/saml/metadata",
            name=f"r{identifier[-12:]}",
            at=self.world.clock(),
        )
        signing = Signing(key=key or member.key)
        raw = replace(GOOD, words=words, signing=signing, outer=signing).raw()
        value = base64.b64encode(raw).decode()
        return browser.post(ACS, [("SAMLResponse", value), ("RelayState", sent["RelayState"][0])])

    def logged_in(self, browser: Browser, member: Member = NOORD) -> bool:
        page = self.answered(browser, member)
        if page.heading == CONSENT:
            page = browser.press("agree", "yes")
        return page.heading == IN

    def level(self, browser: Browser) -> str:
        """What the portal heard: the claim ``loa`` as its page has it."""
        assert browser.page is not None
        (found,) = set(re.findall(r"urn:etoegang:core:assurance-class:loa\d", browser.page.text))
        return str(found)

    @contextmanager
    def sharing_logins(self) -> Iterator[None]:
        """Logins at this service answer there again."""
        group = {"session_group": "ideeen", "accepts_sessions_of": ["ideeen"]}
        before = ideas(self.world)
        self.world.apply(yaml.safe_dump({**before, **group}), "ideas.yaml")
        try:
            yield
        finally:
            self.world.apply(yaml.safe_dump(before), "ideas.yaml")


def ideas(world: World) -> dict[str, Any]:
    """The service of these tests, where accounts of Sluis do not count."""
    services = (world.demo.registrations / "20-services.yaml").read_text(encoding="utf-8")
    found = next(d for d in yaml.safe_load_all(services) if d["uuid"] == IDEAS_UUID)
    plain = {name: value for name, value in found.items() if not str(value).startswith("${")}
    return {**plain, "email_accounts": False}


REGISTRATION: Final[dict[str, Any]] = {
    "kind": "Federation",
    "id": "noordzee",
    "name": "Noordzee",
    "services": "all",
    "level_ceiling": "EH3",
    "levels": {LOA3: "EH3"},
    "notice": {"nl": "Kies uw eigen school.", "en": "Choose your own school."},
    "saml": {
        "aggregate_url": f"https://{HOST}/list.xml",
        "metadata_signing_certificate": to_pem(certificate(SIGNER)),
    },
}
MANY: Final = (NOORD, ZUID, *many(60))


def make_federated(folder: Path) -> Federated:
    """A demo with a federation whose list was not looked at yet."""
    made = Federated(make_world(folder))
    federation = Flask("federation")

    @federation.get("/list.xml")
    def published() -> Response:
        return Response(made.document, mimetype="application/samlmetadata+xml")

    made.world.wire.applications[HOST] = federation
    made.let_answer((NOORD, ZUID))
    made.world.apply(yaml.safe_dump(ideas(made.world)), "ideas.yaml")
    made.register()
    return made
