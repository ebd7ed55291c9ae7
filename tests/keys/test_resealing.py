"""Sealing anew, portion by portion, beside everybody who reads and writes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from keys import resealing
from keys.keyring import load_keyring
from keys.resealing import counted, openable, reseal
from keys.rotation import make_key
from keys.sealing import Sealer, fingerprint_key_of
from keys.signing_key import KeyState, KeyUse, SigningKey
from state import outbox
from state.db import writing
from state.outbox import Message, OutboxRow, enqueue
from tests.clocks import FakeClock
from tests.damage import flipped
from tests.deliveries import deliver_due

FIRST, SECOND = b"1" * 32, b"2" * 32
OLD = Sealer(FIRST)
BOTH = Sealer(SECOND, others=[FIRST], fingerprint_key=fingerprint_key_of(FIRST))
NEW = Sealer(SECOND, fingerprint_key=fingerprint_key_of(FIRST))


class Post:
    """What arrived."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, message_id: str, message: Message) -> None:
        self.sent.append(message.text)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Portions of seven, so that there are many."""
    monkeypatch.setattr(resealing, "PORTION", 7)
    return 7


def put(session: Session, sealer: Sealer, now: datetime, *texts: str) -> None:
    with writing(session):
        for text in texts:
            enqueue(session, sealer, Message("mail", "a@example.nl", "subject", text), now)


def opened(session: Session, sealer: Sealer) -> list[str]:
    """Every waiting text, or SealBroken."""
    session.rollback()
    rows = session.scalars(select(OutboxRow).where(OutboxRow.sealed.is_not(None)))
    return sorted(
        outbox._MESSAGE.validate_json(sealer.open(row.sealed or b"", f"outbox:{row.id}")).text
        for row in rows
    )


def test_K_07_everything_comes_under_the_key_that_seals(
    session: Session, clock: FakeClock, small: int
) -> None:
    texts = [f"text {number:02}" for number in range(3 * small + 1)]
    put(session, OLD, clock(), *texts)
    with writing(session):
        for use, algorithm in ((KeyUse.AUDIT_SIGNING, "ES256"), (KeyUse.OIDC_SIGNING, "ES256")):
            make_key(session, OLD, use, algorithm, KeyState.ACTIVE, clock())
        made = session.scalars(select(SigningKey)).all()
        made[0].state, made[0].sealed = KeyState.RETIRED, None  # has nothing to seal
    under_old = {"outbox": Counter({OLD.key_id: 22}), "signing_key": Counter({OLD.key_id: 1})}
    assert {kind: found for kind, found in counted(session).items() if found} == under_old
    assert openable(session, BOTH) == {"outbox": 22, "signing_key": 1}

    done = reseal(session, BOTH)
    assert (done.done, done.unopened) == ({"outbox": 22, "signing_key": 1}, {})
    assert opened(session, NEW) == texts
    assert len(load_keyring(session, NEW).keys) == 1
    assert counted(session)["outbox"] == {BOTH.key_id: 22} and not openable(session, BOTH)
    before = session.scalars(select(OutboxRow.sealed).order_by(OutboxRow.id)).all()
    assert not reseal(session, BOTH).done
    assert session.scalars(select(OutboxRow.sealed).order_by(OutboxRow.id)).all() == before


def test_K_07_who_dies_half_way_is_followed_up(
    session: Session, clock: FakeClock, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"text {number:02}" for number in range(3 * small)]
    put(session, OLD, clock(), *texts)
    real, portions = resealing._reseal_portion, 0

    def dies_in_the_second(*given: object) -> None:
        nonlocal portions
        portions += 1
        real(*given)  # type: ignore[arg-type]
        if portions == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(resealing, "_reseal_portion", dies_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            reseal(session, BOTH)
    assert counted(session)["outbox"] == {BOTH.key_id: small, OLD.key_id: 2 * small}
    assert opened(session, BOTH) == texts
    assert reseal(session, BOTH).done == {"outbox": 2 * small}
    assert opened(session, NEW) == texts


def test_what_no_key_opens_stays_and_is_named_and_holds_nothing_up(
    session: Session, clock: FakeClock, small: int
) -> None:
    put(session, OLD, clock(), *(f"text {number}" for number in range(2 * small)))
    first, second = session.scalars(select(OutboxRow.id).order_by(OutboxRow.id).limit(2))
    put(session, Sealer(b"3" * 32), clock(), "of a stranger")
    with writing(session):
        damaged = session.get_one(OutboxRow, first)
        damaged.sealed = flipped(-1)(damaged.sealed or b"")
        session.get_one(OutboxRow, second).sealed = b"not sealed"
    done = reseal(session, BOTH)
    assert done.done == {"outbox": 2 * small - 2}
    assert done.unopened == {"outbox": 3} and len(done.examples) == 3
    assert any("changed" in example and first in example for example in done.examples)
    assert any("sealed under master key" in example for example in done.examples)
    assert not openable(session, BOTH), "it is lost already"


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # SQLite locks no rows
def test_a_row_that_somebody_holds_is_not_waited_for(
    sessions: sessionmaker[Session], session: Session, clock: FakeClock
) -> None:
    put(session, OLD, clock(), "one", "two")
    with sessions() as other, writing(other):
        row = other.scalars(select(OutboxRow).limit(1).with_for_update()).one()
        assert reseal(session, BOTH).done == {"outbox": 1}
        row.attempts = 5
    assert reseal(session, BOTH).done == {"outbox": 1}
    assert opened(session, NEW) == ["one", "two"]
    session.rollback()
    assert sorted(session.scalars(select(OutboxRow.attempts))) == [0, 5]


def test_a_value_that_changed_since_it_was_read_is_not_replaced(
    session: Session, clock: FakeClock
) -> None:
    put(session, OLD, clock(), "one")
    (one,) = (each for each in resealing.sealed_columns() if each.kind == "outbox")
    row = session.scalars(select(OutboxRow)).one()
    change = {"row": row.id, "old": b"what it was", "new": b"ours"}
    with writing(session):
        assert session.connection().execute(resealing._replace(one), [change]).rowcount == 0
    assert opened(session, OLD) == ["one"]


def busy(sessions: sessionmaker[Session], clock: FakeClock, post: Post) -> Iterator[None]:
    """Somebody who goes on with the old and the new file, sends, and writes anew."""
    for number in range(40):
        sealer = OLD if number % 2 else BOTH
        with sessions() as session:
            put(session, sealer, clock(), f"late {number:02}")
        deliver_due(sessions, BOTH, post, clock, limit=1)
        with sessions() as session, writing(session):
            some = session.scalars(select(OutboxRow.id).where(OutboxRow.due_at.is_not(None))).all()
            kept = some[number % len(some)]
            text = outbox._MESSAGE.dump_json(Message("mail", "a@example.nl", "s", f"new {number}"))
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == kept)
                .values(sealed=sealer.seal(text, f"outbox:{kept}"))
            )
        yield


def test_K_07_no_write_is_lost_beside_two_that_seal_anew_at_once(
    sessions: sessionmaker[Session], session: Session, clock: FakeClock, small: int
) -> None:
    put(session, OLD, clock(), *(f"text {number:02}" for number in range(5 * small)))
    post, stop, failures = Post(), threading.Event(), []

    def again_and_again() -> None:
        try:
            while not stop.is_set():
                with sessions() as own:
                    reseal(own, BOTH)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=again_and_again) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        written = [f"new {number}" for number, _ in enumerate(busy(sessions, clock, post))]
    finally:
        stop.set()
        for thread in threads:
            thread.join(100)
    assert not failures
    reseal(session, BOTH)
    left = opened(session, NEW)
    assert set(counted(session)["outbox"]) == {BOTH.key_id}
    # 35 and 40 were put, 40 were sent, each once; what is left opens and is the last that was said.
    assert len(post.sent) == 40 and len(left) == 35
    assert written[-1] in left + post.sent
