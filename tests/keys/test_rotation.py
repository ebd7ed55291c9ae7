from __future__ import annotations

import itertools
import multiprocessing
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from keys.keyring import AnyPrivateKey, KeyState, KeyUse, load_keyring
from keys.rotation import (
    NEEDED,
    Move,
    NextKeyExists,
    RotationPolicy,
    ensure_keys,
    introduce,
    plan,
    renew_due,
    rotate_due,
)
from keys.sealing import Sealer, WrongMasterKey
from keys.signing_key import SigningKey
from state import audit
from state.audit import EventTag
from state.clock import utc_now
from state.db import writing
from state.engine import make_engine
from tests.clocks import START, FakeClock
from tests.keys_for_tests import ec_key, make_sealer, rsa_key

POLICY = RotationPolicy(publish=timedelta(days=8), keep=timedelta(days=2))
ES256 = (KeyUse.OIDC_SIGNING, "ES256")
PATIENCE = 240  # seconds for another process to import the product, on a busy machine


@pytest.fixture(autouse=True)
def kept_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fresh keys within a test, the same ones in the next test: making them is slow."""
    number = itertools.count()

    def generate(algorithm: str) -> AnyPrivateKey:
        name = f"rotation {next(number)}"
        return ec_key(name) if algorithm in ("ES256", "ECDH-ES") else rsa_key(name)

    monkeypatch.setattr("keys.rotation._generate", generate)


def states(session: Session) -> dict[str, KeyState]:
    session.expire_all()
    return {row.kid: row.state for row in session.scalars(select(SigningKey))}


def start(session: Session, clock: FakeClock) -> str:
    """One active ES256 key beside the others; its id."""
    ensure_keys(session, make_sealer(), clock)
    return load_keyring(session, make_sealer()).active(*ES256).kid


def test_a_first_start_makes_a_key_for_every_use(session: Session, clock: FakeClock) -> None:
    made = ensure_keys(session, make_sealer(), clock)
    ring = load_keyring(session, make_sealer())
    assert {key.kid for key in ring.keys} == set(made)
    assert {(key.use, key.algorithm) for key in ring.keys} == set(NEEDED)
    for use, algorithm in NEEDED:
        key = ring.active(use, algorithm)
        assert (key.certificate is not None) == (algorithm == "RSA")
        if isinstance(key.key, RSAPrivateKey):
            assert key.key.key_size == 2048
    assert len(audit.recent(session, tags=[EventTag.KEY_ACTIVATED])) == len(NEEDED)


def test_a_second_start_makes_nothing(session: Session, clock: FakeClock) -> None:
    ensure_keys(session, make_sealer(), clock)
    before = load_keyring(session, make_sealer())
    assert ensure_keys(session, make_sealer(), clock) == ()
    assert load_keyring(session, make_sealer()) == before


def test_K_06_a_start_with_another_master_key_changes_nothing(
    session: Session, clock: FakeClock
) -> None:
    ensure_keys(session, make_sealer(), clock)
    before = states(session)
    with pytest.raises(WrongMasterKey):
        ensure_keys(session, Sealer(b"2" * 32), clock)
    assert states(session) == before
    assert ensure_keys(session, make_sealer(), clock) == ()


def _start_elsewhere(url: str, barrier: Any, results: Any) -> None:
    engine = make_engine(url)
    with Session(engine) as session:
        barrier.wait(60)
        results.put(ensure_keys(session, make_sealer(), utc_now))
    engine.dispose()


def test_K_04_two_processes_that_start_at_once_share_one_set_of_keys(
    engine: Engine, session: Session
) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    url = engine.url.render_as_string(hide_password=False)
    starters = [
        context.Process(target=_start_elsewhere, args=(url, barrier, results)) for _ in range(2)
    ]
    for starter in starters:
        starter.start()
    made = [results.get(timeout=PATIENCE) for _ in starters]
    for starter in starters:
        starter.join(PATIENCE)
    assert sorted(len(kids) for kids in made) == [0, len(NEEDED)]
    assert set(states(session)) == {kid for kids in made for kid in kids}


def test_K_04_of_two_rotations_at_once_one_makes_the_key(
    session: Session, clock: FakeClock
) -> None:
    start(session, clock)
    kid = introduce(session, make_sealer(), *ES256, clock())
    session.commit()
    with pytest.raises(NextKeyExists):
        introduce(session, make_sealer(), *ES256, clock())
    session.rollback()
    found = [known for known, state in states(session).items() if state is KeyState.NEXT]
    assert found == [kid]


def test_K_04_the_database_holds_one_active_key_per_use(session: Session, clock: FakeClock) -> None:
    kid = start(session, clock)
    introduce(session, make_sealer(), *ES256, clock())
    session.commit()
    with pytest.raises(Exception, match=r"(?i)unique"):
        session.execute(
            text("UPDATE signing_key SET state = 'active' WHERE state = 'next'"),
        )
    session.rollback()
    assert states(session)[kid] is KeyState.ACTIVE


def test_a_key_is_published_before_it_signs_and_kept_afterwards(
    session: Session, clock: FakeClock
) -> None:
    old = start(session, clock)
    new = introduce(session, make_sealer(), *ES256, clock())
    session.commit()

    clock.advance(8 * 86400 - 1)
    assert rotate_due(session, clock(), POLICY) == ()
    clock.advance(1)
    assert rotate_due(session, clock(), POLICY) == (
        Move(old, KeyState.RETIRING),
        Move(new, KeyState.ACTIVE),
    )
    session.commit()
    ring = load_keyring(session, make_sealer())
    assert ring.active(*ES256).kid == new
    assert old in {key.kid for key in ring.published(KeyUse.OIDC_SIGNING)}

    clock.advance(2 * 86400)
    assert rotate_due(session, clock(), POLICY) == (Move(old, KeyState.RETIRED),)
    session.commit()
    assert old not in {key.kid for key in load_keyring(session, make_sealer()).keys}
    assert session.get_one(SigningKey, old).sealed is None
    tags = [event.tag for event in audit.recent(session, limit=4)]
    assert tags == [
        EventTag.KEY_RETIRED,
        EventTag.KEY_ACTIVATED,
        EventTag.KEY_RETIRING,
        EventTag.KEY_CREATED,
    ]


def test_the_first_key_of_a_use_needs_no_predecessor() -> None:
    key = SigningKey(kid="new", use=KeyUse.OIDC_SIGNING, algorithm="ES256", state=KeyState.NEXT)
    key.state_since = START
    assert plan([key], START + POLICY.publish, POLICY) == (Move("new", KeyState.ACTIVE),)


def test_K_01_the_database_holds_no_private_key(session: Session, clock: FakeClock) -> None:
    ensure_keys(session, make_sealer(), clock)
    rows = list(session.scalars(select(SigningKey)))
    dump = b"".join(
        (row.sealed or b"") + (row.certificate or "").encode() + row.kid.encode() for row in rows
    )
    assert b"BEGIN CERTIFICATE" in dump and b"PRIVATE KEY" not in dump
    for key in load_keyring(session, make_sealer()).keys:
        der = key.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        assert der[-40:-8] not in dump
        assert key.kid.encode() in dump


def test_a_successor_is_published_when_the_active_key_is_old_enough(
    session: Session, clock: FakeClock
) -> None:
    yearly = RotationPolicy.renewing_after(365)
    old = start(session, clock)
    clock.advance(365 * 86400 - 1)
    assert renew_due(session, make_sealer(), clock(), yearly) == []
    clock.advance(1)
    assert renew_due(session, make_sealer(), clock(), RotationPolicy.renewing_after(0)) == []
    made = renew_due(session, make_sealer(), clock(), yearly)
    assert len(made) == len(NEEDED)
    assert {states(session)[kid] for kid in made} == {KeyState.NEXT}
    assert states(session)[old] is KeyState.ACTIVE
    assert renew_due(session, make_sealer(), clock(), yearly) == []


def test_K_06_no_next_key_is_made_under_another_master_key(
    session: Session, clock: FakeClock
) -> None:
    start(session, clock)
    before = states(session)
    with pytest.raises(WrongMasterKey), writing(session):
        introduce(session, Sealer(b"2" * 32), *ES256, clock())
    assert states(session) == before


def _introduce_elsewhere(url: str, barrier: Any, results: Any) -> None:
    engine = make_engine(url)
    with Session(engine) as session:
        barrier.wait(60)
        try:
            with writing(session):
                kid = introduce(session, make_sealer(), *ES256, utc_now())
            results.put(kid)
        except NextKeyExists:
            results.put(None)
    engine.dispose()


def test_K_04_two_processes_that_rotate_at_once_make_one_key(
    engine: Engine, session: Session, clock: FakeClock
) -> None:
    start(session, clock)
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    arguments = (engine.url.render_as_string(hide_password=False), barrier, results)
    rotators = [context.Process(target=_introduce_elsewhere, args=arguments) for _ in range(2)]
    for rotator in rotators:
        rotator.start()
    made = [results.get(timeout=PATIENCE) for _ in rotators]
    for rotator in rotators:
        rotator.join(PATIENCE)
    session.rollback()  # what was read before is another snapshot
    found = [kid for kid, state in states(session).items() if state is KeyState.NEXT]
    assert sorted(made, key=str) == sorted([None, *found], key=str) and len(found) == 1


def test_what_opens_is_kept_for_who_encrypts_to_the_key_of_before() -> None:
    """Whatever the protocol; a key that signs goes sooner."""
    policy = RotationPolicy(keep=timedelta(days=2), keep_decrypting=timedelta(days=40))
    kept = {use: policy.keep_of(use).days for use in KeyUse}
    assert {use for use, days in kept.items() if days == 40} == {
        KeyUse.SAML_ENCRYPTION,
        KeyUse.CLIENT_ENCRYPTION,
    }
    assert set(kept.values()) == {2, 40}
