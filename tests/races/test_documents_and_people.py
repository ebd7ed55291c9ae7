"""Documents are written while the people in them log in and get places: what was not there when
the documents were looked at may be there when they are written.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin.registrations import apply as applying
from admin.registrations.apply import TRIES
from admin.registrations.differences import DocumentOutcome
from admin.registrations.documents import DocumentsRefused
from admin.registrations.reading import read
from broker import settings as configuration
from directory import people
from directory.origin import Origin
from directory.people import ExternalIdentity, Membership, Person, Role
from state import audit
from state.db import writing
from state.engine import engine_at
from tests.admin.registrations.documents import MAKELAAR, PERSON, ROBIN, written
from tests.clocks import START
from tests.keys_for_tests import make_sealer

Act = Callable[[Session], object]
BAKERY: Final = {"kind": "Organisation", "kvk": "90001201", "name": "De Korenmolen"}
SUBJECT: Final = "kees bij veerhuis"
KEES: Final[dict[str, Any]] = {
    "kind": "Person",
    "id": "kees",
    "name": "Kees Visser",
    "identities": [{"provider": "veerhuis", "subject": SUBJECT}],
    "organisations": [{"kvk": "90001201"}],
}
ROOS: Final[dict[str, Any]] = {
    **PERSON,
    "identities": [{"provider": "veerhuis", "subject": "roos bij veerhuis"}],
}
DOCUMENTS: Final = (MAKELAAR, BAKERY, ROOS, KEES)  # identities are read for Roos, and for both
AFTER_ROOS: Final = 3


def logs_in(sql: Session) -> None:
    """Who bears the identity of Kees comes by for the first time."""
    known = {"display_name": "K. Visser", "email": None, "now": START}
    people.find_or_create(sql, make_sealer(), provider_id="veerhuis", subject=SUBJECT, **known)  # type: ignore[arg-type]


def gets_a_place(sql: Session) -> None:
    """An administrator activates a means of Kees."""
    with writing(sql):
        sql.add(
            Membership(person_id="kees", organisation_id="bakery", role=Role.MEMBER, since=START)
        )


def loses_a_name(sql: Session) -> None:
    """Kees is forgotten: his record goes."""
    with writing(sql):
        sql.delete(sql.get_one(Person, "kees"))


def apply(
    session: Session, url: str, folder: Path, *, times: int, act: Act
) -> tuple[tuple[DocumentOutcome, ...], list[int]]:
    """What became of the documents, and what was heard of them; the act comes between two, in each
    of so many tries.
    """
    settings = configuration.load(
        None,
        {
            "SLUIS__WEB__BASE_URL": "https://sluis.example",
            "SLUIS__KEYS__MASTER_KEY_FILE": os.devnull,
        },
    )
    heard: list[int] = []
    acts = 0

    def progress(number: int) -> None:
        nonlocal acts
        heard.append(number)
        if sum(heard) == AFTER_ROOS and number > 0 and acts < times:
            acts += 1
            with engine_at(url) as engine, Session(engine) as other:
                act(other)

    done = applying.apply(
        session,
        make_sealer(),
        settings,
        read(written(folder, *DOCUMENTS)),
        actor=ROBIN,
        now=START,
        progress=progress,
    )
    return done, heard


def make_kees(session: Session) -> None:
    with writing(session):
        session.add(Person(id="kees", display_name="Kees", created_at=START))


def words(done: tuple[DocumentOutcome, ...]) -> dict[str, str]:
    return {one.name: one.word for one in done}


def test_an_identity_that_a_login_makes_meanwhile_is_given_all_the_same(
    session: Session, url: str, tmp_path: Path
) -> None:
    done, heard = apply(session, url, tmp_path, times=1, act=logs_in)
    assert words(done)["kees"] == "created"
    assert sum(heard) == len(DOCUMENTS) and min(heard) == -AFTER_ROOS
    [theirs] = [one for one in session.scalars(select(ExternalIdentity)) if one.person_id != "roos"]
    assert (theirs.person_id, theirs.origin) == ("kees", Origin.DOCUMENT)
    changed = audit.recent(session, tags=[audit.EventTag.REGISTRATION_CHANGED])
    is_new = [one for one in done if one.word != "unchanged"]
    assert len(changed) == len(is_new), "what was tried in vain is not told"


def test_a_place_that_somebody_gets_meanwhile_is_kept_once(
    session: Session, url: str, tmp_path: Path
) -> None:
    make_kees(session)
    done, _ = apply(session, url, tmp_path, times=1, act=gets_a_place)
    assert words(done)["kees"] == "changed"
    of_kees = select(Membership).where(Membership.person_id == "kees")
    [place] = session.scalars(of_kees).all()
    assert place.origin is Origin.DOCUMENT and place.until is None


def test_somebody_who_goes_meanwhile_is_made_anew(
    session: Session, url: str, tmp_path: Path
) -> None:
    make_kees(session)
    done, _ = apply(session, url, tmp_path, times=1, act=loses_a_name)
    assert words(done)["kees"] == "created"


def test_who_meets_others_each_time_hears_it_and_nothing_changed(
    session: Session, url: str, tmp_path: Path
) -> None:
    make_kees(session)

    tries = 0
    check = applying.checking.check

    def checked(*given: Any, **named: Any) -> Any:
        """Between two tries the place goes again."""
        nonlocal tries
        tries += 1
        with engine_at(url) as engine, Session(engine) as other, writing(other):
            other.execute(delete(Membership).where(Membership.person_id == "kees"))
        return check(*given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(applying.checking, "check", checked)
        with pytest.raises(DocumentsRefused) as refused:
            apply(session, url, tmp_path, times=TRIES, act=gets_a_place)
    assert tries == TRIES
    assert "apply them again" in refused.value.lines[0]
    assert session.get_one(Person, "roos").origin is not Origin.DOCUMENT
    assert audit.recent(session, tags=[audit.EventTag.REGISTRATION_CHANGED]) == []
