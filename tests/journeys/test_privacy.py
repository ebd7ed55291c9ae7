"""What the help pages say of retention is what this installation was set to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import make_world


@pytest.mark.parametrize(
    ("trace_days", "history_days", "dutch", "english"),
    [
        (7, 540, ("wij 7 dagen", "wij 18 maanden"), ("for 7 days", "for 18 months")),
        (1, 30, ("wij 1 dag.", "wij 30 dagen"), ("for 1 day.", "for 30 days")),
    ],
)
def test_retention_is_told_as_it_is_set(
    tmp_path: Path,
    trace_days: int,
    history_days: int,
    dutch: tuple[str, str],
    english: tuple[str, str],
) -> None:
    kept = {"trace_days": trace_days, "history_days": history_days}
    world = make_world(tmp_path, retention=kept)
    for language, words in (("nl", dutch), ("en", english)):
        page = world.browser().open(f"{world.demo.addresses.broker}/hulp/privacy?ui={language}")
        assert page.status == 200
        for said in words:
            assert said in page.text
