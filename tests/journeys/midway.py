"""Logins that stand at each of their steps: begun, and gone on with after something was taken away.

Roos has a makelaar, an app of ours, and three ways to act: by herself, as a member of a user group
and for a client of the office. She is asked everything that a login can ask.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pyotp
import yaml
from lxml import etree
from sqlalchemy import select

from assurance.levels import AssuranceLevel
from consent.chains import ChainMandate
from consent.group_mandates import GroupMandate
from consent.mandates import Mandate
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.organisations import Organisation
from directory.people import Membership, Role
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, PortalService
from sandbox.prepare import totp_secret
from state.db import writing
from tests.broker.clients import clients
from tests.broker.portal import FORM, ISSUER, query_of, scope_of
from tests.broker.saml.artifact_portal import ARTIFACT as BY_ARTIFACT
from tests.broker.saml.artifact_portal import ArtifactPortal
from tests.broker.saml.portals import status_in
from tests.journeys.at_mijn import buttons, fresh
from tests.journeys.beheer import BAKERY, GARDEN, OFFICE
from tests.journeys.running import SAML_PORTAL, Instances, make_instances
from tests.journeys.stores import Stores

MAKELAAR: Final = "brugwacht"
HIGH: Final = PortalService(
    "5f0c2b1e-6d0f-4a53-9f0e-0a5d3c7b9e11", "Peilbesluit", "EH2+", "required"
)
LOW: Final = PortalService("5f0c2b1e-6d0f-4a53-9f0e-0a5d3c7b9e12", "Peilkaart", "EH2", "none")
CLIENT: Final = "80000001"
OWN, BY_GROUP, BY_CHAIN = f"{BAKERY}..", f"{GARDEN}..", f"{CLIENT}.{OFFICE}."


def service(one: PortalService, **facts: Any) -> dict[str, Any]:
    return {
        "kind": "Service",
        "uuid": one.uuid,
        "service_id": f"urn:x:{one.uuid}",
        "name": {"nl": one.name, "en": one.name},
        "provider_name": {"nl": "Waterschap", "en": "Water board"},
        "provider_oin": "00000004000000002000",
        "level": one.level,
        "mandate": one.mandate,
        "privacy_url": "http://127.0.0.2:8002/privacy",
        "help_url": "http://127.0.0.2:8002/hulp",
        "session_group": "peil",
        "accepts_sessions_of": ["peil"],
        **facts,
    }


SERVICE: Final = service(
    HIGH,
    chain_mandates=True,
    chain_level="EH2+",
    consent="ask",
    second_factor_reuse_minutes=0,
)
PORTAL: Final = {
    **next(one for one in clients() if one["client_id"] == "by-basic"),
    "services": [HIGH.uuid, LOW.uuid, BODEM.uuid],
    "default_service": LOW.uuid,
}
OF_SAML: Final = {**SAML_PORTAL, "services": [HIGH.uuid], "default_service": HIGH.uuid}


def make_midway(directory: Path, stores: Stores | None = None) -> Instances:
    at = make_instances(directory, stores)
    documents = [SERVICE, service(LOW, consent="none"), PORTAL, OF_SAML]
    at.world.apply(yaml.safe_dump_all(documents), "97-midway.yaml")
    now = at.world.clock()
    terms = {
        "level": AssuranceLevel.EH2_PLUS,
        "valid_from": now - timedelta(days=1),
        "valid_until": now + timedelta(days=90),
    }
    with at.world.session() as session, writing(session):
        kvks = {one.kvk: one for one in session.scalars(select(Organisation))}
        client = Organisation(kvk=CLIENT, name="Klant")
        group = UserGroup(short_name="peil", name="Peil", made_at=now)
        session.add_all([client, group])
        session.flush()
        places = {BAKERY: kvks[BAKERY].id, OFFICE: kvks[OFFICE].id, GARDEN: kvks[GARDEN].id}
        given = {
            kvk: Mandate(person_id="roos", organisation_id=place, service_uuid=HIGH.uuid, **terms)
            for kvk, place in places.items()
        }
        member = GroupMember(group_id=group.id, person_id="roos", role=Role.MEMBER, since=now)
        boss = GroupMember(group_id=group.id, person_id="sanne", role=Role.ADMINISTRATOR, since=now)
        company = GroupCompany(
            group_id=group.id,
            organisation_id=places[GARDEN],
            level=AssuranceLevel.EH2_PLUS,
            added_by="sanne",
            since=now,
            valid_until=terms["valid_until"],
        )
        chain = ChainMandate(
            organisation_id=client.id,
            intermediary_id=places[OFFICE],
            service_uuid=HIGH.uuid,
            **terms,
        )
        sanne = Membership(
            person_id="sanne", organisation_id=client.id, role=Role.ADMINISTRATOR, since=now
        )
        session.add_all([*given.values(), member, boss, company, chain, sanne])
        session.flush()
        session.add(
            GroupMandate(mandate_id=given[GARDEN].id, member_id=member.id, company_id=company.id)
        )
    at.world.process.holder.refresh()
    at.holder.refresh()
    return at


@dataclass(frozen=True)
class Told:
    """How it ended: what was given, and the page or answer that was there last."""

    given: bool
    page: Page | None = None


GoOn = Callable[[], Told]


@dataclass
class Roos:
    """She, in a browser, who answers whatever she is asked."""

    at: Instances
    choice: str
    browser: Browser

    def answer(self, until: str = "") -> Page:
        """Every question, up to the one with a button or field of this name."""
        for _ in range(12):
            page = self.browser.page
            assert page is not None
            asked = buttons(page) | _fields(page)
            if until and until in asked:
                return page
            if not self._answered(page, asked):
                return page
        raise AssertionError("asked without an end")

    def _answered(self, page: Page, asked: set[str | None]) -> bool:
        if page.status >= 400:
            return False
        if "provider" in asked and _has(page, "provider", MAKELAAR):
            self.browser.press("provider", MAKELAAR)
        elif "person" in asked:
            self.browser.press("person", "roos")
        elif "code" in asked:
            self._give_code()
        elif _has(page, "choice", self.choice):
            self.browser.press("choice", self.choice)
        elif "agree" in asked:
            self.browser.press("agree", "yes")
        else:
            return False
        return True

    def _give_code(self) -> None:
        world = self.at.world
        fresh(world)
        self.browser.fill("code", pyotp.TOTP(totp_secret(world.demo, "roos")).at(world.clock()))
        self.browser.click("Ga verder")


def _fields(page: Page) -> set[str | None]:
    return {name for form in page.forms for name in form.fields}


def _has(page: Page, name: str, value: str) -> bool:
    found = (b for form in page.forms for b in form.iter("button"))
    return any((b.get("name"), b.get("value")) == (name, value) for b in found)


def _at(until: str) -> Callable[[Instances, str], GoOn]:
    """A login for a portal that speaks OpenID Connect, which stands where this is asked."""

    def begin(at: Instances, choice: str) -> GoOn:
        roos = Roos(at, choice, at.world.browser())
        roos.browser.open(at.portal.url(scope=scope_of(HIGH)))
        page = roos.answer(until)
        assert until in buttons(page) | _fields(page), page.text
        return lambda: _redeemed(at, roos.answer())

    return begin


def _redeemed(at: Instances, page: Page) -> Told:
    if not page.url.startswith(at.portal.redirect_uri):
        return Told(False, page)
    heard = query_of(page.url)
    given = "code" in heard and at.portal.redeem(heard["code"]).status == 200
    return Told(given, page)


def pushed(at: Instances, choice: str) -> GoOn:
    fields, headers = at.portal.proof()
    form = urlencode({**at.portal.request(scope=scope_of(HIGH)), **fields})
    kept = at.world.wire.request("POST", f"{ISSUER}/par", form, {**FORM, **headers}).json()
    query = urlencode({"client_id": at.portal.client_id, "request_uri": kept["request_uri"]})

    def go_on() -> Told:
        roos = Roos(at, choice, at.world.browser())
        roos.browser.open(f"{ISSUER}/authorize?{query}")
        return _redeemed(at, roos.answer())

    return go_on


def _code(at: Instances, choice: str) -> str:
    roos = Roos(at, choice, at.world.browser())
    roos.browser.open(at.portal.url(scope=scope_of(HIGH)))
    return at.portal.heard(roos.answer())["code"]


def code(at: Instances, choice: str) -> GoOn:
    kept = _code(at, choice)

    def go_on() -> Told:
        answer = at.portal.redeem(kept)
        return Told(answer.status == 200)

    return go_on


def token(at: Instances, choice: str) -> GoOn:
    kept = at.portal.tokens(_code(at, choice))["access_token"]

    def go_on() -> Told:
        answer = at.portal.userinfo(kept)
        return Told(answer.status == 200)

    return go_on


def step_up(at: Instances, choice: str) -> GoOn:
    """An earlier login of this browser answers, and a second factor is asked besides."""
    roos = Roos(at, choice, at.world.browser())
    roos.browser.open(at.portal.url(scope=scope_of(LOW)))
    assert "code=" in roos.answer().url
    page = roos.browser.open(at.portal.url(scope=scope_of(HIGH)))
    assert "code" in _fields(page), page.text
    return lambda: _redeemed(at, roos.answer())


def session(at: Instances, choice: str) -> GoOn:
    """An earlier login of this browser is there, and nothing was asked yet."""
    roos = Roos(at, choice, at.world.browser())
    roos.browser.open(at.portal.url(scope=scope_of(HIGH)))
    assert "code=" in roos.answer().url

    def go_on() -> Told:
        roos.browser.open(at.portal.url(scope=scope_of(HIGH)))
        return _redeemed(at, roos.answer())

    return go_on


def artifact(at: Instances, choice: str) -> GoOn:
    portal = ArtifactPortal(at.world)
    roos = Roos(at, choice, portal.browser)
    portal.by_redirect(portal.asked({"ProtocolBinding": BY_ARTIFACT}))
    roos.answer()
    kept = portal.artifact

    def go_on() -> Told:
        try:
            return Told(portal.fetched(kept).response is not None)
        except AssertionError:  # it takes no fault
            return Told(False)

    return go_on


def of_saml(at: Instances, choice: str) -> GoOn:
    portal = ArtifactPortal(at.world)
    roos = Roos(at, choice, portal.browser)
    portal.by_redirect(portal.asked({}))
    page = roos.answer("agree")
    assert "agree" in buttons(page), page.text

    def go_on() -> Told:
        page = roos.answer()
        if page.heading != "Terug bij Waterkaart":
            return Told(False, page)
        said = base64.b64decode(portal.last()[2]["SAMLResponse"])
        return Told(status_in(etree.fromstring(said))[0] == "Success", page)

    return go_on


STEPS: Final[dict[str, Callable[[Instances, str], GoOn]]] = {
    "in a pushed request": pushed,
    "at the choice of a makelaar": _at("provider"),
    "at the makelaar": _at("person"),
    "at the second factor": _at("code"),
    "at the choice of a mandate": _at("choice"),
    "at the consent": _at("agree"),
    "between code and token": code,
    "at userinfo": token,
    "in an artifact": artifact,
    "at the consent of a SAML login": of_saml,
    "at a step-up of a session": step_up,
    "in a session": session,
}
