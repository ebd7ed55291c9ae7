"""The revision rises with what changed, once and last."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from state.db import writing
from state.registrations import Kind, current_revision, raise_revision, save, withdraw
from tests.clocks import START


def test_of_many_changes_the_revision_rises_once_and_of_none_never(session: Session) -> None:
    with writing(session):
        for name in ("a", "b", "c"):
            assert save(session, Kind.SERVICE, name, {}, START)
        assert current_revision(session) == 0  # nobody waits for it yet
    assert current_revision(session) == 1
    session.rollback()
    with pytest.raises(ZeroDivisionError), writing(session):
        raise_revision(session)
        _ = 1 / 0
    with writing(session):
        pass
    assert current_revision(session) == 1
    with writing(session):
        with session.begin_nested():
            raise_revision(session)
        assert current_revision(session) == 1
    assert current_revision(session) == 2


def test_whatever_changes_a_registration_raises_it_and_the_same_again_does_not(
    session: Session,
) -> None:
    for document, number in (({}, 1), ({}, 1), ({"name": "x"}, 2)):
        with writing(session):
            save(session, Kind.SERVICE, "a", document, START)
        assert current_revision(session) == number
    for number in (3, 3):
        with writing(session):
            withdraw(session, Kind.SERVICE, "a", START)
        assert current_revision(session) == number
