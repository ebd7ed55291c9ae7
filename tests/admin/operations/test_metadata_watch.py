"""The watch over metadata in its own thread, and what metrics and doctor say of them."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.core import Metric
from structlog.testing import capture_logs

from admin.installation import Installation
from admin.metadata import federation_looks
from admin.operations import metadata_checks, metadata_readings, metadata_watch
from state import party_metadata
from state.outgoing import OutgoingFailed
from state.registrations import Kind
from tests.admin.metadata.conftest import Installed, installed
from tests.admin.metadata.publishing import document, makelaar
from tests.admin.registrations.documents import PORTAL, SERVICE
from tests.broker.saml import portals

__all__ = ["installed"]


class _Rounds(threading.Event):
    """Stops after so many pauses, of which none is waited for."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.left, self.pauses = most, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0)
        self.left -= 1
        return self.left < 0


def test_what_is_due_is_looked_at_in_the_thread(installed: Installed) -> None:
    installed.begin()
    calls = len(installed.party.seen)
    metadata_watch.watch_until(_Rounds(2), installed.process)
    assert len(installed.party.seen) == calls
    installed.clock.advance(3600)
    rounds = _Rounds(2)
    metadata_watch.watch_until(rounds, installed.process)
    assert len(installed.party.seen) == calls + 1
    assert rounds.pauses == [15.0] * 3


def test_a_party_without_a_row_gets_one(installed: Installed) -> None:
    installed.register(makelaar(metadata=document("makelaar")))
    key = (Kind.IDENTITY_PROVIDER, "polderpoort")
    installed.in_session(lambda session: party_metadata.forget(session, *key))
    installed.in_session(
        lambda session: party_metadata.begin(
            session,
            Kind.CLIENT,
            "gone",
            origin="x",
            document=None,
            ends_at=None,
            due_at=None,
            now=installed.clock(),
        )
    )
    revision = metadata_watch.look(installed.process, -1)
    with installed.process.sessions() as session:
        assert list(party_metadata.origins(session)) == [key]
    assert metadata_watch.look(installed.process, revision) == revision


def test_what_goes_wrong_is_logged_and_tried_again(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(metadata_watch, "look", broken)
    with capture_logs() as logs:
        metadata_watch.watch_until(_Rounds(2), installed.process)
    assert [(one["event"], one["error"]) for one in logs] == [
        ("metadata.not_watched", "OSError")
    ] * 2


def test_lists_of_federations_are_watched_beside(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def broken(process: object) -> None:
        seen.append(process)
        raise OSError

    monkeypatch.setattr(federation_looks, "refresh_due", broken)
    with capture_logs() as logs:
        metadata_watch.watch_lists_until(_Rounds(2), installed.process)
    assert seen == [installed.process] * 2
    assert [one["event"] for one in logs] == ["metadata.not_watched"] * 2


def values(installed: Installed) -> dict[str, float]:
    found: list[Metric] = list(metadata_readings.read(installed.process))
    return {sample.name: sample.value for one in found for sample in one.samples}


def test_metrics_of_an_address(installed: Installed) -> None:
    installed.begin(document("makelaar", until=10 * 86400))
    now = installed.clock().timestamp()
    assert values(installed) == {
        "sluis_metadata_end_timestamp_seconds": now + 10 * 86400,
        "sluis_metadata_age_seconds": 0,
        "sluis_metadata_failures": 0,
        "sluis_metadata_waiting": 0,
    }
    installed.look(OutgoingFailed("no_answer"))
    found = values(installed)
    assert (found["sluis_metadata_age_seconds"], found["sluis_metadata_failures"]) == (3600, 1)
    installed.look(document("next", until=20 * 86400))
    found = values(installed)
    assert (found["sluis_metadata_age_seconds"], found["sluis_metadata_waiting"]) == (0, 1)
    assert found["sluis_metadata_end_timestamp_seconds"] == now + 10 * 86400  # what holds


def test_metrics_of_a_file_say_when_it_ends_alone(installed: Installed) -> None:
    installed.register(makelaar(metadata=document("makelaar")))
    assert list(values(installed)) == ["sluis_metadata_end_timestamp_seconds"]


def test_the_doctor_says_what_waits_and_what_fails(
    installed: Installed, installation: Installation
) -> None:
    installed.begin()
    assert metadata_checks.look(installation) == (
        True,
        "1 followed of 1, none fails, waits or ends soon",
    )
    installed.look(document("next"))
    well, seen = metadata_checks.look(installation)
    assert not well and seen.startswith("of polderpoort something waits since 2026-11-02 10:00")
    installed.look(OutgoingFailed("no_answer"))
    well, seen = metadata_checks.look(installation)
    assert not well and "of polderpoort nothing good since" in seen and "(no_answer)" in seen


def test_the_doctor_says_which_portal_ends(
    installed: Installed, installation: Installation
) -> None:
    portal = {key: PORTAL[key] for key in ("kind", "client_id", "name", "services")}
    saml = {"entity_id": portals.ENTITY, "metadata": portals.metadata()}
    installed.register(SERVICE, {**portal, "saml": saml})
    ends = installed.row("portaal", Kind.CLIENT).ends_at
    assert ends is not None

    def seen(days: int) -> tuple[bool, str]:
        return metadata_checks.look(replace(installation, now=ends - timedelta(days=days)))

    assert seen(31) == (True, "0 followed of 1, none fails, waits or ends soon")
    assert seen(30) == (False, f"those of portaal end on {ends:%Y-%m-%d}")
