"""Alarms before our own certificates end: told once a day, by one worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from admin.keys.certificate_alarms import in_alarm, own_endings, tell_endings
from keys.certificates import VALID_FOR
from keys.keyring import KeyUse
from keys.rotation import ensure_keys, introduce
from state.db import writing
from state.stores.memory import MemoryStore
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

END = START + VALID_FOR
CERTIFIED = {"saml_signing", "saml_encryption", "saml_idp_signing"}


@pytest.fixture
def installed(session: Session) -> Session:
    ensure_keys(session, make_sealer(), FakeClock())
    return session


@pytest.mark.parametrize(
    ("days", "told"),
    [(91, []), (90, ["warning"]), (30, ["warning"]), (7, ["error"]), (-1, ["error"])],
)
def test_the_log_tells_what_ends(installed: Session, days: int, told: list[str]) -> None:
    clock = FakeClock(END - timedelta(days=days))
    store = MemoryStore(clock)
    with capture_logs() as lines:
        tell_endings(installed, store, clock())
        tell_endings(installed, store, clock())  # another worker
    found = [line for line in lines if line["event"] == "certificate.ends"]
    assert {line["use"] for line in found} == (CERTIFIED if told else set())
    assert len(found) == len(CERTIFIED) * len(told)
    assert {line["log_level"] for line in found} == set(told)
    assert all(line["end"] == END.isoformat() for line in found)


def test_it_is_told_again_the_next_day_and_at_the_next_alarm(installed: Session) -> None:
    clock = FakeClock(END - timedelta(days=31))
    store = MemoryStore(clock)
    within = []
    for _ in range(2):
        with capture_logs() as lines:
            tell_endings(installed, store, clock())
        within.append({line["within"] for line in lines})
        clock.advance(86400 + 1)
    assert within == [{90}, {30}]


def test_a_successor_silences_it(installed: Session) -> None:
    now = END - timedelta(days=30)
    with writing(installed):
        introduce(
            installed,
            make_sealer(),
            KeyUse.SAML_SIGNING,
            "RSA",
            now,
            activates_at=END - timedelta(days=1),
        )
    found = in_alarm(own_endings(installed, now))
    assert {str(one.use) for one in found} == CERTIFIED - {"saml_signing"}
