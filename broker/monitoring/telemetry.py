"""OpenTelemetry: spans of the parts of a login, each with the reference and nothing else of it.

Off by default. Nothing of OpenTelemetry is imported then, and a span costs one comparison.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from state.adapters.way_out import WayOut

if TYPE_CHECKING:
    import requests
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

_NOTHING: Final[AbstractContextManager[object]] = nullcontext()
_SERVICE: Final = "sluis"
_tracer: Tracer | None = None


class TelemetryMissing(Exception):
    """``telemetry.otlp_endpoint`` is set and the extra ``telemetry`` is not installed."""


def start_telemetry(endpoint: str | None, way: WayOut | None = None) -> None:
    """Send spans to this address from now on, the ``way`` that messages leave; with None nothing is
    sent. Raises TelemetryMissing.
    """
    if endpoint is not None:
        export_to(make_exporter(endpoint, way), at_once=False)


def make_exporter(endpoint: str, way: WayOut | None = None) -> SpanExporter:
    """What sends spans there. Raises TelemetryMissing."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise TelemetryMissing("install the extra: pip install 'sluis[telemetry]'") from None
    return OTLPSpanExporter(endpoint=endpoint, session=_session(endpoint, way))


def _session(endpoint: str, way: WayOut | None) -> requests.Session:
    """Our proxy and authorities, and none that the environment names."""
    import requests
    from requests.adapters import HTTPAdapter

    way = way or WayOut.straight()
    tls, ours = way.tls, way.proxy_for(endpoint)

    class Adapter(HTTPAdapter):
        """TLS as all our calls have it."""

        def init_poolmanager(self, *sizes: Any, **chosen: Any) -> None:
            super().init_poolmanager(*sizes, **chosen, ssl_context=tls)

        def proxy_manager_for(self, proxy: str, **chosen: Any) -> Any:
            chosen |= {"ssl_context": tls, "proxy_ssl_context": tls}
            return super().proxy_manager_for(proxy, **chosen)

        def proxy_headers(self, _proxy: str) -> dict[str, str]:
            login = ours.authorization if ours is not None else None
            return {"Proxy-Authorization": login} if login is not None else {}

        def cert_verify(self, *_: Any) -> None:
            """The context says whose certificates are believed; nothing is added to it."""

    session = requests.Session()
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, Adapter())
    if ours is not None:
        session.proxies = {"https": ours.url, "http": ours.url}
    return session


def export_to(exporter: SpanExporter, *, at_once: bool) -> None:
    """Hand spans to this exporter, in a thread of its own or ``at_once``."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    global _tracer
    provider = TracerProvider(resource=Resource.create({"service.name": _SERVICE}))
    provider.add_span_processor(
        SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter)
    )
    _tracer = provider.get_tracer(_SERVICE)


def stop_telemetry() -> None:
    """No spans any more."""
    global _tracer
    _tracer = None


def span(name: str, reference: str) -> AbstractContextManager[object]:
    """One part of a login. What goes wrong in it is not recorded: messages of errors may name
    people.
    """
    if _tracer is None:
        return _NOTHING
    return _tracer.start_as_current_span(
        name,
        attributes={"sluis.reference": reference},
        record_exception=False,
        set_status_on_exception=False,
    )


def whole_login(reference: str, result: str, began: datetime, ended: datetime) -> None:
    """The span of a login from its request to its end, made when it ended."""
    if _tracer is None:
        return
    made = _tracer.start_span(
        "login",
        attributes={"sluis.reference": reference, "sluis.result": result},
        start_time=_nanoseconds(began),
    )
    made.end(_nanoseconds(ended))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
