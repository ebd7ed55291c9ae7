"""What cannot be opened is not there; only a wrong master key is told."""

from __future__ import annotations

from structlog.testing import capture_logs

from keys.opening import open_or_log
from keys.sealing import Sealer

SEALER = Sealer(b"1" * 32)


def test_what_was_sealed_comes_back() -> None:
    sealed = SEALER.seal(b"facts", "session:1")
    assert open_or_log(SEALER, sealed, "session:1", what="session") == b"facts"


def test_a_wrong_master_key_is_logged_without_the_row() -> None:
    sealed = Sealer(b"2" * 32).seal(b"facts", "session:1")
    with capture_logs() as logs:
        assert open_or_log(SEALER, sealed, "session:1", what="session") is None
    (line,) = logs
    assert (line["event"], line["log_level"]) == ("seal.wrong_master_key", "error")
    assert line["what"] == "session"
    assert "session:1" not in str(line)


def test_what_was_spoilt_or_moved_is_nothing_new() -> None:
    sealed = SEALER.seal(b"facts", "session:1")
    with capture_logs() as logs:
        assert open_or_log(SEALER, sealed, "session:2", what="session") is None
        assert open_or_log(SEALER, sealed[:-1], "session:1", what="session") is None
    assert not logs
