"""What a process needs of its settings to start, looked at without starting, calling or writing
anything. ``sluis config check`` and the commands that start ask here alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sqlalchemy import create_engine

from admin.operations.channels import by_letter, by_mail, by_sms
from broker.monitoring import telemetry
from broker.outgoing import way_out
from broker.settings import Settings, SettingsError
from state.adapters.way_out import WayOut
from state.clock import utc_now
from state.engine import DatabaseUrlError, database_url
from state.stores import make_store


def mistakes(settings: Settings) -> Iterator[str]:
    """A line for each setting that nothing can start with: its key, and what to write."""
    for key, look in _LOOKS:
        try:
            look(settings)
        except (ValueError, DatabaseUrlError, SettingsError, telemetry.TelemetryMissing) as error:
            text = str(error)
            yield text if text.startswith(f"{key.partition('.')[0]}.") else f"{key}: {text}"


def _database(settings: Settings) -> None:
    database_url(settings.database.url)


def _store(settings: Settings) -> None:
    """With an engine that is made and asked nothing: only a store in SQL would use it."""
    make_store(settings.store.url, create_engine("sqlite://"), utc_now)


def _telemetry(settings: Settings) -> None:
    if settings.telemetry.otlp_endpoint is not None:
        telemetry.make_exporter(settings.telemetry.otlp_endpoint).shutdown()


_LOOKS: Final[tuple[tuple[str, Callable[[Settings], object]], ...]] = (
    ("database.url", _database),
    ("store.url", _store),
    ("outgoing", way_out),
    ("mail", lambda settings: by_mail(settings, utc_now, WayOut.straight())),
    ("sms", lambda settings: by_sms(settings, utc_now, WayOut.straight())),
    ("letters", lambda settings: by_letter(settings, utc_now, WayOut.straight())),
    ("telemetry.otlp_endpoint", _telemetry),
)
