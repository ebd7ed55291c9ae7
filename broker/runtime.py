"""Runtime: the things that are made once per process and handed to every view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from broker.configuration import Configuration, ConfigurationHolder
from broker.downstream import Downstream, DownstreamName
from broker.settings import Settings
from keys.sealing import Sealer
from state.clock import Clock
from state.ephemeral import ExpiringStore
from state.local_rate_limits import LocalRateLimits
from state.outgoing import OutgoingClient


@dataclass(frozen=True)
class Runtime:
    settings: Settings
    clock: Clock
    engine: Engine
    store: ExpiringStore
    sealer: Sealer
    outgoing: OutgoingClient
    holder: ConfigurationHolder
    downstreams: Mapping[DownstreamName, Downstream]
    current_session: Callable[[], Session]
    windows: LocalRateLimits = field(default_factory=LocalRateLimits)

    @property
    def configuration(self) -> Configuration:
        """Services, clients, makelaars, keys. Raises PageError(503) when they are stale."""
        return self.holder.current

    @property
    def session(self) -> Session:
        """The SQL session of this request."""
        return self.current_session()

    @property
    def base_url(self) -> str:
        return self.settings.base_url


def runtime() -> Runtime:
    """The runtime of the application that handles this request."""
    # Flask's ``current_app`` only stands for it: one question in place of one for each word.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return cast(Runtime, app.extensions["sluis"])
