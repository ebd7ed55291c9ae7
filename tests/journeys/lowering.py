"""The ways to lower trust, each put back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.cli.registering import apply_files
from admin.registrations.withdrawal import withdraw
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from consent import register
from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.people import ExternalIdentity, Person, subject_hash
from sandbox.portal.clients import BODEM, GRONDWATER
from state.db import writing
from state.registrations import Kind
from tests.broker.clients import clients
from tests.broker.saml.in_world import HOST, portal_metadata
from tests.broker.saml.portals import acs
from tests.journeys.running import (
    MAKELAARS,
    SAML_PORTAL,
    SERVICES,
    SUBJECTS,
    Change,
    Instances,
)
from tests.world import ADDRESSES, World

# What is lowered; put back afterwards.


@contextmanager
def registered(at: Instances, file: str, key: str, **changes: Any) -> Iterator[None]:
    before = at.document(file, key)
    at.world.apply(yaml.safe_dump({**before, **changes}))
    try:
        yield
    finally:
        at.world.apply(yaml.safe_dump(before))


def makelaar(**changes: Any) -> Callable[[Instances], Any]:
    return lambda at: registered(at, MAKELAARS, "polderpoort", **changes)


def service(**changes: Any) -> Callable[[Instances], Any]:
    @contextmanager
    def lowered(at: Instances) -> Iterator[None]:
        with (
            registered(at, SERVICES, BODEM.uuid, **changes),
            registered(at, SERVICES, GRONDWATER.uuid, **changes),
        ):
            yield

    return lowered


def portals(**changes: Any) -> Callable[[Instances], Any]:
    """Both portals, whatever they speak."""

    @contextmanager
    def lowered(at: Instances) -> Iterator[None]:
        mine = next(one for one in clients() if one["client_id"] == at.portal.client_id)
        before = [mine, SAML_PORTAL]
        at.world.apply(yaml.safe_dump_all([{**one, **changes} for one in before]))
        try:
            yield
        finally:
            at.world.apply(yaml.safe_dump_all(before))

    return lowered


@contextmanager
def addresses_gone(at: Instances) -> Iterator[None]:
    """The portals answer elsewhere from now on."""
    mine = next(one for one in clients() if one["client_id"] == at.portal.client_id)
    moved = acs(f"http://{HOST}/verhuisd", 0) + acs(f"http://{HOST}/ook", 2, "HTTP-Artifact")
    section = {**SAML_PORTAL["saml"], "metadata": portal_metadata(addresses=moved)}
    elsewhere = [f"{at.portal.redirect_uri}/verhuisd"]
    changed_to = [{**mine, "redirect_uris": elsewhere}, {**SAML_PORTAL, "saml": section}]
    at.world.apply(yaml.safe_dump_all(changed_to))
    try:
        yield
    finally:
        at.world.apply(yaml.safe_dump_all([mine, SAML_PORTAL]))


@contextmanager
def withdrawn(at: Instances) -> Iterator[None]:
    """The makelaar is no longer registered."""
    withdraw_one(at, Kind.IDENTITY_PROVIDER, "polderpoort")
    try:
        yield
    finally:
        apply_files(at.world.process.settings, at.world.demo.registrations / MAKELAARS)
        at.world.process.holder.refresh()


@contextmanager
def portals_withdrawn(at: Instances) -> Iterator[None]:
    """Both portals are no longer registered."""
    mine = next(one for one in clients() if one["client_id"] == at.portal.client_id)
    for one in (mine, SAML_PORTAL):
        withdraw_one(at, Kind.CLIENT, one["client_id"])
    try:
        yield
    finally:
        at.world.apply(yaml.safe_dump_all([mine, SAML_PORTAL]))


@contextmanager
def services_withdrawn(at: Instances) -> Iterator[None]:
    """Both services are no longer registered."""
    for one in (BODEM, GRONDWATER):
        withdraw_one(at, Kind.SERVICE, one.uuid)
    try:
        yield
    finally:
        apply_files(at.world.process.settings, at.world.demo.registrations / SERVICES)
        at.world.process.holder.refresh()


def withdraw_one(at: Instances, kind: Kind, name: str) -> None:
    """As ``sluis apply --prune`` does it."""
    process, now = at.world.process, at.world.clock()
    portals = at.world.runtime.configuration.relying_parties
    with at.world.session() as session, writing(session):
        notifier = LogoutNotifier(process.sealer, process.downstreams, portals, now)
        assert withdraw(session, notifier, kind, name, actor=COMMAND_LINE)
    process.holder.refresh()


@contextmanager
def consents_withdrawn(at: Instances) -> Iterator[None]:
    """He takes back every consent that he wanted to be kept, at his own page."""
    places = [(at.portal.client_id, BODEM.uuid), (SAML_PORTAL["client_id"], BODEM.uuid)]
    with at.world.session() as session, writing(session):
        (jan,) = [one.id for one in _people(session) if one.display_name == "Jan de Vries"]
        for client_id, uuid in places:
            register.give(
                session,
                person_id=jan,
                client_id=client_id,
                service_uuid=uuid,
                shown="of before",
                now=at.world.clock(),
            )
        given = [one.id for one in register.of_person(session, jan) if one.withdrawn_at is None]
    browser = at.world.browser()
    browser.open(f"{ADDRESSES.broker}/mijn")
    browser.press("provider", "polderpoort")
    browser.press("person", "jan")
    for one in given:
        browser.open(f"{ADDRESSES.broker}/mijn/toestemmingen/{one}/intrekken")
        browser.click("Trek de toestemming in")
    with at.world.session() as session:
        assert all(one.withdrawn_at for one in register.of_person(session, jan))
    yield


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


def suspend(session: Session, world: World) -> Callable[[], None]:
    """Every organisation for which he may act."""
    places = {one.organisation_id for one in _mandates(session)}
    found = list(session.scalars(select(Organisation).where(Organisation.id.in_(places))))
    assert found

    def set_to(moment: datetime | None) -> None:
        for one in found:
            one.suspended_at = moment

    set_to(world.clock())
    return lambda: set_to(None)


def renumber(session: Session, _world: World) -> Callable[[], None]:
    """Every organisation for which he may act has another number at the trade register."""
    places = {one.organisation_id for one in _mandates(session)}
    query = select(Organisation).where(Organisation.id.in_(places)).order_by(Organisation.id)
    found = list(session.scalars(query))
    numbers = [one.kvk for one in found]

    def set_to(wanted: list[str]) -> None:
        for one, number in zip(found, wanted, strict=True):
            one.kvk = number

    set_to([f"9{number:07}" for number in range(len(found))])
    return lambda: set_to(numbers)


def merge(session: Session, _world: World) -> Callable[[], None]:
    """His mandates are those of the organisation in which his own went up."""
    mandates = _mandates(session)
    places = [one.organisation_id for one in mandates]
    elsewhere = Organisation.id.not_in(places), Organisation.suspended_at.is_(None)
    other = select(Organisation.id).where(*elsewhere).order_by(Organisation.kvk).limit(1)
    stays = session.scalars(other).one()

    def set_to(wanted: list[str]) -> None:
        for mandate, place in zip(mandates, wanted, strict=True):
            mandate.organisation_id = place

    set_to([stays] * len(mandates))
    return lambda: set_to(places)


def lapse_mandates(session: Session, world: World) -> Callable[[], None]:
    mandates = _mandates(session)
    ends = [one.valid_until for one in mandates]

    def set_to(wanted: list[datetime]) -> None:
        for mandate, end in zip(mandates, wanted, strict=True):
            mandate.valid_until = end

    set_to([world.clock()] * len(mandates))
    return lambda: set_to(ends)


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


def of_people(change: Change) -> Callable[[Instances], Any]:
    return lambda at: changed(at, change)
