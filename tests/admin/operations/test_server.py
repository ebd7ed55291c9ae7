"""What the web server loads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest

from admin.operations.server import application
from keys.xml import schema
from tests.architecture.source_tree import ROOT
from tests.broker.portal import Portal, make_portal_world


def test_a_server_prepares_before_it_has_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    class Prepared(Exception):
        pass

    def prepare() -> None:
        raise Prepared

    def too_early(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(schema, "prepare", prepare)
    monkeypatch.setattr("admin.operations.server.configure_logs", lambda _: None)
    for later in ("start", "keep_configuration_fresh", "keep_showing", "start_worker"):
        monkeypatch.setattr(f"admin.operations.server.{later}", too_early)
    monkeypatch.setattr(
        "admin.operations.server.settings.load", lambda _: SimpleNamespace(log=Mock())
    )
    with pytest.raises(Prepared):
        application()


PROGRAM = """
import os, sys
from werkzeug.test import EnvironBuilder, run_wsgi_app
from broker.oidc import jwt
from admin.operations.server import application

def come(path):
    environ = EnvironBuilder(path=path, base_url=base).get_environ()
    chunks, status, headers = run_wsgi_app(app, environ)
    b"".join(chunks)
    return status, headers

base, query = sys.argv[1:]
app = application()
before = set(sys.modules)
status, headers = come("/authorize?" + query)
assert status.startswith("303"), status
for path in ("/login/" + "a" * 26, "/uitloggen", "/hulp/", "/jwks", "/saml/metadata", "/nowhere"):
    come(path)
rt = app.extensions["sluis"]
for name in ("by-basic", "by-key", "by-ec-key"):
    jwt.access_token(
        keyring=rt.configuration.keyring,
        issuer=base,
        client=rt.configuration.oidc_clients[name],
        sub="sub",
        grant_id="grant",
        now=rt.clock(),
    )
print(sorted(set(sys.modules) - before), flush=True)
os._exit(0)
"""


def test_nothing_is_imported_while_requests_are_served(tmp_path: Path) -> None:
    """Two first requests at once may see a module half imported."""
    portal = Portal(make_portal_world(tmp_path))
    query = urlencode(portal.request())
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, portal.world.demo.addresses.broker, query],
        env={**os.environ, "SLUIS_CONFIG_FILE": str(portal.world.demo.config)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr[-2000:]
