"""Rows of federations on every database: taken as a whole, only what changed is written, and found
as the registrations have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.metadata.federation_lists import take_list
from admin.metadata.looks import ListChanges
from providers.federation_members import FederationMember, member_id
from providers.federations import LONGEST_FEDERATION, Federation
from providers.members import Members
from providers.saml.federation.member_facts import MemberFacts
from providers.saml.federation.verified_list import VerifiedList
from providers.saml.wire.metadata_refused import MetadataRefused
from state.db import writing
from tests.admin.registrations.test_federations import FEDERATION
from tests.clocks import START
from tests.databases import BOTH, database
from tests.servers import postgresql_url

__all__ = ["postgresql_url"]
CATEGORY: Final = "https://x.example/a_b"


@pytest.fixture(params=BOTH)
def sql(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    with database(request, tmp_path) as engine, Session(engine) as session:
        yield session


def facts(number: int, **changes: Any) -> MemberFacts:
    made = MemberFacts(
        entity_id=f"https://idp{number}.example",
        name_nl=f"School {number:03}",
        name_en=f"College {number:03}",
        search=f"school {number:03}\ncollege {number:03}\n100%",
        registration_authority="https://authority.example",
        categories=(CATEGORY,),
        scopes=(f"idp{number}.example",),
        hidden=False,
        ends_at=None,
        document=f'<md:EntityDescriptor entityID="https://idp{number}.example"/>',
    )
    return replace(made, **changes)


def federation(name: str = "noordzee", **changes: Any) -> Federation:
    whole = {**FEDERATION, "id": name, **changes}
    return Federation.model_validate({n: v for n, v in whole.items() if n != "kind"})


def taken(sql: Session, *members: MemberFacts, name: str = "noordzee") -> ListChanges:
    found = VerifiedList("f" * 64, START, None, iter(members))
    with writing(sql):
        return take_list(sql, federation(name), found, "0" * 64, START)


def test_only_what_changed_is_written(sql: Session) -> None:
    first = taken(sql, *(facts(number) for number in range(450)))
    assert first == ListChanges(450, 450, 0, 0, 0)
    second = [facts(number) for number in range(1, 451)]
    second[5] = replace(second[5], name_nl="Anders", ends_at=START + timedelta(days=1))
    assert taken(sql, *second) == ListChanges(450, 1, 1, 1, 0)
    row = sql.get(FederationMember, member_id("noordzee", second[5].entity_id))
    assert row is not None and (row.name_nl, row.sort) == ("Anders", "anders")
    assert taken(sql, *second) == ListChanges(450, 0, 0, 0, 0)
    assert taken(sql) == ListChanges(0, 0, 450, 0, 0)


def test_the_longest_name_of_a_federation_leaves_room_for_its_makelaars(sql: Session) -> None:
    longest = "n" * LONGEST_FEDERATION
    taken(sql, facts(1), name=longest)
    found = members(sql, federation(longest)).by_id(member_id(longest, "https://idp1.example"))
    assert found is not None and len(found.id) == 63  # as of every makelaar, wherever it is kept
    with pytest.raises(ValueError, match="id"):
        federation(longest + "n")


def test_a_list_that_breaks_off_leaves_everything_as_it_was(sql: Session) -> None:
    taken(sql, facts(1), facts(2))

    def broken() -> Iterator[MemberFacts]:
        yield from (facts(number) for number in range(3, 300))
        raise MetadataRefused("broken off", reason="not_read")

    with pytest.raises(MetadataRefused), writing(sql):
        found = VerifiedList("f" * 64, START, None, broken())
        take_list(sql, federation(), found, "1" * 64, START)
    ids = sql.scalars(select(FederationMember.entity_id).order_by(FederationMember.entity_id))
    assert list(ids) == ["https://idp1.example", "https://idp2.example"]


def members(sql: Session, *federations: Federation, registered: tuple[str, ...] = ()) -> Members:
    return Members(lambda: Session(sql.get_bind()), federations, frozenset(registered))


def names(found: Members, words: str = "", most: int = 50) -> list[str]:
    listed = found.found(words, found.federations, now=START, most=most)
    return [one.name_nl for one in listed]


def test_they_are_found_by_name_in_order_and_no_sign_is_a_wildcard(sql: Session) -> None:
    taken(
        sql,
        *(facts(number) for number in (3, 1, 2)),
        facts(4, hidden=True),
        facts(5, ends_at=START),
    )
    found = members(sql, federation())
    assert names(found) == ["School 001", "School 002", "School 003"]
    assert names(found, most=2) == ["School 001", "School 002"]
    assert names(found, "SCHOOL 002") == names(found, "college 002") == ["School 002"]
    assert names(found, "100%") == names(found)
    assert names(found, "00_") == names(found, "0%1") == names(found, "'") == []


@pytest.mark.parametrize("sign", ["\0", "\ud800", "\u00e9", " "])
def test_what_no_database_reads_names_nobody(sql: Session, sign: str) -> None:
    """A portal's hint, a cookie or a form brings whatever somebody wrote."""
    taken(sql, facts(1))
    found = members(sql, federation())
    assert found.by_id(f"noordzee--{sign * 24}") is None
    assert found.by_entity_id(f"https://idp1.example{sign}") is None
    assert names(found, f"school{sign}x") == []
    (one,) = (found.by_id(member_id("noordzee", "https://idp1.example")),)
    assert one is not None and one == found.by_entity_id("https://idp1.example")


def test_each_rule_is_of_the_registration(sql: Session) -> None:
    taken(
        sql,
        facts(1),
        facts(2, categories=("https://x.example/aXb",)),
        facts(3, registration_authority="https://other.example"),
    )
    for rules, expected in (
        ({"entity_categories": [CATEGORY]}, ["School 001", "School 003"]),
        ({"registration_authorities": ["https://other.example"]}, ["School 003"]),
        ({"deny": ["https://idp1.example"]}, ["School 002", "School 003"]),
        ({"allow": ["https://idp1.example"]}, ["School 001"]),
    ):
        found = members(sql, federation(members=rules))
        assert names(found) == expected
        one = member_id("noordzee", "https://idp1.example")
        assert (found.by_id(one) is not None) == ("School 001" in expected)
        by_name = found.by_entity_id("https://idp1.example")
        assert (by_name is not None) == ("School 001" in expected)
    own = members(sql, federation(), registered=("https://idp2.example",))
    assert names(own) == ["School 001", "School 003"]
    for number in (1, 2):
        entity_id = f"https://idp{number}.example"
        by_id, by_name = own.by_id(member_id("noordzee", entity_id)), own.by_entity_id(entity_id)
        assert (by_id is not None) == (by_name is not None) == (number == 1)


def test_an_entity_in_two_federations_is_the_first_ones(sql: Session) -> None:
    taken(sql, facts(1), facts(2))
    taken(sql, facts(2), facts(3), name="alpen")
    both = members(sql, federation("alpen"), federation())
    assert names(both) == ["School 001", "School 002", "School 003"]
    two = both.by_entity_id("https://idp2.example")
    assert two is not None and two.federation == "alpen"
    assert both.by_id(member_id("noordzee", "https://idp2.example")) is None
    alone = members(sql, federation())
    assert names(alone) == ["School 001", "School 002"]
    listed = both.found("", [federation()], now=START, most=50)
    assert [one.name_nl for one in listed] == ["School 001"]
