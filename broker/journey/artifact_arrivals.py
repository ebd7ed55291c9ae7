"""Artifacts that a browser brings: each is looked at once, whatever its makelaar makes of it."""

from __future__ import annotations

import hashlib
from typing import Final

from broker.errors import PageError
from broker.journey.addresses import of_login
from broker.journey.login import Login
from providers.interface import Callback, ProviderRefused
from providers.saml.wire.artifact import NAME, plain_value
from state.ephemeral import AddOnce, ExpiringStore

SECONDS: Final = 3600  # far longer than a makelaar keeps what it stands for
REPLAYED: Final = "replayed"


def take(store: ExpiringStore, login: Login, callback: Callback) -> None:
    """Before it is resolved. The same login, asked again while the first is under way or was in
    vain, is told so and nothing of it changes: raises PageError. In another login it is of somebody
    else: raises ProviderRefused.
    """
    value = callback.one(NAME)
    if value is None:
        return
    mark = hashlib.sha256(plain_value(value).encode()).hexdigest()
    once = AddOnce(f"seen:artifact:{mark}", SECONDS)
    once_here = AddOnce(f"seen:artifact:{mark}:{login.id}", SECONDS)
    is_new, is_new_here = store.batch([once, once_here])
    if is_new:
        return
    if is_new_here:
        raise ProviderRefused(REPLAYED, element=NAME, seen="an artifact of another login")
    raise PageError(409, "answer_taken", "answered already", home_url=of_login(login))
