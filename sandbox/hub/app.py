"""The hub: makelaars that are brokers themselves. Whoever logs in there is sent on, to another
address, and comes back through it.
"""

from __future__ import annotations

from flask import Flask

from sandbox import prepare
from sandbox.makelaar.app import create_makelaars
from sandbox.prepare import Demo
from sandbox.web import serve
from sandbox.wire import Wire


def create_app(demo: Demo, wire: Wire | None = None) -> Flask:
    """Every makelaar of this demo that is a broker, and the one that is as Entra ID is."""
    return create_makelaars("hub", demo, prepare.hub_makelaars(demo), wire)


if __name__ == "__main__":
    serve(create_app, lambda demo: demo.addresses.hub or "")
