"""The recovery codes of a set-up wait sealed until they were seen; what another version of the
program kept is as gone as what was never there.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from admin.operator_console import set_up_codes
from admin.operators.set_up_links import OpenLink
from broker.runtime import Runtime
from tests.broker.runtimes import make_runtime
from tests.clocks import START, FakeClock

LINK = OpenLink("link-1", "robin", START + timedelta(minutes=30))
KEY = "operator-codes:link-1"
CODES = ("AAAA-BBBB", "CCCC-DDDD")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def rt(clock: FakeClock) -> Runtime:
    return make_runtime(clock=clock)


def test_codes_are_shown_until_they_are_forgotten_or_the_link_is_over(
    rt: Runtime, clock: FakeClock
) -> None:
    set_up_codes.keep(rt, LINK, CODES)
    assert set_up_codes.shown(rt, LINK) == CODES
    set_up_codes.keep(rt, LINK, ())
    assert set_up_codes.shown(rt, LINK) == CODES, "no codes keep what is there"
    other = OpenLink("link-2", "robin", LINK.expires_at)
    assert set_up_codes.shown(rt, other) == ()
    clock.advance(30 * 60 + 1)
    assert set_up_codes.shown(rt, LINK) == ()
    set_up_codes.keep(rt, OpenLink("link-1", "robin", clock() + timedelta(minutes=5)), CODES)
    set_up_codes.forget(rt, LINK)
    assert set_up_codes.shown(rt, LINK) == ()


@pytest.mark.parametrize("written", [b"", b"{}", b'{"codes": ["AAAA-BBBB"]}', b"[1]", b"\xff"])
def test_codes_that_another_version_of_the_program_kept_are_gone(
    rt: Runtime, written: bytes
) -> None:
    rt.store.put(KEY, rt.sealer.seal(written, KEY), 60)
    assert set_up_codes.shown(rt, LINK) == ()


def test_codes_that_were_sealed_for_another_link_are_gone(rt: Runtime) -> None:
    sealed = rt.sealer.seal(b'["AAAA-BBBB"]', KEY)
    rt.store.put("operator-codes:link-2", sealed, 60)
    assert set_up_codes.shown(rt, OpenLink("link-2", "robin", LINK.expires_at)) == ()
    rt.store.put(KEY, sealed, 60)
    assert set_up_codes.shown(rt, LINK) == ("AAAA-BBBB",)
