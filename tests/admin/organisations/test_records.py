"""What the register says becomes what is known here; what an operator confirms as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.organisations import records
from admin.organisations.records import ConfirmedFacts, FactsRefused, NoSuchOrganisation
from admin.trade_register import lookup
from admin.trade_register.entries import RegisteredBranch, RegisterEntry, RegisterTrouble
from admin.trade_register.lookup import Found
from broker.organisation_settings import RegisterSettings
from directory import dates, organisation_records
from directory.organisation_records import RecordSource
from directory.organisations import Establishment, Organisation
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START, FakeClock
from tests.databases import make_database

KVK = "90001201"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            made.add(Organisation(id="bakery", kvk=KVK, name="De Korenmolen"))
            made.add(Organisation(id="garden", kvk="90001639", name="Groenrijk"))
            made.flush()
            made.add(Establishment(number="000090012011", organisation_id="bakery", name="oud"))
            made.add(Establishment(number="000090012021", organisation_id="bakery", name="winkel"))
            made.add(Establishment(number="000090016391", organisation_id="garden", name="kas"))
        yield made


def entry(**facts: Any) -> RegisterEntry:
    values = {"kvk": KVK, "name": "De Korenmolen", "address": "Molenweg 1", **facts}
    return RegisterEntry.model_validate(values)


def take(session: Session, said: RegisterEntry) -> records.Taken:
    with writing(session):
        place = records.organisation_at(session, KVK, held=True)
        source = RecordSource.KVK_API
        return records.take(session, place, said, source, actor=COMMAND_LINE, now=START)


def test_name_address_rsin_and_branches_follow_the_register(session: Session) -> None:
    said = entry(
        name="Bakkerij De Korenmolen B.V.",
        rsin="800001205",
        branches=(
            RegisteredBranch(number="000090012011", name="bakkerij", address="Molenweg 1"),
            RegisteredBranch(number="000090012031", name="molen"),
            RegisteredBranch(number="000090016391", name="van ons"),
        ),
    )
    taken = take(session, said)
    assert taken.fields == ("name", "rsin", "address", "branches")
    assert taken.unknown == ("000090012021",), "nothing here ends it"
    place = records.organisation_at(session, KVK)
    assert (place.name, place.rsin) == ("Bakkerij De Korenmolen B.V.", "800001205")
    assert session.get_one(Establishment, "000090012031").organisation_id == "bakery"
    assert session.get_one(Establishment, "000090016391").name == "kas", "that of another stays"
    record = organisation_records.record_of(session, "bakery")
    assert record is not None
    assert (record.source, record.looked_at) == (RecordSource.KVK_API, START)
    (event,) = audit.recent(session, tags=[EventTag.ORGANISATION_CHANGED])
    assert event.details == {"fields": "name rsin address branches"}
    assert take(session, said).fields == ()


@pytest.mark.parametrize("rsin", ["800001206", "111222333"])
def test_an_rsin_that_stands_is_not_changed_and_a_wrong_one_not_taken(
    session: Session, rsin: str
) -> None:
    assert "rsin" not in take(session, entry(rsin="800001206")).fields
    take(session, entry(rsin="800001205"))
    assert "rsin" not in take(session, entry(rsin=rsin)).fields
    assert records.organisation_at(session, KVK).rsin == "800001205"


def test_M_06_who_left_the_register_is_suspended_until_it_says_otherwise(session: Session) -> None:
    assert take(session, entry(ended=date(2027, 1, 1))).is_ended is False
    assert records.organisation_at(session, KVK).suspended_at is None
    assert take(session, entry(ended=date(2026, 11, 2))).is_ended
    assert records.organisation_at(session, KVK).suspended_at == dates.start_of(date(2026, 11, 2))
    assert take(session, entry(ended=date(1, 1, 1))).is_ended, "however odd the day"
    assert records.organisation_at(session, KVK).suspended_at is not None
    take(session, entry())
    assert records.organisation_at(session, KVK).suspended_at is None


def test_whom_somebody_else_suspended_the_register_does_not_free(session: Session) -> None:
    with writing(session):
        records.organisation_at(session, KVK, held=True).suspended_at = START
    take(session, entry())
    assert records.organisation_at(session, KVK).suspended_at == START
    take(session, entry(ended=date(2026, 11, 2)))
    take(session, entry())
    assert records.organisation_at(session, KVK).suspended_at == START, "nor with a second word"


def test_an_operator_confirms_what_no_register_says(session: Session) -> None:
    facts = ConfirmedFacts("De Korenmolen", " Molenweg\n1 ", "8000 01205", "020 123 45 67")
    with writing(session):
        records.confirm(session, KVK, facts, actor=Actor.operator("olga"), now=START)
    record = organisation_records.record_of(session, "bakery")
    assert record is not None
    assert (record.source, record.confirmed_by) == (RecordSource.OPERATOR, "olga")
    assert (record.address, record.telephone) == ("Molenweg 1", "020 123 45 67")
    assert records.organisation_at(session, KVK).rsin == "800001205"


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (ConfirmedFacts(" "), ("name",)),
        (ConfirmedFacts("x", rsin="800001206"), ("rsin",)),
        (ConfirmedFacts("x", telephone="0" * 21), ("telephone",)),
        (ConfirmedFacts("", rsin="1"), ("name", "rsin")),
    ],
)
def test_what_cannot_be_is_not_confirmed(
    session: Session, facts: ConfirmedFacts, fields: tuple[str, ...]
) -> None:
    with pytest.raises(FactsRefused) as refused, writing(session):
        records.confirm(session, KVK, facts, actor=COMMAND_LINE, now=START)
    assert refused.value.fields == fields


def test_nobody_is_confirmed_who_is_not_here(session: Session) -> None:
    with pytest.raises(NoSuchOrganisation), writing(session):
        records.confirm(session, "90009999", ConfirmedFacts("x"), actor=COMMAND_LINE, now=START)


@dataclass(frozen=True)
class _Worker:
    settings: Any
    clock: FakeClock
    outgoing: Any = None
    store: Any = None


@pytest.mark.parametrize(
    ("reason", "looked_at"),
    [("not_understood", 2), ("other_number", 2), ("status_503", 0), ("key_refused", 0)],
)
def test_an_answer_that_nobody_understands_keeps_no_other_organisation_waiting(
    session: Session, monkeypatch: pytest.MonkeyPatch, reason: str, looked_at: int
) -> None:
    """Trouble with the register itself ends the run: it would have it with the next one too."""

    def asked(_session: Session, _within: object, kvk: str) -> Found:
        if kvk == KVK:
            raise RegisterTrouble(reason)
        return Found(entry(kvk=kvk, name="Groenrijk"))

    monkeypatch.setattr(lookup, "look_up", asked)
    chosen = RegisterSettings(adapter="file", file=Path("register.yaml"))
    worker = _Worker(SimpleNamespace(trade_register=chosen), FakeClock(START))
    records.refresh_due(cast("records.Working", worker), lambda: nullcontext(session))
    found = [organisation_records.record_of(session, one) for one in ("bakery", "garden")]
    assert len([one for one in found if one is not None]) == looked_at
