"""OpenTelemetry is not there until it is asked for."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from broker.monitoring import telemetry
from state.adapters.way_out import WayOut
from state.outgoing_proxy import read_proxy
from state.outgoing_tls import tls_context
from tests.listener import Said, listening
from tests.proxies import proxying, serving

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


def test_spans_leave_the_way_that_all_calls_do(tmp_path: Path) -> None:
    name = "collector.example"
    with (
        listening(lambda _: Said(), tls=serving(tmp_path, name)) as collector,
        proxying({f"{name}:443": (collector.host, collector.port)}) as proxy,
    ):
        way = WayOut(
            read_proxy(f"http://sluis@{proxy.authority}", "geheim"),
            tls_context(tmp_path / f"{name}.pem"),
        )
        telemetry.export_to(telemetry.make_exporter(f"https://{name}/v1/traces", way), at_once=True)
        try:
            telemetry.whole_login("AAAA0000", "success", BEGAN, BEGAN + timedelta(seconds=3))
        finally:
            telemetry.stop_telemetry()
    assert [seen.path for seen in collector.seen] == ["/v1/traces"]
    assert proxy.tunnels == [f"{name}:443"] and "Proxy-Authorization: Basic " in proxy.asked[0]
    assert "proxy-authorization" not in collector.seen[0].headers


def test_a_collector_on_this_machine_is_called_directly() -> None:
    with listening(lambda _: Said()) as collector, proxying({}) as proxy:
        way = WayOut(read_proxy(f"http://{proxy.authority}"), tls_context())
        exporter = telemetry.make_exporter(f"http://{collector.authority}/v1/traces", way)
        telemetry.export_to(exporter, at_once=True)
        try:
            telemetry.whole_login("AAAA0000", "success", BEGAN, BEGAN + timedelta(seconds=3))
        finally:
            telemetry.stop_telemetry()
    assert len(collector.seen) == 1 and proxy.asked == []
