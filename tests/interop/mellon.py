"""Apache with mod_auth_mellon as a portal: Debian's packages, configured in a folder of their
own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

import requests

from sandbox.keys import Pair
from tests.interop.processes import running
from tests.machine import APACHE_MODULES
from tests.servers import free_port

TEMPLATES: Final = Path(__file__).parent / "mellon_config"
SUBSTANTIAL: Final = "http://eidas.europa.eu/LoA/substantial"
STOPPED: Final = "<!doctype html><html lang='en'><title>Apache</title><h1>Not logged in</h1></html>"
FRONT: Final = "<!doctype html><html lang='en'><title>Apache</title><h1>Front page</h1></html>"


@dataclass(frozen=True)
class MellonPortal:
    """A running portal. ``folder`` holds everything it reads and writes."""

    folder: Path
    base_url: str

    @property
    def entity_id(self) -> str:
        return f"{self.base_url}/mellon/metadata"

    @property
    def protected(self) -> str:
        return f"{self.base_url}/in/"

    def metadata(self) -> bytes:
        """What it publishes of itself."""
        answer = requests.get(self.entity_id, timeout=60)
        answer.raise_for_status()
        return answer.content

    def logged(self) -> str:
        """What it wrote down, to show when a test fails."""
        return (self.folder / "log/error.log").read_text(errors="replace")


@contextmanager
def serving(pair: Pair, idp_metadata: bytes) -> Iterator[MellonPortal]:
    """Apache runs inside this block; it has read these metadata of the identity provider."""
    # Its processes run as another user, who may not look into the folders of pytest.
    with tempfile.TemporaryDirectory(prefix="sluis-mellon-") as name:
        portal = MellonPortal(Path(name), f"http://127.0.0.5:{free_port()}")
        _prepare(portal, pair, idp_metadata)
        command = ["apache2", "-f", str(portal.folder / "httpd.conf"), "-D", "FOREGROUND"]
        with running(
            command,
            environment=os.environ,
            log=portal.folder / "log/start.log",
            ready_url=f"{portal.base_url}/front.html",
        ):
            yield portal


def _prepare(portal: MellonPortal, pair: Pair, idp_metadata: bytes) -> None:
    folder = portal.folder
    folder.chmod(0o755)
    for part in ("keys", "log", "run", "www/in"):
        (folder / part).mkdir(parents=True)
    (folder / "keys/sp.key").touch(mode=0o600)
    (folder / "keys/sp.key").write_bytes(pair.key_pem)
    (folder / "keys/sp.crt").write_bytes(pair.certificate_pem)
    (folder / "idp-metadata.xml").write_bytes(idp_metadata)
    (folder / "www/front.html").write_text(FRONT)
    (folder / "www/stopped.html").write_text(STOPPED)
    page = (TEMPLATES / "index.shtml").read_text(encoding="utf-8")
    (folder / "www/in/index.shtml").write_text(page, encoding="utf-8")
    template = Template((TEMPLATES / "httpd.conf").read_text(encoding="utf-8"))
    is_root = os.geteuid() == 0
    text = template.substitute(
        folder=folder,
        base_url=portal.base_url,
        address=portal.base_url.removeprefix("http://"),
        entity_id=portal.entity_id,
        modules=APACHE_MODULES,
        level=SUBSTANTIAL,
        user="User nobody\nGroup nogroup" if is_root else "",
    )
    (folder / "httpd.conf").write_text(text, encoding="utf-8")
