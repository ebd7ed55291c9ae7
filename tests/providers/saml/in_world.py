"""Answers of a makelaar in a whole world: caught before the browser sends them, or made here."""

from __future__ import annotations

import base64
import secrets
import zlib
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from sqlalchemy import select

from broker.journey import login_store
from sandbox import prepare
from sandbox.browser import Browser, Page
from state.audit import AuditRow, EventTag
from tests.providers.saml.maker import Recipe, Words
from tests.providers.saml.signing import Signing
from tests.world import ADDRESSES, World

ACS: Final = f"{ADDRESSES.broker}/saml/acs"
BODEM: Final = "Meldportaal Bodem"
JAN: Final = "pp-jan-5b1f0a"  # his name at Polderpoort
GOOD: Final = Recipe()
CONSENT: Final = "Deze gegevens geven wij door"
IN: Final = "U bent ingelogd"
Fields = list[tuple[str, str]]


@dataclass
class Visit:
    """A browser that is about to bring a makelaar's answer. ``request``: what was asked."""

    world: World
    browser: Browser
    fields: Fields
    request: etree._Element | None = None

    @property
    def relay_state(self) -> str:
        return dict(self.fields)["RelayState"]

    @property
    def message(self) -> str:
        return dict(self.fields)["SAMLResponse"]

    @property
    def login_url(self) -> str:
        return f"{ADDRESSES.broker}/login/{self.relay_state.partition('.')[0]}"

    def bring(self, fields: Fields | None = None, browser: Browser | None = None) -> Page:
        """Post it, as the makelaar's page does."""
        return (browser or self.browser).post(ACS, self.fields if fields is None else fields)


def visit(
    world: World,
    person: str = "jan",
    service: str = BODEM,
    makelaar: str = "Polderpoort",
    **more: Any,
) -> Visit:
    """From the portal to the makelaar's answer."""
    browser = world.browser(javascript=False)
    page = world.walk(service, makelaar, person, browser=browser, **more).run()
    (form,) = page.forms
    assert form.get("action") == ACS
    return Visit(world, browser, list(form.form_values()))


def made(
    world: World,
    recipe: Recipe = GOOD,
    *,
    makelaar: str = "Polderpoort",
    subject: str = JAN,
    service: str = BODEM,
    asking: str = "",
) -> Visit:
    """The same, with an answer made by ``recipe`` and signed with the makelaar's own key.
    ``asking``: what the portal asks beyond the usual, as a query.
    """
    browser = world.browser(javascript=False)
    page = browser.open(f"{world.demo.addresses.portal}/")
    address = next(a.get("href") for a in page.tree.iter("a") if a.text_content() == service)
    browser.open(f"{world.demo.addresses.portal}{address}?{asking}")
    browser.click(makelaar)
    sent = parse_qs(urlsplit(browser.visited[-1]).query)
    request = etree.fromstring(zlib.decompress(base64.b64decode(sent["SAMLRequest"][0]), -15))
    raw = response_to(world, str(request.get("ID")), recipe, makelaar, subject)
    value = base64.b64encode(raw).decode()
    return Visit(
        world, browser, [("SAMLResponse", value), ("RelayState", sent["RelayState"][0])], request
    )


def response_to(
    world: World, request: str, recipe: Recipe, makelaar: str = "Polderpoort", subject: str = JAN
) -> bytes:
    """A response as this makelaar makes it."""
    there = next(m for m in prepare.makelaars(world.demo) if m.profile.name == makelaar)
    words = Words(
        issuer=there.entity_id,
        subject=subject,
        request=request,
        acs=ACS,
        sp=f"{ADDRESSES.broker}/saml/metadata",
        name=secrets.token_hex(8),
        at=world.clock(),
    )
    key = there.pair.key
    assert isinstance(key, rsa.RSAPrivateKey)
    signing = Signing(private_key=key)
    return replace(recipe, words=words, signing=signing, outer=signing).raw()


def rejections(world: World) -> list[AuditRow]:
    """Audit events about messages that were refused, oldest first."""
    with world.session() as session:
        found = select(AuditRow).where(AuditRow.tag == EventTag.MESSAGE_REJECTED)
        return list(session.scalars(found.order_by(AuditRow.id)))


def heard_by_portal(visit: Visit) -> str:
    """The error that the portal shows after the user went back to it."""
    page = visit.browser.click("Ga terug naar")
    if not page.url.startswith(visit.world.demo.addresses.portal):
        page = visit.browser.click("Ga terug naar")
    assert page.url.startswith(visit.world.demo.addresses.portal)
    found = parse_qs(urlsplit(page.url).query).get("error")
    assert found is not None, page.text
    return found[0]


def goes_on(visit: Visit, url: str | None = None) -> None:
    """The login that this browser began ends at the portal."""
    page = visit.browser.open(url or visit.login_url)
    assert page.heading == CONSENT
    page = visit.browser.press("agree", "yes")
    assert page.heading == IN


def accepted(visit: Visit) -> None:
    assert visit.bring().heading == CONSENT
    goes_on(visit)


def is_open(visit: Visit) -> bool:
    """True while the login waits for an answer of its makelaar."""
    rt = visit.world.runtime
    login_id = visit.relay_state.partition(".")[0]
    kept = login_store.parse(rt.store.get(login_store.key(login_id)), rt.sealer)
    return kept is not None and kept.login.ended is None and kept.login.identity is None


def turned_away(page: Page, status: int, error: str) -> None:
    """Our own page, with a reference and without a way to the portal as a user who is in."""
    assert (page.url, page.status) == (ACS, status)
    assert f"Fout {error}" in page.text
    assert page.answer.header("Location") is None
    assert "SAMLResponse" not in page.answer.body.decode()


UNSOLICITED = (400, "SLS-2101")
REJECTED = (400, "SLS-2104")
UNUSABLE = (400, "SLS-2105")
OURS = (400, "SLS-2106")
SAID_NO = (400, "SLS-2107")
EXPIRED = (410, "SLS-1001")
