"""A key that must go at once: what stands afterwards, on each database."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from keys.keyring import KeyState, KeyUse, load_keyring
from keys.revocation import NoSuchKey, Revoked, consequences, revoke
from keys.rotation import introduce
from keys.sealing import Sealer, WrongMasterKey
from keys.signing_key import SigningKey
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import FakeClock
from tests.keys.test_rotation import ES256, kept_keys, start, states
from tests.keys_for_tests import make_sealer

__all__ = ["kept_keys"]


def revoked(session: Session, kid: str, clock: FakeClock) -> Revoked:
    with writing(session):
        return revoke(session, make_sealer(), kid, clock())


def test_K_03_an_active_key_goes_and_a_new_one_signs_at_once(
    session: Session, clock: FakeClock
) -> None:
    old = start(session, clock)
    done = revoked(session, old, clock)
    assert (done.kid, done.published) == (old, False)
    ring = load_keyring(session, make_sealer())
    assert ring.active(*ES256).kid == done.replacement != old
    assert old not in {key.kid for key in ring.keys}
    assert session.get_one(SigningKey, old).sealed is None
    (event,) = audit.recent(session, tags=[EventTag.KEY_RETIRED])
    assert (event.reason, event.details["kid"]) == ("revoked", old)


def test_K_03_a_next_key_that_is_published_takes_the_place(
    session: Session, clock: FakeClock
) -> None:
    old = start(session, clock)
    with writing(session):
        following = introduce(session, make_sealer(), *ES256, clock())
    assert revoked(session, old, clock) == Revoked(old, following, published=True)
    assert states(session)[following] is KeyState.ACTIVE


def test_K_03_a_next_key_whose_day_came_goes_as_the_active_one_that_it_is(
    session: Session, clock: FakeClock
) -> None:
    """No worker wrote down that it is used; the one of before is not brought back."""
    old = start(session, clock)
    with writing(session):
        following = introduce(session, make_sealer(), *ES256, clock(), activates_at=clock())
    done = revoked(session, following, clock)
    assert done.replacement not in (None, old, following)
    assert states(session)[old] is KeyState.RETIRING


def test_K_03_a_key_that_is_not_active_goes_without_a_replacement(
    session: Session, clock: FakeClock
) -> None:
    active = start(session, clock)
    with writing(session):
        following = introduce(session, make_sealer(), *ES256, clock())
    assert revoked(session, following[:12], clock) == Revoked(following)
    assert states(session)[active] is KeyState.ACTIVE
    assert states(session)[following] is KeyState.RETIRED


@pytest.mark.parametrize("kid", ["", "unknown", "unknown-and-long-enough"])
def test_a_key_that_is_not_there_is_refused(session: Session, clock: FakeClock, kid: str) -> None:
    start(session, clock)
    before = states(session)
    with pytest.raises(NoSuchKey, match="sluis keys list"):
        revoked(session, kid, clock)
    assert states(session) == before


def test_a_key_is_revoked_once(session: Session, clock: FakeClock) -> None:
    kid = start(session, clock)
    revoked(session, kid, clock)
    with pytest.raises(NoSuchKey):
        revoked(session, kid, clock)


def test_K_06_nothing_is_revoked_under_another_master_key(
    session: Session, clock: FakeClock
) -> None:
    kid = start(session, clock)
    with pytest.raises(WrongMasterKey), writing(session):
        revoke(session, Sealer(b"2" * 32), kid, clock())
    assert states(session)[kid] is KeyState.ACTIVE


@pytest.mark.parametrize("use", list(KeyUse))
def test_what_breaks_is_told_for_every_use(use: KeyUse) -> None:
    alone = consequences(use, KeyState.ACTIVE, successor=False)
    followed = consequences(use, KeyState.ACTIVE, successor=True)
    assert alone[0] == followed[0] and alone[1] != followed[1]
    assert consequences(use, KeyState.RETIRING, successor=False) == alone[:1]
    assert "Nothing was signed" in consequences(use, KeyState.NEXT, successor=False)[0]
