"""A login at one makelaar out of a federation of many: found on the page, asked, believed as far as
the federation is registered, logged out, and gone once it leaves the list.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

import pytest
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
from tests.providers.saml.in_world import ACS, GOOD, rejections
from tests.providers.saml.maker import certificate
from tests.providers.saml.signing import Signing
from tests.world import ADDRESSES, World, make_world

HOST: Final = "federation.example"
IDEAS_UUID: Final = "4c95a12d-33ae-4688-9980-85f799509db0"
CHOOSE: Final = "Wie is uw makelaar?"
IN: Final = "U bent ingelogd"
CONSENT: Final = "Deze gegevens geven wij door"
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
        (look,) = federation_looks.refresh_due(process)
        process.holder.refresh()
        return str(look.judgement.verdict)

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


@pytest.fixture(scope="module")
def federated(tmp_path_factory: pytest.TempPathFactory) -> Federated:
    made = Federated(make_world(tmp_path_factory.mktemp("world")))
    federation, member = Flask("federation"), Flask("member")

    @federation.get("/list.xml")
    def published() -> Response:
        return Response(made.document, mimetype="application/samlmetadata+xml")

    @member.get("/<path:_>")
    def there(_: str) -> str:
        return "<h1>Log in bij uw school</h1>"

    made.world.wire.applications |= {
        HOST: federation,
        **dict.fromkeys([NOORD.scope, ZUID.scope], member),
    }
    services = (made.world.demo.registrations / "20-services.yaml").read_text(encoding="utf-8")
    ideas = next(d for d in yaml.safe_load_all(services) if d["uuid"] == IDEAS_UUID)
    plain = {name: value for name, value in ideas.items() if not str(value).startswith("${")}
    made.world.apply(yaml.safe_dump({**plain, "email_accounts": False}), "ideas.yaml")
    made.register()
    assert made.publish(*MANY) == "taken"
    return made


@pytest.fixture(autouse=True)
def as_registered(federated: Federated) -> None:
    federated.register()


def test_somebody_finds_their_makelaar_and_logs_in(federated: Federated) -> None:
    browser, page = federated.begun()
    assert page.heading == CHOOSE
    assert "Er zijn meer dan 50 makelaars" in page.text
    browser.fill("q", "noorderlicht")
    page = browser.click("Zoek")
    assert "1 makelaar, op alfabet" in page.text and "Kies uw eigen school." in page.text
    browser.press("provider", NOORD_ID)
    assert browser.visited[-1].startswith("https://noord.example/sso?")
    assert federated.logged_in(browser)


def test_the_page_stays_small_and_says_nothing_of_each_makelaar_in_its_headers(
    federated: Federated,
) -> None:
    _, page = federated.begun()
    assert len(page.answer.body) < 100_000
    (choices,) = page.tree.find_class("sluis-choices")
    assert len(choices) == 50
    chosen = [str(b.get("value")) for b in choices.iter("button")]
    assert "polderpoort" in chosen[:5] and NOORD_ID in chosen
    headers = "".join(f"{name}{value}" for name, value in page.answer.headers)
    assert "noord.example" not in headers and "member" not in headers
    assert sum(len(n) + len(v) for n, v in page.answer.headers) < 4000


def test_names_are_in_the_language_of_the_page(federated: Federated) -> None:
    browser = federated.world.browser("en", javascript=False)
    _, page = federated.begun(browser=browser)
    browser.fill("q", "zuiderzon")
    page = browser.click("Search")
    assert "South University" in page.text and "Universiteit Zuid" not in page.text


def test_nothing_is_found_for_a_name_that_nobody_has(federated: Federated) -> None:
    browser, _ = federated.begun()
    browser.fill("q", "bestaat%niet")
    assert "Geen makelaar gevonden met de naam" in browser.click("Zoek").text


@pytest.mark.parametrize("hint", [NOORD_ID, NOORD.entity_id])
def test_a_portal_names_a_makelaar_of_a_federation(federated: Federated, hint: str) -> None:
    browser, _ = federated.begun(f"idp_hint={quote(hint, safe='')}")
    assert browser.visited[-1].startswith("https://noord.example/sso?")
    assert federated.logged_in(browser)


def test_a_remembered_makelaar_costs_no_page_and_stays_first(federated: Federated) -> None:
    browser, _ = federated.begun()
    browser.fill("q", "zuiderzon")
    browser.click("Zoek")
    page = browser.page
    assert page is not None
    form = next(f for f in page.forms if f.get("method") == "post")
    form.fields["remember"] = "yes"
    zuid = member_id("noordzee", ZUID.entity_id)
    browser.press("provider", zuid)
    assert federated.logged_in(browser, ZUID)
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    browser.click("Log overal uit")
    _, page = federated.begun("prompt=select_account", browser)
    chosen = [b for b in page.tree.iter("button") if b.get("name") == "provider"]
    assert chosen[0].get("value") == zuid


def test_another_key_than_the_list_has_proves_nothing(federated: Federated) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    page = federated.answered(browser, key="thief")
    assert page.status == 400
    assert rejections(federated.world)[-1].reason == "signature_invalid"


def test_a_member_cannot_answer_for_another_one(federated: Federated) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    page = federated.answered(browser, replace(ZUID, key=NOORD.key))
    assert page.status == 400
    assert rejections(federated.world)[-1].reason == "issuer_mismatch"


def test_who_left_the_list_is_refused_at_the_next_answer_and_is_not_found(
    federated: Federated,
) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    federated.world.clock.advance(1)
    assert federated.publish(ZUID, *many(60)) == "taken"
    try:
        assert federated.answered(browser).status == 400
        assert rejections(federated.world)[-1].reason == "provider_not_live"
        browser, page = federated.begun(f"idp_hint={NOORD_ID}")
        assert page.heading == CHOOSE
        browser.fill("q", "noorderlicht")
        assert "Geen makelaar gevonden" in browser.click("Zoek").text
    finally:
        federated.world.clock.advance(1)
        assert federated.publish(*MANY) == "taken"


@pytest.mark.parametrize(
    "change",
    [
        {"services": ["7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"]},
        {"state": "paused"},
        {"members": {"deny": [NOORD.entity_id]}},
    ],
)
def test_what_the_registration_does_not_allow_is_refused(
    federated: Federated, change: dict[str, Any]
) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    federated.register(**change)
    assert federated.answered(browser).status == 400
    assert rejections(federated.world)[-1].reason in (
        "provider_not_allowed_for_service",
        "provider_not_live",
    )
    browser, page = federated.begun(f"idp_hint={NOORD_ID}")
    assert page.heading == CHOOSE
    browser.fill("q", "noorderlicht")
    assert "Geen makelaar gevonden" in browser.click("Zoek").text


def test_a_ceiling_holds_at_each_use(federated: Federated) -> None:
    """A session that the federation made at EH3 says EH2 once that is all it is believed."""
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    assert federated.logged_in(browser)
    configuration = federated.world.process.holder.current
    record = configuration.providers[NOORD_ID]
    assert record.level_ceiling.label == "EH3"
    federated.register(level_ceiling="EH2")
    record = federated.world.process.holder.current.providers[NOORD_ID]
    assert record.level_ceiling.label == "EH2"


def test_a_logout_and_the_trace_name_the_makelaar(federated: Federated) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    assert federated.logged_in(browser)
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    browser.click("Log overal uit")
    assert browser.visited[-1].startswith("https://noord.example/slo?SAMLRequest=")
    page = browser.open(f"{ADDRESSES.broker}/uitloggen")
    assert NOORD.nl in page.text
