"""openid-client, the usual library of portals on Node.js, as a portal of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import ECKey, RSAKey

from tests.interop.processes import running
from tests.servers import free_port

SOURCE: Final = Path(__file__).parent / "openid_client_portal"
FILES: Final = ("package.json", "package-lock.json", "portal.mjs")


@dataclass(frozen=True)
class NodePortal:
    """A portal that is not started yet. ``client_key`` is its private key."""

    client_id: str
    base_url: str
    client_key: RSAKey | ECKey
    client_alg: str
    id_token_alg: str

    @property
    def redirect_uri(self) -> str:
        return f"{self.base_url}/callback"

    @property
    def jwks(self) -> str:
        """What the operator of the broker registers."""
        return json.dumps({"keys": [_with_kid(self.client_key, private=False)]})


def install(folder: Path) -> Path:
    """The pinned packages in an empty folder, without running scripts of theirs."""
    for name in FILES:
        shutil.copy(SOURCE / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"npm ci: {done.stdout}{done.stderr}")
    return folder


def portal(client_id: str, client_alg: str, id_token_alg: str) -> NodePortal:
    """A portal with a new key on a free port."""
    is_rsa = client_alg != "ES256"
    key = RSAKey.generate_key(2048) if is_rsa else ECKey.generate_key("P-256")
    url = f"http://127.0.0.1:{free_port()}"
    return NodePortal(client_id, url, key, client_alg, id_token_alg)


@contextmanager
def serving(
    portal: NodePortal, installed: Path, issuer: str, *, jwks_uri: str | None = None
) -> Iterator[NodePortal]:
    """The portal runs inside this block. ``jwks_uri`` replaces what discovery says."""
    agreed: dict[str, Any] = {
        "issuer": issuer,
        "base_url": portal.base_url,
        "client_id": portal.client_id,
        "redirect_uri": portal.redirect_uri,
        "client_key": _with_kid(portal.client_key, private=True),
        "client_alg": portal.client_alg,
        "id_token_alg": portal.id_token_alg,
        "jwks_uri": jwks_uri,
    }
    file = installed / f"{portal.client_id}.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(agreed))
    with running(
        ["node", "portal.mjs", file.name],
        environment=os.environ,
        log=installed / f"{portal.client_id}.log",
        ready_url=f"{portal.base_url}/health",
        folder=installed,
    ):
        yield portal


def _with_kid(key: RSAKey | ECKey, *, private: bool) -> dict[str, Any]:
    return {**key.as_dict(private=private), "kid": key.thumbprint()}
