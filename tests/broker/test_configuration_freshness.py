"""How long a process trusts what it loaded, and what makes it load again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from broker.configuration import KEYS_AFTER, STALE_AFTER, Adapters, ConfigurationHolder
from broker.errors import PageError
from directory.consoles import MINE
from directory.fields import LocalizedText
from keys.keyring import KeyRing
from providers.interface import RedirectProvider
from providers.registry import ProviderRecord
from state import registrations
from state.registrations import Kind
from tests.broker.examples import SERVICE, a_client, a_record, a_service
from tests.broker.runtimes import no_adapter
from tests.clocks import START, FakeClock
from tests.databases import make_database
from tests.keys_for_tests import make_keyring, make_sealer


@dataclass
class Process:
    """A holder on a database that can be away."""

    sessions: sessionmaker[Session]
    clock: FakeClock = field(default_factory=FakeClock)
    is_away: bool = False
    opened: int = 0

    def __post_init__(self) -> None:
        self.holder = ConfigurationHolder(
            sessions=self.open,
            sealer=make_sealer(),
            clock=self.clock,
            factory=no_adapter,
            built_in_services=(MINE.service,),
        )

    def open(self) -> Session:
        self.opened += 1
        if self.is_away:
            raise OperationalError("SELECT", None, Exception("gone"))
        return self.sessions()

    def register(self, kind: Kind, name: str, document: object) -> None:
        assert isinstance(document, dict)
        with self.sessions() as session, session.begin():
            registrations.save(session, kind, name, document, START)

    def withdraw(self, kind: Kind, name: str) -> None:
        with self.sessions() as session, session.begin():
            assert registrations.withdraw(session, kind, name, START)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    engine = make_database(tmp_path)
    made = Process(sessionmaker(engine, expire_on_commit=False))
    made.register(Kind.SERVICE, SERVICE, a_service().model_dump(mode="json"))
    yield made
    engine.dispose()


def test_nothing_is_loaded_before_it_is_asked_for(process: Process) -> None:
    assert not process.holder.was_loaded() and not process.holder.is_fresh()
    assert process.holder.last is None
    assert process.holder.current.services.keys() == {SERVICE, MINE.service.uuid}
    assert process.holder.was_loaded() and process.holder.is_fresh()


def test_the_login_path_asks_the_database_nothing_for_a_minute(process: Process) -> None:
    first = process.holder.current
    process.clock.advance(STALE_AFTER.total_seconds())
    assert process.holder.current is first
    assert process.opened == 1
    process.clock.advance(1)
    assert process.holder.current == process.holder.last
    assert process.opened == 2


@pytest.mark.parametrize("seconds", [61, -61], ids=["a minute ago", "in a time to come"])
def test_what_could_not_be_checked_for_a_minute_is_shown_and_never_decided_by(
    process: Process, seconds: int
) -> None:
    loaded = process.holder.refresh()
    process.is_away = True
    assert process.holder.current is loaded
    process.clock.advance(seconds)
    assert not process.holder.is_fresh()
    with pytest.raises(PageError) as error:
        process.holder.current  # noqa: B018
    assert (error.value.status, error.value.public_key) == (503, "store_unavailable")
    assert process.holder.last is loaded
    process.is_away = False
    assert process.holder.current.services == loaded.services


def test_a_change_is_loaded_whole_and_without_one_nothing_is(process: Process) -> None:
    first = process.holder.refresh()
    assert process.holder.refresh() is first
    process.register(Kind.CLIENT, "portal", a_client().model_dump(mode="json"))
    second = process.holder.refresh()
    assert second.oidc_clients.keys() == second.relying_parties.keys() == {"portal"}
    assert second.revision > first.revision
    assert first.oidc_clients == {}  # a request that began with it ends with it


def test_keys_are_looked_at_again_within_a_minute_and_adapters_stay(process: Process) -> None:
    process.register(Kind.IDENTITY_PROVIDER, "zekerweg", a_record().model_dump(mode="json"))
    first = process.holder.refresh()
    process.clock.advance(KEYS_AFTER.total_seconds() + 1)
    second = process.holder.refresh()
    assert second.loaded_at > first.loaded_at
    assert second.adapters is first.adapters


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Zekerweg", LocalizedText(nl="Zekerweg", en="Zekerweg")),
        ({"nl": "a", "en": "b"}, LocalizedText(nl="a", en="b")),
        ({"nl": "a"}, None),
        (7, None),
    ],
)
def test_what_was_withdrawn_keeps_its_name_and_nothing_else(
    process: Process, said: object, name: LocalizedText | None
) -> None:
    document = {"name": said, "a field of an older version": 1}
    process.register(Kind.IDENTITY_PROVIDER, "gone", document)
    process.withdraw(Kind.IDENTITY_PROVIDER, "gone")
    found = process.holder.refresh()
    assert found.providers == {}
    assert found.former.get((Kind.IDENTITY_PROVIDER, "gone")) == name


def test_an_adapter_is_made_when_it_is_first_asked_for_and_once() -> None:
    made: list[str] = []

    def factory(record: ProviderRecord, keyring: KeyRing) -> RedirectProvider:
        assert keyring is make_keyring()
        made.append(record.id)
        return object()  # type: ignore[return-value]  # nobody asks it anything

    records = {name: a_record(id=name) for name in ("zekerweg", "polderpoort")}
    adapters = Adapters(records, make_keyring(), factory)
    assert (len(adapters), list(adapters), made) == (2, ["zekerweg", "polderpoort"], [])
    assert adapters["zekerweg"] is adapters["zekerweg"]
    assert made == ["zekerweg"]
    with pytest.raises(KeyError):
        adapters["nobody"]
