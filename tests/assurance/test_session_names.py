"""What a session is called by others: kept sealed, found by name and index, by that party alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assurance import session_names
from assurance.session_names import SessionName, SessionNameRow
from state.db import writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer

PORTAL = session_names.of_portal("waterkaart")
MAKELAAR = session_names.of_makelaar("polderpoort")
ONE = SessionName("jan-1", "_a", {"Format": "persistent"})
TWO = SessionName("jan-1", "_b", {"Format": "persistent"})
SILENT = SessionName("jan-1")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as found:
        yield found


def keep(
    session: Session, holder: str, *names: SessionName, party: str = PORTAL, hours: int = 8
) -> None:
    with writing(session):
        session_names.keep(
            session,
            make_sealer(),
            names,
            holder=holder,
            party=party,
            until=START + timedelta(hours=hours),
        )


def holders(session: Session, party: str = PORTAL, **asked: object) -> set[str]:
    found = session_names.called(session, make_sealer(), party, **asked)  # type: ignore[arg-type]
    return {one.holder for one in found}


def test_a_session_is_found_by_its_name_and_by_its_index(session: Session) -> None:
    keep(session, "first", ONE)
    keep(session, "second", TWO)
    assert holders(session, name="jan-1") == {"first", "second"}
    assert holders(session, name="jan-1", indexes=["_a"]) == {"first"}
    assert holders(session, name="jan-1", indexes=["_a", "_b"]) == {"first", "second"}
    assert holders(session, name="jan-1", indexes=["_c"]) == set()
    assert holders(session, indexes=["_b"]) == {"second"}
    assert holders(session, name="jan-2") == set()


def test_a_name_without_an_index_is_meant_by_every_index(session: Session) -> None:
    keep(session, "first", SILENT)
    assert holders(session, name="jan-1", indexes=["_a"]) == {"first"}
    assert holders(session, indexes=["_a"]) == set()


def test_nobody_is_asked_for_without_a_name_or_an_index(session: Session) -> None:
    with pytest.raises(ValueError, match="by its name or its index"):
        holders(session)


def test_a_party_asks_by_its_own_names_alone(session: Session) -> None:
    keep(session, "first", ONE)
    assert holders(session, MAKELAAR, name="jan-1") == set()
    assert holders(session, MAKELAAR, indexes=["_a"]) == set()
    assert holders(session, session_names.of_makelaar("waterkaart"), name="jan-1") == set()


def test_what_is_kept_is_said_again_as_it_was_given(session: Session) -> None:
    keep(session, "first", ONE, TWO)
    keep(session, "first", ONE)
    keep(session, "first", SessionName("sub", "sid", id_token="a.b.c"), party=MAKELAAR)
    found = session_names.of_holder(session, make_sealer(), "first")
    ours = [one.name for one in found if one.party == PORTAL]
    assert sorted(ours, key=lambda name: name.index or "") == [ONE, TWO]  # of one moment
    (there,) = [one.name for one in found if one.party == MAKELAAR]
    assert there.id_token == "a.b.c"


def test_no_name_stands_in_the_database_or_in_a_log(session: Session) -> None:
    keep(session, "first", SessionName("jan-1", "_a", id_token="a.b.c"))
    row = session.scalars(select(SessionNameRow)).one()
    whole = repr({c.name: getattr(row, c.name) for c in SessionNameRow.__table__.columns})
    assert "jan-1" not in whole and "_a'" not in whole and "a.b.c" not in whole
    assert "jan-1" not in repr(SessionName("jan-1", "_a", id_token="a.b.c"))


def test_names_go_some_time_after_their_sessions(session: Session) -> None:
    keep(session, "first", ONE, hours=1)
    keep(session, "second", TWO, hours=8)
    with writing(session):
        assert session_names.purge(session, START + timedelta(hours=2)) == 1
    assert holders(session, name="jan-1") == {"second"}
