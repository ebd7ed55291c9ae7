"""Roles of operators: what each allows, and from when until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.operators import roles
from admin.operators.roles import ALLOWED, OperatorRole, Permission, may
from directory.people import Person
from state.db import writing
from tests.clocks import START

VIEWER, HELPDESK, CONFIGURATOR, KEY_OFFICER, AUDITOR = OperatorRole

# As docs/operators/console.md says.
DOCUMENTED = {
    Permission.SEE_STATE: {VIEWER, HELPDESK, CONFIGURATOR, KEY_OFFICER, AUDITOR},
    Permission.READ_TRACES: {VIEWER, HELPDESK, CONFIGURATOR, AUDITOR},
    Permission.READ_OPERATORS: {CONFIGURATOR, KEY_OFFICER, AUDITOR},
    Permission.END_OPERATORS: {CONFIGURATOR},
    Permission.RESET_FACTORS: {HELPDESK, CONFIGURATOR},
    Permission.DECIDE_MEANS: {HELPDESK, CONFIGURATOR},
    Permission.READ_REQUESTS: {HELPDESK, CONFIGURATOR},
    Permission.DECIDE_FORMS: {HELPDESK, CONFIGURATOR},
    Permission.CHANGE_METADATA: {CONFIGURATOR},
    Permission.END_SESSIONS: {CONFIGURATOR},
}


@pytest.mark.parametrize("permission", Permission)
def test_A_09_a_permission_belongs_to_the_roles_that_are_documented(permission: Permission) -> None:
    assert {role for role in OperatorRole if may({role}, permission)} == DOCUMENTED[permission]


def test_every_role_and_permission_is_in_the_table() -> None:
    assert set(ALLOWED) == set(OperatorRole)
    assert set(DOCUMENTED) == set(Permission)


def test_one_role_that_allows_it_is_enough_and_none_allows_nothing() -> None:
    assert may({KEY_OFFICER, VIEWER}, Permission.READ_TRACES)
    assert not may({KEY_OFFICER}, Permission.READ_TRACES)
    assert not any(may(set(), permission) for permission in Permission)


@pytest.fixture
def person(session: Session) -> Person:
    with writing(session):
        made = Person(display_name="Robin Kuiper", created_at=START)
        session.add(made)
        session.flush()
        roles.assign(session, made.id, {VIEWER, AUDITOR}, START)
    return made


def test_a_role_holds_from_its_beginning_to_its_end(session: Session, person: Person) -> None:
    a_day = timedelta(days=1)
    with writing(session):
        assert roles.end_roles(session, person.id, START + a_day)
    assert roles.roles_of(session, person.id, START - a_day) == frozenset()
    assert roles.roles_of(session, person.id, START) == {VIEWER, AUDITOR}
    assert roles.roles_of(session, person.id, START + a_day) == frozenset()
    with writing(session):
        assert not roles.end_roles(session, person.id, START + a_day)


def test_who_is_blocked_has_no_role(session: Session, person: Person) -> None:
    assert roles.roles_of(session, person.id, START)
    with writing(session):
        session.get_one(Person, person.id).blocked_at = START
    assert roles.roles_of(session, person.id, START) == frozenset()


def test_the_roles_of_one_are_not_those_of_another(session: Session, person: Person) -> None:
    assert roles.roles_of(session, "somebody-else", START) == frozenset()
