"""Keys by hand: the same for the command line and a screen, and the audit tells who asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.keys import signing_keys
from admin.keys.signing_keys import Introduced
from keys.revocation import NoSuchKey
from keys.rotation import RotationPolicy, ensure_keys
from keys.signing_key import KeyState, KeyUse
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

POLICY = RotationPolicy()
ROBIN = Actor.operator("robin")


@pytest.fixture
def installed(session: Session) -> Session:
    ensure_keys(session, make_sealer(), FakeClock())
    return session


def rotate(session: Session, actor: Actor = ROBIN) -> tuple[Introduced, ...]:
    uses: Sequence[KeyUse] = [KeyUse.AUDIT_SIGNING]
    return signing_keys.rotate(session, make_sealer(), uses, POLICY, actor=actor, clock=FakeClock())


def test_a_rotation_publishes_one_next_key_per_use_and_tells_when_it_signs(
    installed: Session,
) -> None:
    (done,) = rotate(installed)
    assert (done.use, done.used_from) == (KeyUse.AUDIT_SIGNING, START + POLICY.publish)
    states = {key.kid: key.state for key in signing_keys.listed(installed, POLICY)}
    assert done.kid is not None and states[done.kid] is KeyState.NEXT
    assert rotate(installed) == (Introduced(KeyUse.AUDIT_SIGNING, "ES256"),)  # not a second one


@pytest.mark.parametrize(("actor", "who"), [(ROBIN, "robin"), (COMMAND_LINE, None)])
def test_the_audit_tells_who_rotated_and_who_revoked(
    installed: Session, actor: Actor, who: str | None
) -> None:
    (done,) = rotate(installed, actor)
    assert done.kid is not None
    with writing(installed):
        signing_keys.revoke(installed, make_sealer(), done.kid, actor=actor, now=START)
    (created, *_) = audit.recent(installed, tags=[EventTag.KEY_CREATED])
    (retired,) = audit.recent(installed, tags=[EventTag.KEY_RETIRED])
    assert (created.person_id, retired.person_id, retired.reason) == (who, who, "revoked")


def test_what_breaks_is_told_before_anything_changes(installed: Session) -> None:
    kid = next(k.kid for k in signing_keys.listed(installed, POLICY) if k.use == "oidc_signing")
    found = signing_keys.consequences(installed, kid[:12])
    assert found.kid == kid and found.state is KeyState.ACTIVE
    assert any("/jwks" in sentence for sentence in found.sentences)
    with pytest.raises(NoSuchKey):
        signing_keys.consequences(installed, "nothing-like-it")
    assert signing_keys.planned(installed, [KeyUse.OIDC_SIGNING], POLICY, START)
    assert {key.state for key in signing_keys.listed(installed, POLICY)} == {KeyState.ACTIVE}
