"""OpenTelemetry is not there until it is asked for."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from broker.monitoring import telemetry

BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_off_it_imports_nothing_and_spans_are_nothing() -> None:
    program = (
        "import sys; from admin.operations import server\n"
        "from broker.monitoring import telemetry\n"
        "telemetry.start_telemetry(None)\n"
        "with telemetry.span('login', 'AAAA0000') as made: assert made is None\n"
        "assert not [m for m in sys.modules if m.startswith('opentelemetry')]\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_a_part_that_fails_leaves_a_span_without_what_failed() -> None:
    exporter = InMemorySpanExporter()
    telemetry.export_to(exporter, at_once=True)
    try:
        with pytest.raises(ValueError), telemetry.span("idp.call", "AAAA0000"):
            raise ValueError("jan@voorbeeld.example")
        telemetry.whole_login("AAAA0000", "refused", BEGAN, BEGAN + timedelta(seconds=3))
    finally:
        telemetry.stop_telemetry()
    part, whole = exporter.get_finished_spans()
    assert "voorbeeld" not in part.to_json() + whole.to_json()
    assert whole.start_time is not None and whole.end_time is not None
    assert whole.end_time - whole.start_time == 3_000_000_000


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(telemetry.TelemetryMissing, match=r"sluis\[telemetry\]"):
        telemetry.start_telemetry("http://127.0.0.1:4318/v1/traces")
