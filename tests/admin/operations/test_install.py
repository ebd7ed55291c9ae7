"""An installation is made, and made again without harm."""

from __future__ import annotations

from admin.operations.install import initialise
from broker.settings import Settings


def test_what_is_there_stays(settings: Settings) -> None:
    first = list(initialise(settings))
    content = settings.keys.master_key_file.read_bytes()
    again = list(initialise(settings))
    assert "(made; keep a copy" in first[0] and "(was there)" in again[0]
    assert first[1].startswith("Tables: version none to ") and again[1].endswith("(up to date)")
    assert settings.keys.master_key_file.read_bytes() == content
