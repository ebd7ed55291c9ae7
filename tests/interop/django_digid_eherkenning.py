"""django-digid-eherkenning, the usual library of Dutch municipalities, as a portal of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sandbox.keys import Pair
from tests.interop.processes import running
from tests.servers import free_port

SOURCE: Final = Path(__file__).parent / "django_digid_portal"
OIN: Final = "00000004000000001000"  # whose services these are
INDEX: Final = "0001"  # of Meldportaal Bodem in the catalogue, so the end of its ServiceID
LOA3: Final = "urn:etoegang:core:assurance-class:loa3"


@dataclass(frozen=True)
class DjangoPortal:
    """A portal that is not started yet. ``configuration``: fields of the product that differ."""

    pair: Pair
    base_url: str
    entity_id: str
    configuration: dict[str, Any] = field(default_factory=dict)

    @property
    def configured(self) -> dict[str, Any]:
        """What an administrator fills in on the page of the product."""
        return {
            "entity_id": self.entity_id,
            "base_url": self.base_url,
            "service_name": "Meldportaal Bodem",
            "service_description": "Meld een bodemonderzoek",
            "oin": OIN,
            "makelaar_id": OIN,
            "eh_attribute_consuming_service_index": INDEX,
            "eh_loa": LOA3,
            "no_eidas": True,
            "artifact_resolve_content_type": "text/xml",
            "organization_name": "Omgevingsdienst Voorbeeldstreek",
            "organization_url": "https://omgevingsdienst.voorbeeld.example/",
            **self.configuration,
        }


def install(folder: Path) -> Path:
    """Python in an environment of its own with the pinned packages: this library has a fork of
    python3-saml that cannot stand beside python3-saml.
    """
    _run(sys.executable, "-m", "venv", str(folder))
    python = folder / "bin/python"
    pins = ("--require-hashes", "-r", str(SOURCE / "requirements.txt"))
    _run(str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *pins)
    return python


def portal(pair: Pair, number: int, **configuration: Any) -> DjangoPortal:
    """A portal with this key on a free port, on a host of its own."""
    entity_id = f"urn:etoegang:DV:{OIN}:entities:{number:04}"
    return DjangoPortal(pair, f"http://127.0.0.4:{free_port()}", entity_id, configuration)


@contextmanager
def serving(
    portal: DjangoPortal, python: Path, folder: Path, idp_metadata: bytes, idp_entity_id: str
) -> Iterator[DjangoPortal]:
    """The portal runs inside this block; it has read these metadata of the identity provider."""
    configured = {**portal.configured, "idp_service_entity_id": idp_entity_id}
    agreed = {
        "secret": secrets.token_urlsafe(32),
        "base_url": portal.base_url,
        "idp_metadata": idp_metadata.decode(),
        "key": portal.pair.key_pem.decode(),
        "certificate": portal.pair.certificate_pem.decode(),
        "configuration": configured,
    }
    file = folder / "agreed.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(agreed), encoding="utf-8")
    with running(
        [str(python), str(SOURCE / "portal.py"), str(file)],
        environment=os.environ,
        log=folder / "portal.log",
        ready_url=f"{portal.base_url}/health",
        folder=folder,
    ):
        yield portal


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[:4]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
