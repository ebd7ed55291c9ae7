"""Checks of an installation: each says what it saw, also where one before it failed."""

from __future__ import annotations

from dataclasses import replace

from admin.installation import Installation
from admin.operations.checks import CHECKS, examine


def test_every_check_is_told_also_without_the_master_key(installation: Installation) -> None:
    well = {one.check: one.remedy for one in examine(installation)}
    assert list(well) == [name for name, _, _ in CHECKS]
    assert not (well["master key"] or well["schema"] or well["keys"])
    keys = installation.settings.keys
    gone = keys.model_copy(update={"master_key_file": keys.master_key_file.with_name("none")})
    settings = installation.settings.model_copy(update={"keys": gone})
    ill = {one.check: one.remedy for one in examine(replace(installation, settings=settings))}
    assert list(ill) == list(well)
    assert ill["master key"] and ill["sealed"] and ill["keys"] and not ill["schema"]
