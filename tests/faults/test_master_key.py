"""Real processes and the master key: an operator sees them, and no step goes over their heads."""

from __future__ import annotations

import subprocess

import pytest

from admin import presence
from keys.master_key_file import load_master_keys
from state.clock import utc_now
from tests.faults.test_stopping import SLUIS, Installation, _wait, installation, provider, there

__all__ = ["installation", "provider", "there"]  # fixtures
pytestmark = pytest.mark.slow


def take(at: Installation, step: str) -> subprocess.CompletedProcess[str]:
    command = [SLUIS, "--config", at.demo.config, "keys", "master", step]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_K_07_a_running_process_must_know_the_next_key_before_it_seals(
    installation: Installation,
) -> None:
    path = installation.process.settings.keys.master_key_file
    store = installation.process.store

    def seen() -> int:
        return len(presence.seen(store, utc_now()))

    with installation.running("serve"), installation.running("worker"):
        _wait(lambda: seen() == 2)
        assert take(installation, "prepare").returncode == 0
        before = path.read_bytes()
        refused = take(installation, "switch")
        assert refused.returncode == 3 and path.read_bytes() == before
        assert "2 running process(es) cannot open" in refused.stderr
        assert load_master_keys(path).next is not None
        status = take(installation, "status")
        assert "Processes seen in the last two minutes: 2" in status.stdout
    with installation.running("worker"):
        known = {key.id for key in load_master_keys(path).keys}
        _wait(lambda: any(set(p.key_ids) == known for p in presence.seen(store, utc_now())))
