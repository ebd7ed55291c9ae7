"""A file leaves row by row, and a right is taken away in between: the rest stays here, and the file
says so. One table: which list, and what is taken while it leaves.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.lists.exports import BETWEEN
from admin.operator_console import traces
from admin.operators.roles import OperatorRole, end_roles
from admin.organisation_console import group_history
from admin.organisation_console import history as organisation_history
from assurance.levels import AssuranceLevel
from broker.sso import grants
from broker.web.lists import portions
from directory import history
from directory.consoles import BEHEER, OPERATOR
from directory.groups import GroupMember, UserGroup
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from state import trace
from state.db import writing
from state.trace import TraceRecord
from tests.journeys.beheer import BAKERY, GARDEN
from tests.journeys.midway import make_midway
from tests.journeys.running import Instances
from tests.operators import at_console, make_operator, make_person
from tests.world import ADDRESSES, World

ROWS: Final = 30
TAKEN_AFTER: Final = 5  # pieces of the answer: names of columns, then a row each
STOPPED: Final = "Dit bestand is niet compleet."
BROKER: Final = urlsplit(ADDRESSES.broker).netloc
Act = Callable[[World, str], None]


@dataclass
class Dripping:
    """The broker behind a line on which ``then`` happens between two pieces of an answer."""

    app: Any
    then: Callable[[], None]

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = self.app(environ, start_response)
        return self._pieces(answer)

    def _pieces(self, answer: Any) -> Iterator[bytes]:
        try:
            for number, piece in enumerate(answer):
                if number == TAKEN_AFTER:
                    self.then()
                yield piece
        finally:
            answer.close()


def taken_along(
    world: World, browser: Browser, listed: Listed, then: Callable[[], None]
) -> list[str]:
    """The lines of the file of this list, below the names of its columns."""
    with world.session() as session:
        group = session.scalars(select(UserGroup.id).where(UserGroup.short_name == "peil")).one()
    browser.open(ADDRESSES.broker + listed.path.format(group=group))
    world.wire.applications[BROKER] = Dripping(world.app, then)  # type: ignore[assignment]
    try:
        answer = browser.click("Download csv").answer
    finally:
        world.wire.applications[BROKER] = world.app
    assert answer.status == 200
    text = answer.body.decode("utf-8-sig")
    return [";".join(row) for row in csv.reader(io.StringIO(text), delimiter=";")][1:]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Instances:
    """With logins of Jan for the bakery, and of Roos for a company of her user group."""
    made = make_midway(tmp_path_factory.mktemp("files"))
    world = made.world
    world.clock.advance(60)
    now = world.clock()
    with world.session() as session, writing(session):
        for number in range(ROWS):
            trace.save(session, TraceRecord(f"A{number:07}", now, now, "success"))
            _a_login(session, "jan", BAKERY, now - timedelta(days=number))
            _a_login(session, "roos", GARDEN, now)
    return made


def _a_login(session: Session, person_id: str, represented: str, moment: datetime) -> None:
    history.record(
        session,
        person_id=person_id,
        at=moment,
        reference="00000000",
        client_id="bronhouderportaal",
        provider_id="polderpoort",
        level=AssuranceLevel.EH3,
        represented=represented,
        outcome="success",
        service_uuid=BODEM.uuid,
    )


def role_ended(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        assert end_roles(session, person_id, world.clock())


def blocked(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        session.get_one(Person, person_id).blocked_at = world.clock()


def session_ended(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        grants.revoke_of_person(session, person_id, world.clock())


def left_the_company(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        session.delete(_place(session, person_id))


def made_a_member(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        _place(session, person_id).role = Role.MEMBER


def _place(session: Session, person_id: str) -> Membership:
    return session.scalars(select(Membership).where(Membership.person_id == person_id)).one()


def out_of_the_group(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        query = update(GroupMember).where(GroupMember.person_id == person_id)
        session.execute(query.values(until=world.clock()))


def an_operator(at: Instances) -> tuple[str, Browser]:
    person_id = make_operator(at.world, f"kijker{_number(at)}", OperatorRole.AUDITOR).person_id
    return person_id, at_console(at.world, person_id, OPERATOR)


def an_administrator(at: Instances) -> tuple[str, Browser]:
    person_id = make_person(at.world, f"Beheerder {_number(at)}")
    with at.world.session() as session, writing(session):
        place = session.scalars(select(Organisation.id).where(Organisation.kvk == BAKERY)).one()
        session.add(
            Membership(
                person_id=person_id,
                organisation_id=place,
                role=Role.ADMINISTRATOR,
                since=at.world.clock(),
            )
        )
    return person_id, at_console(at.world, person_id, BEHEER)


def a_member_of_the_group(at: Instances) -> tuple[str, Browser]:
    return "roos", at_console(at.world, "roos", BEHEER)


def _number(at: Instances) -> int:
    with at.world.session() as session:
        return len(session.scalars(select(Person.id)).all())


@dataclass(frozen=True)
class Listed:
    """A list with many rows, and who takes it along. ``path``: below the broker; ``{group}`` stands
    for the user group.
    """

    path: str
    who: Callable[[Instances], tuple[str, Browser]]


TRACES: Final = Listed("/operator/inlogspoor", an_operator)
LOGINS: Final = Listed("/beheer/logins", an_administrator)
OF_A_GROUP: Final = Listed("/beheer/groepen/{group}/logins", a_member_of_the_group)
TAKEN: Final[dict[str, tuple[Listed, Act]]] = {
    "an operator whose role ended": (TRACES, role_ended),
    "an operator who was blocked": (TRACES, blocked),
    "an operator whose session was ended": (TRACES, session_ended),
    "an administrator who left": (LOGINS, left_the_company),
    "an administrator who is a member now": (LOGINS, made_a_member),
    "an administrator who was blocked": (LOGINS, blocked),
    "an administrator whose session was ended": (LOGINS, session_ended),
    "a member who left the group": (OF_A_GROUP, out_of_the_group),
}


@pytest.mark.parametrize(
    "listed", [TRACES, LOGINS, OF_A_GROUP], ids=["traces", "logins", "of a group"]
)
def test_a_file_that_takes_long_is_whole_while_its_reader_may(
    at: Instances, listed: Listed
) -> None:
    _, browser = listed.who(at)
    found = taken_along(at.world, browser, listed, lambda: at.world.clock.advance(60))
    assert len(found) >= ROWS and not any(STOPPED in row for row in found)


@pytest.mark.parametrize(
    "listed", [TRACES, LOGINS, OF_A_GROUP], ids=["traces", "logins", "of a group"]
)
@pytest.mark.parametrize(("fits", "lines"), [(ROWS, ROWS), (ROWS - 1, ROWS), (3, 4)])
def test_a_file_that_has_not_all_rows_says_so(
    at: Instances, listed: Listed, fits: int, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = {TRACES: traces, LOGINS: organisation_history, OF_A_GROUP: group_history}[listed]
    monkeypatch.setattr(room, "MOST_IN_FILE", fits)
    monkeypatch.setattr(portions, "MOST_IN_FILE", fits)
    _, browser = listed.who(at)
    found = taken_along(at.world, browser, listed, lambda: None)
    own = [row for row in found if not row.startswith("Dit bestand")]
    if listed is TRACES:  # and what other tests of this file left
        assert len(own) == fits
        return
    assert len(found) == lines and len(own) == fits
    assert (f"de eerste {fits} regels" in found[-1]) is (fits < ROWS)


@pytest.mark.parametrize("taken", TAKEN)
def test_what_was_taken_away_ends_a_file_that_is_leaving(at: Instances, taken: str) -> None:
    listed, take = TAKEN[taken]
    person_id, browser = listed.who(at)

    def then() -> None:
        take(at.world, person_id)
        at.world.clock.advance(BETWEEN.total_seconds())

    found = taken_along(at.world, browser, listed, then)
    assert len(found) == TAKEN_AFTER + 1 and found[-1].startswith(STOPPED)
