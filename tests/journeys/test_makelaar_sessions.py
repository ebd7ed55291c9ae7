"""An operator ends all that logins at one makelaar gave: counted, with a reason, kept in the audit;
other makelaars go on.
"""

from __future__ import annotations

from typing import Final

import pytest

from admin.actor import Actor
from admin.operators.roles import OperatorRole
from admin.people import sessions
from admin.people.sessions import EndReasonMissing, SessionChoice
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.attacks.reset_desk import token as token_of
from tests.broker import changes
from tests.broker.portal import Portal, make_portal_world, scope_of, set_clock
from tests.operators import HERE, at_console, later, make_operator
from tests.world import World

PAGE: Final = f"{HERE}/sessies/zekerweg"  # the operators of these tests logged in at another
BECAUSE: Final = "Zekerweg meldde dat een sleutel gestolen is"
NUMBERS: Final = iter(range(1000))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("sessions"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    changes.change_makelaar(world, "zekerweg")
    return Portal(world)


def desk(world: World, role: OperatorRole = OperatorRole.CONFIGURATOR) -> Browser:
    return at_console(world, make_operator(world, f"robin{next(NUMBERS)}", role).person_id)


def commanded(world: World) -> list[AuditEvent]:
    with world.session() as session:
        found = audit.recent(session, tags=[EventTag.SESSION_ENDED])
    return [one for one in found if one.details.get("by") == "operator"]


def token(portal: Portal, person: str, makelaar: str) -> str:
    code = portal.code(person, makelaar, scope=scope_of(BODEM))
    return str(portal.tokens(code)["access_token"])


def test_what_a_makelaar_gave_ends_with_a_reason_and_the_rest_goes_on(portal: Portal) -> None:
    world = portal.world
    theirs, others = token(portal, "jan", "zekerweg"), token(portal, "jan", "polderpoort")
    waiting = portal.code("jan", "zekerweg", scope=scope_of(BODEM))
    robin = desk(world)
    page = robin.open(f"{HERE}/sessies")
    assert "Zekerweg" in page.text and "Eigen accounts" in page.text
    page = robin.open(PAGE)
    assert page.heading == "Alle sessies van Zekerweg beëindigen?"
    assert "Nu lopen 2 sessies van browsers" in page.text
    assert "Deze makelaar is nog in gebruik" in page.text

    robin.fill("reden", BECAUSE)
    page = robin.click("Beëindig de sessies")
    assert (page.status, page.heading) == (200, "Sessies van Zekerweg beëindigd")
    assert portal.userinfo(theirs).status == 401 and portal.redeem(waiting).status == 400
    assert portal.userinfo(others).status == 200
    (event,) = commanded(world)
    assert event.provider_id == "zekerweg" and event.details["because"] == BECAUSE
    assert event.details["sessions"] == 2 and event.person_id is not None
    assert portal.userinfo(token(portal, "jan", "zekerweg")).status == 200, "of a login since"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_nothing_ends_without_a_reason(portal: Portal, reason: str) -> None:
    theirs, before = token(portal, "jan", "zekerweg"), len(commanded(portal.world))
    robin = desk(portal.world)
    page = robin.open(PAGE)
    fields = [("csrf_token", token_of(page)), ("reden", reason)]
    page = robin.post(PAGE, fields)
    assert page.status == 422 and "Schrijf in het kort waarom" in page.text
    assert portal.userinfo(theirs).status == 200
    assert len(commanded(portal.world)) == before


def test_the_use_case_itself_asks_the_reason_of_who_logged_in(portal: Portal) -> None:
    process, wanted = portal.world.process, SessionChoice(provider_id="veerhuis")
    actor = Actor.operator(make_operator(portal.world, "otto").person_id)
    with portal.world.session() as sql, writing(sql):
        with pytest.raises(EndReasonMissing):
            sessions.end(sql, process, wanted, actor=actor)
        sessions.end(sql, process, wanted, actor=actor, because=BECAUSE)


def test_a_paused_makelaar_is_not_warned_of_and_a_strange_one_is_not_there(portal: Portal) -> None:
    changes.change_makelaar(portal.world, "zekerweg", state="paused")
    robin = desk(portal.world)
    assert "nog in gebruik" not in robin.open(PAGE).text
    assert robin.open(f"{HERE}/sessies/nergens").status == 404


def test_who_may_not_is_refused_and_the_login_must_be_of_now(portal: Portal) -> None:
    world = portal.world
    assert desk(world, OperatorRole.HELPDESK).open(PAGE).status == 403
    robin = desk(world)
    assert robin.open(PAGE).status == 200
    with later(world, minutes=11):
        assert "/login/" in robin.open(PAGE).url
