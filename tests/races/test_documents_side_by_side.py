"""Two that apply documents at once: what one takes away is not what the other goes on to name, and
who meets another that waits begins anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from admin.registrations import apply as applying
from admin.registrations.apply import TRIES
from admin.registrations.documents import DocumentsRefused
from admin.registrations.pruning import Prune
from admin.registrations.reading import read
from broker import settings as configuration
from directory.people import Person
from state.db import writing
from state.engine import engine_at
from state.registrations import Kind, Registration, names
from tests.admin.registrations.documents import PERSON, PORTAL, ROBIN, SERVICE, UUID, written
from tests.clocks import START
from tests.keys_for_tests import make_sealer

ANOTHER: Final = "11111111-2222-4333-8444-666666666666"
OTHER: Final = {**SERVICE, "uuid": ANOTHER, "service_id": "urn:x:subsidies"}
OF_SERVICES: Final = Prune(of_files=False, kinds=frozenset({Kind.SERVICE}), also_used=True)
Act = Callable[[Session], object]


def apply(
    session: Session,
    folder: Path,
    *documents: dict[str, Any],
    prune: Prune | None = None,
    **how: Any,
) -> None:
    settings = configuration.load(
        None,
        {
            "SLUIS__WEB__BASE_URL": "https://sluis.example",
            "SLUIS__KEYS__MASTER_KEY_FILE": os.devnull,
        },
    )
    entries = read(written(folder, *documents))
    applying.apply(
        session, make_sealer(), settings, entries, actor=ROBIN, now=START, prune=prune, **how
    )


@contextmanager
def meanwhile(url: str, act: Act) -> Iterator[None]:
    """Another process does this once: after the documents were looked at, before they are held."""
    before, done = applying.writing, False

    @contextmanager
    def later(session: Session) -> Iterator[Session]:
        nonlocal done
        if not done:
            done = True
            session.rollback()
            with engine_at(url) as engine, Session(engine) as other:
                act(other)
        with before(session) as begun:
            yield begun

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(applying, "writing", later)
        yield


def removes(folder: Path) -> Act:
    """The files of the other one have this service no more."""
    return lambda other: apply(other, folder, OTHER, prune=OF_SERVICES)


def names_it(folder: Path) -> Act:
    return lambda other: apply(other, folder, PORTAL)


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The files of the other process."""
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


def test_what_another_took_away_meanwhile_is_not_named(
    session: Session, url: str, tmp_path: Path, there: Path
) -> None:
    apply(session, tmp_path, SERVICE, OTHER)
    with meanwhile(url, removes(there)), pytest.raises(DocumentsRefused) as refused:
        apply(session, tmp_path, PORTAL)
    assert [line.partition(": ")[2] for line in refused.value.lines] == [
        f"services: there is no Service {UUID}"
    ]
    assert names(session, Kind.CLIENT) == set()


def test_what_another_names_meanwhile_is_not_taken_away(
    session: Session, url: str, tmp_path: Path, there: Path
) -> None:
    apply(session, tmp_path, SERVICE, OTHER)
    with meanwhile(url, names_it(there)), pytest.raises(DocumentsRefused) as refused:
        apply(session, tmp_path, OTHER, prune=OF_SERVICES)
    assert refused.value.lines == [
        f"Client portaal (registered): services: Service {UUID} would be removed"
    ]
    assert names(session, Kind.SERVICE) == {UUID, ANOTHER}


def test_what_another_did_meanwhile_with_others_is_no_matter(
    session: Session, url: str, tmp_path: Path, there: Path
) -> None:
    apply(session, tmp_path, SERVICE)
    with meanwhile(url, lambda other: apply(other, there, OTHER)):
        apply(session, tmp_path, PORTAL)
    assert names(session, Kind.CLIENT) == {"portaal"}
    assert names(session, Kind.SERVICE) == {UUID, ANOTHER}


MOVED: Final = {**PORTAL, "sector_identifier": "portalen.example"}
APP: Final = {**PORTAL, "redirect_uris": ["nl.voorbeeld.app:/terug"], "application_type": "native"}


def sector_of(session: Session) -> object:
    query = select(Registration.document).where(Registration.name == "portaal")
    found = session.scalars(query).one()
    return found.get("sector_identifier")


def test_a_sector_that_another_moved_meanwhile_is_not_moved_back(
    session: Session, url: str, tmp_path: Path, there: Path
) -> None:
    """Everybody would get yet another ``sub``, and nobody asked for that here."""
    apply(session, tmp_path, SERVICE, PORTAL)
    with (
        meanwhile(url, lambda other: apply(other, there, MOVED, move_subjects=True)),
        pytest.raises(DocumentsRefused) as refused,
    ):
        apply(session, tmp_path, {**PORTAL, "home_url": "https://portaal.example/"})
    (line,) = refused.value.lines
    assert "everybody would get another sub at portaal" in line
    assert sector_of(session) == "portalen.example"


def test_a_sector_that_another_moved_is_moved_again_where_that_is_asked(
    session: Session, url: str, tmp_path: Path, there: Path
) -> None:
    apply(session, tmp_path, SERVICE, PORTAL)
    with meanwhile(url, lambda other: apply(other, there, MOVED, move_subjects=True)):
        apply(session, tmp_path, PORTAL, move_subjects=True)
    assert sector_of(session) is None


def test_an_app_that_another_gave_a_sector_of_its_own_keeps_that(
    session: Session, url: str, tmp_path: Path, there: Path
) -> None:
    """It kept the sector of before until then, which nobody wrote."""
    apply(session, tmp_path, SERVICE, APP)
    with writing(session):
        row = session.scalars(select(Registration).where(Registration.name == "portaal")).one()
        own = row.document["sector_identifier"]
        row.document = {**row.document, "sector_identifier": None}
    named = {**APP, "sector_identifier": own}
    with meanwhile(url, lambda other: apply(other, there, named, move_subjects=True)):
        apply(session, tmp_path, {**APP, "name": {"nl": "App", "en": "App"}})
    assert sector_of(session) == own


def waits_for_roos(url: str, holds: Event) -> None:
    """Somebody changes Kees and then Roos, and is patient: PostgreSQL ends the other one."""
    with engine_at(url) as engine, Session(engine) as other, writing(other):
        other.execute(text("SET LOCAL deadlock_timeout = '30s'"))
        for name in ("kees", "roos"):
            other.execute(select(Person).where(Person.id == name).with_for_update())
            holds.set()


def test_who_waits_for_one_that_waits_begins_anew(
    session: Session, url: str, tmp_path: Path
) -> None:
    kees = {"kind": "Person", "id": "kees", "name": "Kees Visser"}
    apply(session, tmp_path, PERSON, kees)
    heard: list[int] = []
    threads: list[Thread] = []

    def progress(number: int) -> None:
        heard.append(number)
        session.flush()
        if not threads:
            holds = Event()
            threads.append(Thread(target=waits_for_roos, args=(url, holds)))
            threads[0].start()
            assert holds.wait(20)

    later = [{**one, "name": f"{one['name']} jr."} for one in (PERSON, kees)]
    apply(session, tmp_path, *later, progress=progress)
    threads[0].join(20)
    assert -1 in heard, "it began anew"
    assert TRIES > 1
    found = select(Person.display_name).where(Person.id.in_(("roos", "kees"))).order_by(Person.id)
    assert list(session.scalars(found)) == ["Kees Visser jr.", "Roos Willems jr."]
