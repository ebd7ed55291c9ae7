"""The whole product in one process: broker, makelaars, portal and postbus, a browser, and a clock
to move.

The parties speak their real protocols; only the network between them is a function call.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import Client

from admin.app import create_app
from admin.cli.registering import apply_files
from broker import settings as configuration
from broker.process import Process
from broker.runtime import Runtime
from broker.settings import Settings
from broker.start import start
from sandbox.addresses import Addresses
from sandbox.browser import Browser
from sandbox.makelaar.app import create_app as create_makelaars
from sandbox.portal.app import create_app as create_portal
from sandbox.postbus.app import create_app as create_postbus
from sandbox.prepare import Demo, prepare
from sandbox.walk import Walk
from sandbox.wire import Answer
from state import outgoing
from state.adapters import webhook
from state.outbox import Message
from state.outgoing import OutgoingClient
from tests.clocks import FakeClock
from tests.deliveries import deliver_due
from tests.installed import install, register

ADDRESSES = Addresses(
    broker="http://localhost:8000",
    makelaars="http://127.0.0.1:8001",
    portal="http://127.0.0.2:8002",
    postbus="http://127.0.0.1:8003",
)


_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody calls: reads no certificates


class InProcessWire:
    """Requests to applications by host and port. Nobody listens elsewhere."""

    def __init__(self) -> None:
        self.applications: dict[str, Flask] = {}
        self.down: set[str] = set()

    def request(
        self,
        method: str,
        url: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> Answer:
        process = urlsplit(url)
        if process.netloc in self.down:
            raise ConnectionError(process.netloc)
        client = Client(self.applications[process.netloc], use_cookies=False)
        response = client.open(
            path=process.path or "/",
            query_string=process.query,
            base_url=f"{process.scheme}://{process.netloc}",
            method=method,
            data=body.encode() if isinstance(body, str) else body,
            headers=dict(headers),
        )
        return Answer(response.status_code, tuple(response.headers.items()), response.data)


class InProcessOutgoing(OutgoingClient):
    """The broker's outgoing calls over an InProcessWire."""

    def __init__(self, wire: InProcessWire) -> None:
        super().__init__(tls=_NO_TLS)
        self.wire = wire
        self.calls: list[str] = []

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        party: str = "",
        into: IO[bytes] | None = None,
    ) -> outgoing.HttpAnswer:
        del party
        self.calls.append(url)
        try:
            text = body.decode() if body is not None else None
            got = self.wire.request(method, url, text, headers)
        except ConnectionError:
            raise outgoing.OutgoingFailed("unreachable") from None
        if len(got.body) > max_bytes:
            raise outgoing.OutgoingFailed("too_large")
        lower = {name.lower(): value for name, value in got.headers}
        if into is not None:
            into.write(got.body)
        return outgoing.HttpAnswer(got.status, lower, got.body if into is None else b"")


@dataclass(frozen=True)
class _Post:
    """Delivers to the postbus."""

    wire: InProcessWire
    secret: str
    clock: FakeClock

    def send(self, message_id: str, message: Message) -> None:
        body = webhook.body_of(message_id, message)
        headers = {
            "Content-Type": "application/json",
            "Sluis-Signature": webhook.signature(self.secret, body, self.clock()),
        }
        self.wire.request("POST", f"{ADDRESSES.postbus}/api/messages", body.decode(), headers)


@dataclass
class World:
    """Everything that a test of a journey touches."""

    demo: Demo
    process: Process
    app: Flask
    wire: InProcessWire
    clock: FakeClock

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.extensions["sluis"]
        return runtime

    def browser(self, language: str = "nl", *, javascript: bool = True) -> Browser:
        """A fresh browser without cookies."""
        return Browser(language, javascript=javascript, wire=self.wire)

    def walk(self, service: str, makelaar: str, person: str, **more: object) -> Walk:
        """One login as ``sandbox.walk`` does it, in a fresh browser unless ``browser`` is given."""
        more.setdefault("browser", self.browser())
        return Walk(self.demo, service, makelaar, person, **more)  # type: ignore[arg-type]

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A database session of the test's own."""
        with self.process.sessions() as session:
            yield session

    def apply(self, text: str, name: str = "test.yaml") -> None:
        """Register these documents and let the broker see them."""
        file = self.demo.registrations / name
        file.write_text(text, encoding="utf-8")
        apply_files(self.process.settings, file, also_taking=True)
        self.process.holder.refresh()

    def deliver_mail(self) -> list[dict[str, str]]:
        """Deliver what is waiting; what the postbus then holds."""
        process = self.process
        secret = (self.demo.secrets / "postbus.secret").read_text()
        post = _Post(self.wire, secret, self.clock)
        deliver_due(process.sessions, process.sealer, post, process.clock)
        found = self.wire.request("GET", f"{self.demo.addresses.postbus}/api/messages").json()
        return list(found)


def make_world(
    directory: Path,
    *,
    documents: str = "",
    has_own_keys: bool = False,
    **sections: Mapping[str, object],
) -> World:
    """A demo with everything registered, and these ``documents``. ``sections`` change settings:
    ``login={"…": …}``. Worlds have the same keys unless one ``has_own_keys``.
    """
    if has_own_keys or "database" in sections:
        demo = prepare(directory / "demo", ADDRESSES)
        settings = _with(configuration.load(demo.config, {}), sections)
        register(demo, settings, documents)
    else:
        demo = install(directory / "demo", ADDRESSES, documents)
        settings = _with(configuration.load(demo.config, {}), sections)
    clock = FakeClock(datetime.now(UTC))
    wire = InProcessWire()
    process = start(settings, clock, outgoing=InProcessOutgoing(wire))
    process.holder.refresh()
    app = create_app(process)
    for url, application in (
        (ADDRESSES.broker, app),
        (ADDRESSES.makelaars, create_makelaars(demo, wire)),
        (ADDRESSES.portal, create_portal(demo, wire)),
        (ADDRESSES.postbus, create_postbus(demo)),
    ):
        wire.applications[urlsplit(url).netloc] = application
    return World(demo, process, app, wire, clock)


def _with(settings: Settings, sections: Mapping[str, Mapping[str, object]]) -> Settings:
    document = settings.model_dump()
    for section, values in sections.items():
        document[section] = {**document[section], **values}
    return Settings.model_validate(document)


__all__ = ["ADDRESSES", "InProcessWire", "World", "make_world"]
