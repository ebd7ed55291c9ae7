"""Trust is lowered while people are in the middle of things: what was said stays, what it is worth
is judged at each use, so everything that runs obeys within a minute, at every instance.

One table: what was lowered, what runs, and whether that may go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
import yaml
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.app import create_app
from admin.cli.registering import apply_files
from admin.registrations.withdrawal import withdraw
from assurance.levels import AssuranceLevel
from broker.configuration import POLL_SECONDS, STALE_AFTER, ConfigurationHolder
from broker.sso.logout import LogoutNotifier
from consent.mandates import Mandate
from directory.consoles import CONSOLE_SERVICES
from directory.people import ExternalIdentity, Person, subject_hash
from providers.factory import adapter_factory
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, BODEMKAART, GRONDWATER
from state.db import writing
from state.registrations import Kind
from tests.broker.portal import Portal, make_portal_world, scope_of, set_clock
from tests.world import ADDRESSES, World

MAKELAARS: Final = "30-makelaars.yaml"
SERVICES: Final = "20-services.yaml"
SUBJECTS: Final = ("pp-jan-5b1f0a", "pp-sanne-c4d9e2")
MANDATE: Final = "Namens wie logt u in?"
CONSENT: Final = "Deze gegevens geven wij door"
_ETD: Final = "urn:etoegang:core:assurance-class:"


@dataclass(frozen=True)
class Instances:
    """``here`` is where people are served first; ``there`` another process on the same stores."""

    portal: Portal
    here: Flask
    there: Flask
    holder: ConfigurationHolder

    @property
    def world(self) -> World:
        return self.portal.world

    def document(self, file: str, key: str) -> dict[str, Any]:
        """One registration of the demo, as its file has it."""
        text = (self.world.demo.registrations / file).read_text(encoding="utf-8")
        return next(d for d in yaml.safe_load_all(text) if key in (d.get("id"), d.get("uuid")))

    def a_minute_later(self) -> None:
        """The other instance serves, and looked at the registrations once more."""
        assert timedelta(seconds=POLL_SECONDS) < STALE_AFTER <= timedelta(minutes=1)
        self.holder.refresh()
        self.world.wire.applications[ADDRESSES.broker.partition("//")[2]] = self.there


@pytest.fixture(scope="module")
def instances(tmp_path_factory: pytest.TempPathFactory) -> Instances:
    world = make_portal_world(tmp_path_factory.mktemp("lowered"))
    process = world.process
    holder = ConfigurationHolder(
        sessions=process.sessions,
        sealer=process.sealer,
        clock=process.clock,
        factory=adapter_factory(process.settings.base_url, process.outgoing),
        built_in_services=CONSOLE_SERVICES,
    )
    holder.refresh()
    there = create_app(replace(process, holder=holder))
    return Instances(Portal(world), world.app, there, holder)


@pytest.fixture
def at(instances: Instances) -> Iterator[Instances]:
    """Everything as it was registered, here and there."""
    set_clock(instances.world)
    instances.holder.refresh()
    yield instances
    instances.world.wire.applications[ADDRESSES.broker.partition("//")[2]] = instances.here


# What runs: begun at one instance, tried at the other. Each gives whether it went on.

Tried = Callable[[], bool]
Begin = Callable[[Instances], Tried]
Change = Callable[[Session, World], Callable[[], None]]


def a_token(at: Instances) -> Tried:
    token = at.portal.tokens(_code(at))["access_token"]
    return lambda: at.portal.userinfo(token).status == 200


def a_code(at: Instances) -> Tried:
    code = _code(at)
    return lambda: at.portal.redeem(code).status == 200


def a_session(at: Instances) -> Tried:
    browser = at.world.browser()
    at.portal.log_in("jan", "polderpoort", browser, scope=scope_of(BODEM))

    def go_on() -> bool:
        page = browser.open(at.portal.url(scope=scope_of(GRONDWATER)))
        return page.heading in (CONSENT, MANDATE)

    return go_on


def a_console(at: Instances) -> Tried:
    browser = at.world.browser()
    _into_beheer(browser)
    return lambda: _is_in_beheer(browser.open(f"{ADDRESSES.broker}/beheer"))


def a_login(at: Instances) -> Tried:
    """It stands at its last question, which is looked at once more and answered."""
    browser = at.portal.at_makelaar("polderpoort", scope=scope_of(BODEM))
    shown = browser.press("person", "jan")
    assert shown.heading == CONSENT, shown.text

    def go_on() -> bool:
        again = browser.open(shown.url)
        return again.heading == CONSENT and "code=" in browser.press("agree", "yes").url

    return go_on


def _code(at: Instances) -> str:
    return at.portal.code("jan", "polderpoort", scope=scope_of(BODEM))


def _into_beheer(browser: Browser) -> None:
    browser.open(f"{ADDRESSES.broker}/beheer")
    browser.press("provider", "polderpoort")
    assert _is_in_beheer(browser.press("person", "sanne"))


def _is_in_beheer(page: Page) -> bool:
    return page.url.startswith(f"{ADDRESSES.broker}/beheer") and page.status == 200


RUNS: Final = (a_token, a_code, a_session, a_console, a_login)
OF_A_PORTAL: Final = frozenset(RUNS) - {a_console}


# What is lowered; put back afterwards.


@contextmanager
def registered(at: Instances, file: str, key: str, **changes: Any) -> Iterator[None]:
    before = at.document(file, key)
    at.world.apply(yaml.safe_dump({**before, **changes}))
    try:
        yield
    finally:
        at.world.apply(yaml.safe_dump(before))


def _makelaar(**changes: Any) -> Callable[[Instances], Any]:
    return lambda at: registered(at, MAKELAARS, "polderpoort", **changes)


def _service(**changes: Any) -> Callable[[Instances], Any]:
    @contextmanager
    def lowered(at: Instances) -> Iterator[None]:
        with (
            registered(at, SERVICES, BODEM.uuid, **changes),
            registered(at, SERVICES, GRONDWATER.uuid, **changes),
        ):
            yield

    return lowered


@contextmanager
def withdrawn(at: Instances) -> Iterator[None]:
    """The makelaar is no longer registered."""
    process, now = at.world.process, at.world.clock()
    portals = at.world.runtime.configuration.relying_parties
    with at.world.session() as session, writing(session):
        notifier = LogoutNotifier(process.sealer, process.downstreams, portals, now)
        assert withdraw(
            session, notifier, Kind.IDENTITY_PROVIDER, "polderpoort", actor=COMMAND_LINE
        )
    process.holder.refresh()
    yield
    apply_files(process.settings, at.world.demo.registrations / MAKELAARS)
    process.holder.refresh()


@contextmanager
def changed(
    at: Instances, change: Callable[[Session, World], Callable[[], None]]
) -> Iterator[None]:
    """Something of a person, in the database; ``change`` gives how it is put back."""
    with at.world.session() as session:
        with writing(session):
            undo = change(session, at.world)
        try:
            yield
        finally:
            with writing(session):
                undo()


def _people(session: Session) -> list[Person]:
    names = ("Jan de Vries", "Sanne Bakker")
    return list(session.scalars(select(Person).where(Person.display_name.in_(names))))


def block(session: Session, world: World) -> Callable[[], None]:
    people = _people(session)

    def set_to(moment: datetime | None) -> None:
        for person in people:
            person.blocked_at = moment

    set_to(world.clock())
    return lambda: set_to(None)


def _identities(session: Session, world: World) -> list[ExternalIdentity]:
    sealer = world.process.sealer
    hashes = [subject_hash(sealer, "polderpoort", one) for one in SUBJECTS]
    query = select(ExternalIdentity).where(ExternalIdentity.subject_hash.in_(hashes))
    found = list(session.scalars(query))
    assert len(found) == len(SUBJECTS)
    return found


def move_identities(session: Session, world: World) -> Callable[[], None]:
    """What the makelaar calls them is somebody else now."""
    identities = _identities(session, world)
    owners = [one.person_id for one in identities]
    other = session.scalars(select(Person.id).where(Person.display_name == "Mo Yilmaz")).one()

    def give_to(person_ids: list[str]) -> None:
        for identity, person_id in zip(identities, person_ids, strict=True):
            identity.person_id = person_id

    give_to([other] * len(identities))
    return lambda: give_to(owners)


def end_means(session: Session, world: World) -> Callable[[], None]:
    identities = _identities(session, world)

    def set_to(moment: datetime | None) -> None:
        for identity in identities:
            identity.means_active_until = moment

    set_to(world.clock())
    return lambda: set_to(None)


def _mandates(session: Session) -> list[Mandate]:
    people = [one.id for one in _people(session) if one.display_name == "Jan de Vries"]
    return list(session.scalars(select(Mandate).where(Mandate.person_id.in_(people))))


def revoke_mandates(session: Session, world: World) -> Callable[[], None]:
    mandates = _mandates(session)

    def set_to(moment: datetime | None) -> None:
        for mandate in mandates:
            mandate.revoked_at = moment

    set_to(world.clock())
    return lambda: set_to(None)


def lower_mandates(session: Session, _world: World) -> Callable[[], None]:
    mandates = _mandates(session)
    levels = [one.level for one in mandates]

    def set_to(wanted: list[AssuranceLevel]) -> None:
        for mandate, level in zip(mandates, wanted, strict=True):
            mandate.level = level

    set_to([AssuranceLevel.EH2] * len(mandates))
    return lambda: set_to(levels)


def narrow_mandates(session: Session, _world: World) -> Callable[[], None]:
    """Each for one branch from now on."""
    mandates = _mandates(session)
    branches = [list(one.branches) for one in mandates]

    def set_to(wanted: list[list[str]]) -> None:
        for mandate, limited_to in zip(mandates, wanted, strict=True):
            mandate.branches = limited_to

    set_to([["000099990001"]] * len(mandates))
    return lambda: set_to(branches)


def _of_people(change: Change) -> Callable[[Instances], Any]:
    return lambda at: changed(at, change)


LOWERED: Final[dict[str, tuple[Callable[[Instances], Any], frozenset[Begin]]]] = {
    "ceiling to EH2": (_makelaar(level_ceiling="EH2"), frozenset(RUNS)),
    "its word means less": (
        _makelaar(levels={f"{_ETD}loa3": "EH2", f"{_ETD}loa4": "EH2"}),
        frozenset(RUNS),
    ),
    "makelaar paused": (_makelaar(state="paused"), frozenset(RUNS)),
    "it serves another service": (_makelaar(services=[BODEMKAART.uuid]), frozenset(RUNS)),
    "makelaar withdrawn": (withdrawn, frozenset(RUNS)),
    "not at this service": (_service(makelaars=["zekerweg"]), OF_A_PORTAL),
    "the service asks EH4": (_service(level="EH4"), frozenset({a_session, a_login})),
    "people blocked": (_of_people(block), frozenset(RUNS)),
    "identity of somebody else": (_of_people(move_identities), frozenset(RUNS) - {a_code}),
    "means not active": (_of_people(end_means), frozenset({a_console, a_login, a_session})),
    "mandate revoked": (_of_people(revoke_mandates), OF_A_PORTAL - {a_code}),
    "mandate of a lower level": (_of_people(lower_mandates), OF_A_PORTAL - {a_code}),
    "mandate for a branch": (_of_people(narrow_mandates), OF_A_PORTAL - {a_code}),
}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.__name__)
def test_nothing_lowered_and_everything_goes_on(at: Instances, run: Begin) -> None:
    go_on = run(at)
    at.a_minute_later()
    assert go_on()


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.__name__)
@pytest.mark.parametrize("lowered", LOWERED)
def test_what_runs_obeys_at_the_other_instance_within_a_minute(
    at: Instances, lowered: str, run: Begin
) -> None:
    lower, stops = LOWERED[lowered]
    go_on = run(at)
    with lower(at):
        at.a_minute_later()
        assert go_on() is (run not in stops)


@pytest.mark.parametrize(
    ("reuse", "later", "loa", "amr"),
    [
        (0, 0, "loa2", None),  # asked EH2, and no second factor of before counts
        (60, 0, "loa3", ["mfa"]),  # EH4 was reached there, and is never said from a session
        (1, 120, "loa2", None),
    ],
)
def test_a_session_says_no_more_than_the_service_would_take_from_a_login_of_its_age(
    at: Instances, reuse: int, later: int, loa: str, amr: list[str] | None
) -> None:
    with registered(at, SERVICES, BODEMKAART.uuid, second_factor_reuse_minutes=reuse):
        browser = at.world.browser()
        at.portal.at_makelaar("polderpoort", browser, scope=scope_of(BODEMKAART))
        browser.press("person", "sanne")
        at.portal.heard(browser.press("choice", "self"))
        at.world.clock.advance(later)
        browser.open(at.portal.url(scope=scope_of(BODEMKAART)))
        answer = at.portal.heard(browser.press("choice", "self"))
        claims = at.portal.claims(at.portal.tokens(answer["code"])["id_token"])
    assert claims["loa"] == f"{_ETD}{loa}"
    assert claims.get("amr") == amr
    assert claims["assurance"]["provider_level"] == f"{_ETD}{loa}"
