"""The master key is replaced while people log in: nobody notices, and everything still opens."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from admin import presence
from admin.app import create_app
from admin.cli import main
from admin.operations.jobs import seal_audit
from admin.presence import RunningProcess
from assurance import devices
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from assurance.means_requests import Contact, MeansRequest, RequestKind, seal_contact
from assurance.pskc import Device
from assurance.totp import TotpParameters
from broker.start import start
from directory import evidence
from directory.billing import Billing
from directory.change_forms import ChangeForm, FormKind, FormState
from directory.organisations import Organisation
from directory.people import Person, Role
from keys.keyring import KeyUse
from keys.master_key_file import load_master_keys, load_sealer
from keys.resealing import counted, sealed_columns
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, GRONDWATER
from sandbox.prepare import recovery_codes
from state.outbox import Message, enqueue
from tests.broker.portal import Portal, make_portal_world, set_clock
from tests.journeys.at_mijn import CODE, fresh
from tests.journeys.test_demo_factors import IN, at_question, code_shown, finish
from tests.world import ADDRESSES, InProcessOutgoing, World

STEPS = (["prepare"], ["switch"], ["reseal"], ["drop", "--now", "--yes"])
RECOVERY = "Vul een herstelcode in"
CONSENT = "Deze gegevens geven wij door"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("master-key"))
    set_clock(world)
    return world


def take(world: World, *step: str) -> None:
    """An operator takes a step, and every instance is restarted with the new file."""
    command = ["--config", str(world.demo.config), "keys", "master", *step]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    restart(world)


def restart(world: World) -> None:
    outgoing = InProcessOutgoing(world.wire)
    world.process = start(world.process.settings, world.clock, outgoing=outgoing)
    world.process.holder.refresh()
    world.app = create_app(world.process)
    world.wire.applications[urlsplit(ADDRESSES.broker).netloc] = world.app


def sub_of(portal: Portal, browser: Browser) -> str:
    """Jan, who stood at his makelaar, as the portal knows him."""
    page = browser.press("person", "jan")
    if page.heading == CONSENT:
        page = browser.press("agree", "yes")
    return str(portal.claims(portal.tokens(portal.heard(page)["code"])["id_token"])["sub"])


def with_app(world: World, browser: Browser) -> Page:
    """Roos answers with the app that she has had all along."""
    fresh(world)
    assert browser.page is not None and browser.page.heading == CODE
    code = code_shown(world, "Roos Willems")
    set_clock(world)
    return finish(browser, code)


def at_recovery_code(world: World) -> Browser:
    """Yara, who is asked for one of her recovery codes."""
    browser = at_question(world, "yara")
    if browser.page is not None and browser.page.heading != RECOVERY:
        assert browser.click("Gebruik een herstelcode").heading == RECOVERY
    return browser


def kinds(world: World, key_id: str) -> set[str]:
    """What lies under this key."""
    with world.session() as session:
        return {kind for kind, found in counted(session).items() if found[key_id]}


def shared(world: World) -> Browser:
    """A browser with a session that other services accept."""
    browser = world.browser()
    assert world.walk(BODEM.name, "Polderpoort", "jan", browser=browser).run().heading == IN
    return browser


def goes_on(world: World, browser: Browser) -> bool:
    """Does its session answer at another service, without a makelaar?"""
    portal = f"{world.demo.addresses.portal}/login/bronhouderportaal/{GRONDWATER.uuid}"
    return browser.open(portal).heading in (CONSENT, IN)


def fill_every_kind(world: World) -> None:
    """Something of everything that is sealed, as a running installation has it."""
    seal_audit(world.process)
    with world.session() as session, session.begin():
        device = Device("VB-77", "JBSWY3DPEHPK3PXP", TotpParameters())
        devices.stock(session, world.process.sealer, [device], world.clock())
        mail = Message("mail", "a@voorbeeld.example", "Uit de tijd van de oude sleutel", "x")
        enqueue(session, world.process.sealer, mail, world.clock())
        evidence.keep(
            session,
            world.process.sealer,
            "x",
            person_id=session.scalars(select(Person.id)).first() or "",
            reference="ABCD2345",
            provider_id="polderpoort",
            at=world.clock(),
        )
        _fill_of_an_organisation(world, session)


def _fill_of_an_organisation(world: World, session: Session) -> None:
    """What an organisation asked, and where its invoices go."""
    sealer, now = world.process.sealer, world.clock()
    place = session.scalars(select(Organisation.id)).first() or ""
    person = session.scalars(select(Person.id)).first() or ""
    session.add(Billing(organisation_id=place, iban=sealer.seal(b"iban", f"billing:{place}")))
    session.add(
        ChangeForm(
            id="form",
            organisation_id=place,
            person_id=person,
            kind=FormKind.OTHER,
            state=FormState.OPEN,
            asked=sealer.seal(b"asked", "change_form:form"),
            reference="ABCD2345",
            sent_at=now,
        )
    )
    session.add(IssuedMeans(id="means", person_id=person, level=AssuranceLevel.EH2, asked_at=now))
    session.flush()
    session.add(
        MeansRequest(
            id="asked",
            means_id="means",
            kind=RequestKind.NEW,
            organisation_id=place,
            asked_by=person,
            asked_at=now,
            reference="ABCD2345",
            level=AssuranceLevel.EH2,
            role=Role.MEMBER,
            organisations=[],
            contact=seal_contact(sealer, "asked", Contact(("Straat 1", "Plaats"))),
        )
    )


def test_K_07_nobody_notices_that_the_master_key_is_replaced(world: World) -> None:
    portal = Portal(world)
    file = world.process.settings.keys.master_key_file
    old = load_master_keys(file).active.id
    sub = sub_of(portal, portal.at_makelaar())
    codes = iter(recovery_codes(world.demo, "yara"))
    of_before = shared(world)
    fill_every_kind(world)
    assert kinds(world, old) == {one.kind for one in sealed_columns()}, "or prove less"

    for step in STEPS:
        at_makelaar, at_code = portal.at_makelaar(), at_question(world, "roos")
        with_session = shared(world)
        take(world, *step)
        assert sub_of(portal, at_makelaar) == sub, step
        assert with_app(world, at_code).heading == IN, step
        assert with_app(world, at_question(world, "roos")).heading == IN, step
        assert goes_on(world, with_session) and goes_on(world, of_before), step
        assert finish(at_recovery_code(world), next(codes)).heading == IN, step
        assert sub_of(portal, portal.at_makelaar()) == sub, step
        seal_audit(world.process)

    new = load_master_keys(file)
    assert [key.id for key in new.keys] != [old] and len(new.keys) == 1
    assert kinds(world, new.active.id) >= {one.kind for one in sealed_columns()}
    assert kinds(world, old) == set()
    assert "Uit de tijd van de oude sleutel" in [each["subject"] for each in world.deliver_mail()]
    with world.session() as session:
        found = devices.listed(session)
    assert "VB-77" in [one.serial for one in found]
    verified = CliRunner().invoke(main, ["--config", str(world.demo.config), "audit", "verify"])
    assert verified.exit_code == 0 and "The chain is whole." in verified.output


def test_K_07_a_second_rotation_follows_the_first(world: World) -> None:
    portal = Portal(world)
    sub = sub_of(portal, portal.at_makelaar())
    signer = world.runtime.configuration.keyring.active(KeyUse.OIDC_SIGNING, "RS256").kid
    ids = set()
    for _ in range(2):
        for step in STEPS:
            take(world, *step)
        ids |= {
            key.id for key in load_master_keys(world.process.settings.keys.master_key_file).keys
        }
    assert len(ids) == 2
    assert sub_of(portal, portal.at_makelaar()) == sub
    assert world.runtime.configuration.keyring.active(KeyUse.OIDC_SIGNING, "RS256").kid == signer


def test_K_06_a_process_without_the_new_key_says_so(world: World) -> None:
    """One that was forgotten: it knows what it sealed, and says what it cannot open."""
    portal = Portal(world)
    forgotten = world.app
    take(world, "prepare")
    take(world, "switch")
    new = world.process.sealer.key_id
    browser = portal.at_makelaar()
    world.wire.applications[urlsplit(ADDRESSES.broker).netloc] = forgotten
    with capture_logs() as logs:
        page = browser.press("person", "jan")
    assert (page.status, page.heading) == (410, "Inloggen duurde te lang")
    (told,) = {each["error"] for each in logs if each["event"] == "seal.wrong_master_key"}
    assert f"sealed under master key {new}" in told
    restart(world)
    assert sub_of(portal, portal.at_makelaar())


def test_running_processes_show_their_keys(world: World) -> None:
    parts = world.process
    stop = presence.keep_showing(parts)
    me = RunningProcess(presence.name_of_this(), parts.sealer.key_ids)
    for _ in range(100):
        if presence.seen(parts.store, world.clock()):
            break
        stop.wait(0.05)
    stop.set()
    assert presence.seen(parts.store, world.clock()) == (me,)
    sealer = load_sealer(parts.settings.keys.master_key_file)
    assert me.seals_with == sealer.key_id
