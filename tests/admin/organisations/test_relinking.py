"""Another KvK number takes along what an organisation had, all at once; the old one says where it
went.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.mandates import companies
from admin.organisations import relinking
from admin.organisations.records import NoSuchOrganisation
from admin.organisations.relinking import Merger, RelinkRefused
from assurance import means
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from assurance.means_requests import MeansRequest, RequestKind
from broker.sso.logout import LogoutNotifier
from consent import allocations
from consent.allocations import Client
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.options import options
from directory import groups, organisation_records
from directory.groups import GroupCompany, UserGroup
from directory.organisation_records import NumberChange
from directory.organisations import Establishment, Organisation
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.consent.conftest import SERVICE, terms
from tests.databases import make_database
from tests.keys_for_tests import make_sealer

OLD, NEW, OFFICE, FREE = "90001201", "90001639", "90001542", "90007777"
YEAR = timedelta(days=365)
PLACES = (
    ("jan", "old", Role.ADMINISTRATOR),
    ("jan", "new", Role.MEMBER),
    ("roos", "old", Role.ADMINISTRATOR),
)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            for name, kvk in (("old", OLD), ("new", NEW), ("office", OFFICE)):
                made.add(Organisation(id=name, kvk=kvk, name=name))
            for name in ("jan", "roos", "mo"):
                made.add(Person(id=name, display_name=name, created_at=START))
            made.flush()
            made.add(Establishment(number="000090012011", organisation_id="old", name="winkel"))
            for person, place, role in PLACES:
                made.add(
                    Membership(person_id=person, organisation_id=place, role=role, since=START)
                )
            made.add(mandate("m", "roos", "old"))
            made.add(mandate("o", "mo", "office"))
            made.add(chain("client", "old", "office"))
            made.add(chain("own", "new", "old"))
        yield made


def mandate(name: str, person: str, place: str) -> Mandate:
    return Mandate(
        id=name,
        person_id=person,
        organisation_id=place,
        service_uuid=SERVICE,
        level=AssuranceLevel.EH3,
        valid_from=START - YEAR,
        valid_until=START + YEAR,
    )


def chain(name: str, place: str, through: str) -> ChainMandate:
    return ChainMandate(
        id=name,
        organisation_id=place,
        intermediary_id=through,
        service_uuid=SERVICE,
        level=AssuranceLevel.EH3,
        valid_from=START - YEAR,
        valid_until=START + YEAR,
    )


def notifier() -> LogoutNotifier:
    return LogoutNotifier(make_sealer(), {}, {}, START)


def merge(session: Session, old: str = OLD, new: str = NEW) -> relinking.Relinked:
    with writing(session):
        return relinking.merge(session, Merger(COMMAND_LINE, {}, notifier()), old, new)


def renumber(session: Session, old: str, new: str, rsin: str | None = None) -> relinking.Relinked:
    with writing(session):
        return relinking.renumber(session, notifier(), old, new, rsin=rsin, actor=COMMAND_LINE)


def represented(session: Session, person: str) -> list[str]:
    found = options(session, person, terms()).usable
    return sorted(option.authority.represented.value for option in found)


def test_in_a_merger_people_mandates_and_chains_go_along(session: Session) -> None:
    done = merge(session)
    assert done.moved == {
        "memberships": 1,
        "mandates": 1,
        "chain_mandates": 2,
        "branches": 1,
        "requests": 0,
    }
    assert represented(session, "roos") == [NEW]
    assert represented(session, "mo") == [OFFICE, NEW]
    (roos,) = companies.of_person(session, "roos", START)
    assert (roos.kvk, roos.is_administered) == (NEW, True)
    assert session.get_one(Establishment, "000090012011").organisation_id == "new"
    assert organisation_records.moved_to(session, OLD) == NEW
    (event,) = audit.recent(session, tags=[EventTag.ORGANISATION_RELINKED])
    assert (event.reason, event.reference, event.organisation_id) == (
        "merged",
        done.reference,
        "new",
    )
    assert (event.details["was"], event.details["now"]) == (OLD, NEW)


def test_nobody_gets_a_higher_role_by_a_merger(session: Session) -> None:
    """Jan administered the old one and is a user of the new one."""
    merge(session)
    (jan,) = companies.of_person(session, "jan", START)
    assert (jan.kvk, jan.is_administered) == (NEW, False)


def test_nobody_acts_for_what_went_up_in_another(session: Session) -> None:
    merge(session)
    with writing(session):
        session.add(mandate("late", "jan", "old"))
    assert represented(session, "jan") == []


def test_a_chain_of_an_organisation_with_itself_ends(session: Session) -> None:
    merge(session)
    assert session.get_one(ChainMandate, "own", populate_existing=True).revoked_at == START
    assert session.get_one(ChainMandate, "client", populate_existing=True).revoked_at is None


def test_numbers_of_before_lead_to_the_last_one(session: Session) -> None:
    renumber(session, OLD, FREE)
    merge(session, FREE, NEW)
    assert organisation_records.moved_to(session, OLD) == NEW
    assert organisation_records.moved_to(session, FREE) == NEW
    found = organisation_records.old_numbers(session, "new")
    assert {one.kvk: one.why for one in found} == {
        OLD: NumberChange.RENUMBERED,
        FREE: NumberChange.MERGED,
    }


def test_under_a_new_number_everything_stays(session: Session) -> None:
    renumber(session, OLD, FREE, "800001205")
    assert represented(session, "roos") == [NEW, FREE], "its own, and through its chain mandate"
    place = session.scalars(select(Organisation).where(Organisation.kvk == FREE)).one()
    assert (place.id, place.rsin) == ("old", "800001205")
    assert organisation_records.moved_to(session, OLD) == FREE


@pytest.mark.parametrize(
    ("old", "new", "rsin", "why"),
    [
        (OLD, OLD, None, "same"),
        (OLD, NEW, None, "taken"),
        (OLD, FREE, "800001206", "rsin"),
    ],
)
def test_what_is_no_new_number_is_refused(
    session: Session, old: str, new: str, rsin: str | None, why: str
) -> None:
    with pytest.raises(RelinkRefused) as refused:
        renumber(session, old, new, rsin)
    assert refused.value.why == why and represented(session, "roos") == [OLD, NEW]


def test_a_number_goes_once(session: Session) -> None:
    merge(session)
    for again in ((OLD, OFFICE), (OFFICE, OLD)):
        with pytest.raises(RelinkRefused) as refused:
            merge(session, *again)
        assert refused.value.why == "moved"
    with pytest.raises(NoSuchOrganisation):
        merge(session, NEW, FREE)


def test_who_was_limited_to_clients_gets_no_others_by_a_merger(session: Session) -> None:
    """Roos of the old office may act for one client; Mo of the other was limited to nobody."""
    with writing(session):
        for name, kvk in (("one", "90001702"), ("two", "90001703"), ("three", "90001704")):
            session.add(Organisation(id=name, kvk=kvk, name=name))
        session.flush()
        session.add_all([chain("c1", "one", "old"), chain("c2", "two", "old")])
        session.add_all([chain("c3", "three", "new"), mandate("n", "mo", "new")])
        for place, person, named in (("old", "roos", {Client("one", None)}), ("new", "mo", set())):
            allocations.put(session, place, person, named, by="x", now=START)
    assert represented(session, "roos") == [OLD, "90001702"]
    merge(session)
    assert represented(session, "roos") == [NEW, "90001702"]
    assert represented(session, "mo") == [OFFICE, NEW, NEW], "a client of the office as before"


def test_who_was_not_limited_keeps_the_clients_in_a_merger(session: Session) -> None:
    """Mo works in both: without a limit in the old one, with one in the new one."""
    with writing(session):
        session.add(Organisation(id="one", kvk="90001702", name="one"))
        session.flush()
        session.add_all([chain("c1", "one", "old"), mandate("n", "mo", "new")])
        session.add(mandate("l", "mo", "old"))
        allocations.put(session, "new", "mo", set(), by="x", now=START)
    merge(session)
    assert "90001702" in represented(session, "mo")
    assert allocations.of_person(session, "old", "mo") is allocations.EVERY_CLIENT


def test_an_allocated_client_stays_allocated_when_it_goes_up_in_another(session: Session) -> None:
    with writing(session):
        allocations.put(session, "office", "mo", {Client("old", SERVICE)}, by="x", now=START)
    merge(session)
    assert represented(session, "mo") == [OFFICE, NEW]


def test_groups_means_invitations_and_forms_go_along(session: Session) -> None:
    times = {"made_at": START}
    with writing(session):
        session.add(UserGroup(id="g", short_name="winkels", name="Winkels", **times))
        for means_id, person in (("m1", "roos"), ("m2", "mo")):
            session.add(
                IssuedMeans(id=means_id, person_id=person, level=AssuranceLevel.EH3, asked_at=START)
            )
        session.flush()
        session.add(
            GroupCompany(
                id="c",
                group_id="g",
                organisation_id="old",
                level=AssuranceLevel.EH3,
                added_by="jan",
                since=START,
                valid_until=START + YEAR,
            )
        )
        means.link(session, "m1", ["old"], Role.ADMINISTRATOR, START, START)
        means.link(session, "m2", ["old", "new"], Role.MEMBER, START, START)
        session.flush()
        (ended,) = [
            one for one in means.links(session, "m2", START) if one.organisation_id == "new"
        ]
        ended.until = START
        session.add(
            MeansRequest(
                id="r",
                means_id="m1",
                kind=RequestKind.NEW,
                organisation_id="old",
                asked_by="jan",
                asked_at=START,
                reference="ABCD1234",
                level=AssuranceLevel.EH3,
                role=Role.ADMINISTRATOR,
                organisations=["old", "new"],
                contact=b"",
            )
        )
    merge(session)
    for means_id in ("m1", "m2"):
        (link,) = means.links(session, means_id, START)
        assert link.organisation_id == "new"
    request = session.get_one(MeansRequest, "r")
    assert (request.organisation_id, request.organisations) == ("new", ["new"])
    assert [one.id for one in groups.with_company(session, "new")] == ["g"]


def test_M_07_a_mandate_of_a_place_that_was_over_does_not_come_back(session: Session) -> None:
    with writing(session):
        query = select(Membership).where(Membership.person_id == "jan")
        for place in session.scalars(query.where(Membership.organisation_id == "new")):
            place.until = START - timedelta(days=1)
        session.add(mandate("before", "jan", "new"))
    assert represented(session, "jan") == []
    with writing(session):
        session.add(mandate("along", "jan", "old"))
    merge(session)
    left = {name: session.get_one(Mandate, name).revoked_at for name in ("before", "along")}
    assert left == {"before": START, "along": None}
    assert represented(session, "jan") == [NEW]


def test_a_place_that_was_over_does_not_end_the_one_that_comes(session: Session) -> None:
    with writing(session):
        query = select(Membership).where(Membership.person_id == "jan")
        for place in session.scalars(query.where(Membership.organisation_id == "new")):
            place.until = START - timedelta(days=1)
    merge(session)
    (jan,) = companies.of_person(session, "jan", START)
    assert (jan.kvk, jan.is_administered) == (NEW, True)
