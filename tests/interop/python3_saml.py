"""python3-saml, the usual library of portals in Python, as a portal of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.keys import Pair
from tests.interop.processes import running
from tests.servers import free_port

ROOT: Final = Path(__file__).parents[2]
SUBSTANTIAL: Final = "http://eidas.europa.eu/LoA/substantial"


@dataclass(frozen=True)
class PythonPortal:
    """A portal that is not started yet. ``level`` is asked with ``comparison``."""

    pair: Pair
    base_url: str
    encrypted: bool = False
    level: str = SUBSTANTIAL
    comparison: str = "minimum"

    @property
    def entity_id(self) -> str:
        return f"{self.base_url}/metadata"


def portal(pair: Pair, **more: object) -> PythonPortal:
    """A portal with this key on a free port, on a host of its own."""
    return PythonPortal(pair, f"http://127.0.0.4:{free_port()}", **more)  # type: ignore[arg-type]


@contextmanager
def serving(portal: PythonPortal, folder: Path, idp_metadata: bytes) -> Iterator[PythonPortal]:
    """The portal runs inside this block; it has read these metadata of the identity provider."""
    agreed = {
        "base_url": portal.base_url,
        "idp_metadata": idp_metadata.decode(),
        "key": portal.pair.key_pem.decode(),
        "certificate": portal.pair.certificate_pem.decode(),
        "encrypted": portal.encrypted,
        "level": portal.level,
        "comparison": portal.comparison,
    }
    file = folder / "agreed.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(agreed), encoding="utf-8")
    with running(
        [sys.executable, "-m", "tests.interop.python3_saml_portal", str(file)],
        environment=os.environ,
        log=folder / "portal.log",
        ready_url=f"{portal.base_url}/health",
        folder=ROOT,
    ):
        yield portal
