"""What must happen to a message, with the good twin beside every refusal, by POST and by
artifact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import pytest

from providers.interface import (
    ProviderLevelTooLow,
    ProviderLevelUnknown,
    ProviderRefused,
    Remembered,
)
from tests.clocks import START
from tests.providers.saml.back_channel import as_by_post
from tests.providers.saml.maker import (
    SUBJECT,
    Recipe,
    callback,
    finish,
    provider_for,
    remembered,
)

GOOD = Recipe()


def refused(
    recipe: Recipe, reason: str, asked: Remembered | None = None, at: datetime = START
) -> Mapping[str, str | int]:
    """The unspoilt message is accepted, this one is refused for this reason; what was measured.
    By reference the same.
    """
    for bring in (as_by_post, finish):
        assert bring(recipe.twin(), asked=asked, at=at).subject == SUBJECT
        with pytest.raises(ProviderRefused) as caught:
            bring(recipe, asked=asked, at=at)
        assert caught.value.reason == reason
    return caught.value.measured


def refused_bytes(
    change: Callable[[bytes], bytes | str], reason: str, recipe: Recipe = GOOD
) -> None:
    """The same for a change of the bytes. Text is taken as the value of the form field."""
    provider, raw = provider_for(**recipe.settings), recipe.raw()
    changed = change(raw)
    assert changed != raw
    assert provider.finish(remembered(), callback(raw)).subject == SUBJECT
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered(), callback(changed))
    assert caught.value.reason == reason


def too_low(recipe: Recipe, asked: Remembered | None = None) -> None:
    """The unspoilt message is accepted, this one does not reach the level."""
    for bring in (as_by_post, finish):
        assert bring(recipe.twin(), asked=asked).subject == SUBJECT
        with pytest.raises(ProviderLevelTooLow):
            bring(recipe, asked=asked)


def not_understood(recipe: Recipe) -> Mapping[str, str | int]:
    """The unspoilt message is accepted, the level of this one is no word that is known; what was
    measured.
    """
    for bring in (as_by_post, finish):
        assert bring(recipe.twin()).subject == SUBJECT
        with pytest.raises(ProviderLevelUnknown) as caught:
            bring(recipe)
    return caught.value.measured
