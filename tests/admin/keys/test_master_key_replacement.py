"""The master key is replaced step by step; each step says what it did, and can be repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.installation import Installation
from admin.keys import master_key_replacement
from admin.keys.master_key_survey import survey
from keys.master_key import RotationRefused
from keys.rotation import NEEDED
from state import audit
from state.audit import EventTag

ROBIN = Actor.operator("robin")


def test_four_steps_replace_it_and_the_audit_tells_by_whom(installation: Installation) -> None:
    made = master_key_replacement.prepare(installation)
    assert not made.is_repeated and made.after.next is not None
    assert master_key_replacement.prepare(installation).is_repeated
    with pytest.raises(RotationRefused, match="no signing key lies under"):
        master_key_replacement.switch(installation)
        master_key_replacement.droppable(installation, at_once=True)
    assert master_key_replacement.switch(installation).is_repeated
    assert survey(installation).old == len(NEEDED)
    assert master_key_replacement.reseal(installation, actor=ROBIN).done.total() == len(NEEDED)
    assert survey(installation).old == 0
    dropped = master_key_replacement.drop(installation, at_once=True, actor=ROBIN)
    assert (dropped.key_ids, dropped.left) == ((made.before.active.id,), 1)
    tags = [EventTag.MASTER_KEY_RESEALED, EventTag.MASTER_KEY_DROPPED]
    with Session(installation.engine) as session:
        assert {(e.tag, e.person_id) for e in audit.recent(session, tags=tags)} == {
            (tag, "robin") for tag in tags
        }


def test_an_old_key_stays_a_day_for_logins_under_way(installation: Installation) -> None:
    master_key_replacement.prepare(installation)
    master_key_replacement.switch(installation)
    master_key_replacement.reseal(installation, actor=ROBIN)
    with pytest.raises(RotationRefused, match="logins under way"):
        master_key_replacement.drop(installation, at_once=False, actor=ROBIN)
    later = replace(installation, now=installation.now + timedelta(hours=24))
    assert master_key_replacement.droppable(later, at_once=False)
