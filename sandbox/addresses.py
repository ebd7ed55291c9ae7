"""Where the parties listen. Different hosts, so that cookies and SameSite are really exercised."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_PORT_BASE = 8000
COUNT = 7  # ports in a row that a demo takes; the next is for a portal of the reader's own


@dataclass(frozen=True)
class Addresses:
    """Base URLs without a slash at the end."""

    broker: str
    makelaars: str
    portal: str
    postbus: str
    management: str | None = None  # host:port of the broker's metrics and health
    gateway: str | None = None  # before an application of the portal; None: there is none
    hub: str | None = None  # makelaars that are brokers themselves; None: there are none
    own: str | None = None  # left free for a portal that the reader writes; None: there is none

    def parties(self) -> dict[str, str]:
        """Name → base URL, in the order in which people meet them."""
        met = {
            "portal": self.portal,
            "gateway": self.gateway,
            "broker": self.broker,
            "hub": self.hub,
            "makelaars": self.makelaars,
            "postbus": self.postbus,
        }
        return {name: url for name, url in met.items() if url is not None}


def standard(port_base: int = DEFAULT_PORT_BASE, portal_host: str | None = None) -> Addresses:
    """Broker, makelaars, portal and postbus on four ports in a row; the fifth is for management,
    the next two for the gateway and the hub, the last for a portal of the reader's own.
    """
    host = portal_host or spare_loopback_host()
    return Addresses(
        broker=f"http://localhost:{port_base}",
        makelaars=f"http://127.0.0.1:{port_base + 1}",
        portal=f"http://{host}:{port_base + 2}",
        postbus=f"http://127.0.0.1:{port_base + 3}",
        management=f"127.0.0.1:{port_base + 4}",
        gateway=f"http://{host}:{port_base + 5}",
        hub=f"http://127.0.0.1:{port_base + 6}",
        own=f"http://127.0.0.1:{port_base + 7}",
    )


def spare_loopback_host() -> str:
    """127.0.0.2 where the system has it, else 127.0.0.1."""
    try:
        with socket.create_server(("127.0.0.2", 0)):
            return "127.0.0.2"
    except OSError:
        return "127.0.0.1"


def host_and_port(url: str) -> str:
    """``http://127.0.0.1:8001`` → ``127.0.0.1:8001``."""
    return urlsplit(url).netloc
