"""A registration is withdrawn while people use it: what was given because of it ends, whoever is
logging in gets a page that helps, and whoever looks back still reads its name.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from admin.actor import COMMAND_LINE
from admin.cli.registering import apply_files
from admin.registrations.pruning import Prune, StillUsed
from admin.registrations.withdrawal import dependents, withdraw
from broker.sso.grants import Grant
from broker.sso.logout import LogoutNotifier
from broker.web import registration_names
from consent.register import Consent
from consent.requests import MandateRequest, RequestState
from sandbox.portal.clients import BODEM, GRONDWATER, LOZING
from state import audit
from state.audit import AuditEvent, EventTag
from state.outbox import OutboxRow
from state.registrations import Kind, Registration, raise_revision
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.world import World

PROVIDER = "Wie is uw makelaar?"
CONSENT = "Deze gegevens geven wij door"
IN = "U bent ingelogd"
PORTALS = "90-portals-of-tests.yaml"


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    world = make_portal_world(tmp_path_factory.mktemp("own"))
    set_clock(world)
    return Portal(world)


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def leave(world: World, kind: Kind, name: str) -> list[str]:
    """Withdraw it, and let the broker see that; what depended on it."""
    parts = world.process
    with world.session() as session, session.begin():
        used = dependents(session, parts.sealer, kind, name, world.clock())
        portals = world.runtime.configuration.relying_parties
        notifier = LogoutNotifier(parts.sealer, parts.downstreams, portals, world.clock())
        assert withdraw(session, notifier, kind, name, actor=COMMAND_LINE)
        assert not withdraw(session, notifier, kind, name, actor=COMMAND_LINE), "once"
    parts.holder.refresh()
    return [str(one) for one in used]


def removed(world: World) -> AuditEvent:
    with world.session() as session:
        (found,) = audit.recent(session, tags=[EventTag.REGISTRATION_REMOVED])
    return found


def token_of(portal: Portal, **changes: str | None) -> str:
    token: str = portal.tokens(portal.code(scope=scope_of(BODEM), **changes))["access_token"]
    assert portal.userinfo(token).status == 200
    return token


def without(world: World, client_id: str) -> Path:
    """The files of the operator, without this portal; the text that was there."""
    file = world.demo.registrations / PORTALS
    documents = [d for d in yaml.safe_load_all(file.read_text()) if d["client_id"] != client_id]
    file.write_text(yaml.safe_dump_all(documents))
    return world.demo.registrations


# Services.


def test_tokens_for_a_service_that_left_are_worth_nothing(portal: Portal) -> None:
    token = token_of(portal)
    used = leave(portal.world, Kind.SERVICE, BODEM.uuid)
    assert "1 login with tokens" in used and "1 mandate" in used
    assert portal.userinfo(token).status == 401
    event = removed(portal.world)
    assert (event.outcome, event.service_uuid) == ("removed", BODEM.uuid)
    assert (event.details["kind"], event.details["grants"]) == ("Service", 1)


def test_a_code_for_a_service_that_left_is_not_redeemed(portal: Portal) -> None:
    code = portal.code(scope=scope_of(BODEM))
    leave(portal.world, Kind.SERVICE, BODEM.uuid)
    answer = portal.redeem(code)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")


def test_who_is_logging_in_at_a_service_that_left_is_told_what_to_do(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    leave(portal.world, Kind.SERVICE, BODEM.uuid)
    page = browser.press("person", "jan")
    assert page.url.startswith(ISSUER) and page.status in (400, 410)
    assert "Wat kunt u nu doen?" in page.text and "Helpdesk inloggen" in page.text
    again = browser.open(portal.url(scope=scope_of(BODEM)))
    assert again.status == 400 or "error=" in again.url


def test_who_asked_for_a_mandate_hears_that_the_service_left(world: World) -> None:
    browser = world.browser()
    world.walk(LOZING.name, "Veerhuis", "fatima", browser=browser).run()
    browser.click("Stuur verzoek naar mijn beheerder")
    used = leave(world, Kind.SERVICE, LOZING.uuid)
    assert "1 open mandate request" in used
    with world.session() as session:
        request = session.scalars(select(MandateRequest)).one()
        assert (request.state, request.decided_by) == (RequestState.REFUSED, None)
        (event,) = audit.recent(session, tags=[EventTag.MANDATE_REQUEST_REFUSED])
    assert (event.reason, event.reference) == ("service_withdrawn", request.reference)
    mail = [one for one in world.deliver_mail() if one["recipient"].startswith("fatima@")]
    assert [one["subject"] for one in mail] == ["Uw verzoek is gesloten: Lozing melden"]
    assert "U hoeft niets te doen." in mail[0]["text"]


# Portals.


def test_what_a_portal_had_ends_also_where_it_comes_back(portal: Portal) -> None:
    world = portal.world
    token = token_of(portal)
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    page = browser.press("person", "jan")
    assert page.heading == CONSENT
    browser.fill("keep", "yes")
    browser.press("agree", "yes")
    settings, kept = world.process.settings, (world.demo.registrations / PORTALS).read_text()
    folder = without(world, portal.client_id)
    with pytest.raises(StillUsed) as used:
        apply_files(settings, folder, prune=Prune())
    assert [one.used for one in used.value.outcomes] == [("2 logins with tokens", "1 consent")]
    world.process.holder.refresh()
    assert portal.userinfo(token).status == 200, "nothing was changed"

    outcomes = apply_files(settings, folder, prune=Prune(also_used=True))
    assert [(o.word, o.name) for o in outcomes if o.word != "unchanged"] == [
        ("removed", portal.client_id)
    ]
    world.process.holder.refresh()
    assert portal.userinfo(token).status == 401
    assert world.browser().open(portal.url()).status == 400
    event = removed(world)
    assert (event.client_id, event.details["grants"]) == (portal.client_id, 2)
    assert event.details["consents"] == 1

    world.apply(kept, PORTALS)  # it comes back, perhaps as somebody else
    assert portal.userinfo(token).status == 401
    with world.session() as session:
        assert all(grant.revoked_at is not None for grant in session.scalars(select(Grant)))
        assert all(one.withdrawn_at is not None for one in session.scalars(select(Consent)))
    again = portal.at_makelaar(scope=scope_of(BODEM)).press("person", "jan")
    assert again.heading == CONSENT, "asked anew"


def test_who_is_logging_in_for_a_portal_that_left_is_told_what_to_do(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    assert browser.press("person", "jan").heading == CONSENT
    leave(portal.world, Kind.CLIENT, portal.client_id)
    page = browser.press("agree", "yes")
    assert page.url.startswith(ISSUER) and page.status == 410
    assert "Wat kunt u nu doen?" in page.text and "Helpdesk inloggen" in page.text


# Makelaars.


def test_who_comes_back_from_a_makelaar_that_left_is_told_to_choose_another(
    portal: Portal,
) -> None:
    browser = portal.at_makelaar("polderpoort", scope=scope_of(BODEM))
    leave(portal.world, Kind.IDENTITY_PROVIDER, "polderpoort")
    page = browser.press("person", "jan")
    assert page.status == 400 and "SLS-2105" in page.text
    assert "kies een andere makelaar" in page.text and "Helpdesk inloggen" in page.text
    heard = portal.heard(browser.click("Ga terug naar"))
    assert heard["error"] and "code" not in heard


def test_who_logged_in_at_a_makelaar_that_left_chooses_another(portal: Portal) -> None:
    browser = portal.at_makelaar("polderpoort", scope=scope_of(BODEM))
    assert browser.press("person", "jan").heading == CONSENT
    leave(portal.world, Kind.IDENTITY_PROVIDER, "polderpoort")
    page = browser.press("agree", "yes")
    assert page.heading == PROVIDER
    assert "Polderpoort" not in page.text


def test_nobody_stays_logged_in_on_the_word_of_a_makelaar_that_left(world: World) -> None:
    browser, other = world.browser(), world.browser()
    assert world.walk(BODEM.name, "Polderpoort", "jan", browser=browser).run().heading == IN
    assert world.walk(BODEM.name, "Zekerweg", "jan", browser=other).run().heading == IN
    used = leave(world, Kind.IDENTITY_PROVIDER, "polderpoort")
    assert "1 session" in used and any(one.endswith("people") for one in used), used
    with world.session() as session:
        (ended,) = audit.recent(session, tags=[EventTag.SESSION_ENDED])
        assert (ended.person_id, ended.reason) == ("jan", "makelaar_withdrawn")
        told = session.scalars(select(OutboxRow).where(OutboxRow.channel == "logout")).all()
        assert len(told) == 1, "the portal hears it"
        revoked = [grant.revoked_at is not None for grant in session.scalars(select(Grant))]
        assert sorted(revoked) == [False, True], "of the other makelaar it stands"
    assert removed(world).details["sessions"] == 1
    go = f"{world.demo.addresses.portal}/login/bronhouderportaal/{GRONDWATER.uuid}"
    assert browser.open(go).heading == PROVIDER
    assert other.open(go).heading != PROVIDER, "the good twin goes on"


# Looking back.


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        (Kind.SERVICE, BODEM.uuid, "Meldportaal Bodem"),
        (Kind.IDENTITY_PROVIDER, "polderpoort", "Polderpoort"),
        (Kind.CLIENT, "bronhouderportaal", "Bronhouderportaal"),
    ],
)
def test_what_left_keeps_its_name_where_history_tells_of_it(
    world: World, kind: Kind, name: str, told: str
) -> None:
    shown = {
        Kind.SERVICE: registration_names.service_name,
        Kind.IDENTITY_PROVIDER: registration_names.makelaar_name,
        Kind.CLIENT: registration_names.client_name,
    }[kind]
    leave(world, kind, name)
    with world.app.test_request_context():
        assert shown(world.runtime.configuration, name) == told
        assert shown(world.runtime.configuration, "never-there") == "never-there"


def test_history_does_not_depend_on_what_a_document_of_before_looks_like(world: World) -> None:
    leave(world, Kind.SERVICE, BODEM.uuid)
    with world.session() as session, session.begin():
        row = session.get_one(Registration, (Kind.SERVICE, BODEM.uuid))
        row.document = {"of": "another version"}
        raise_revision(session)
    assert (Kind.SERVICE, BODEM.uuid) not in world.process.holder.refresh().former
