"""SimpleSAMLphp as a makelaar: Debian's package on PHP's built-in server, configured in a folder of
its own.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Final

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.interop.processes import running
from tests.machine import SIMPLESAMLPHP
from tests.servers import free_port

TEMPLATES: Final = Path(__file__).parent / "simplesamlphp_config"
LEVEL_EH3: Final = "urn:etoegang:core:assurance-class:loa3"


@dataclass(frozen=True)
class SimpleSamlPhp:
    """A prepared identity provider. ``folder`` holds everything it reads and writes."""

    folder: Path
    base_url: str
    name: str = "idp"
    user: str = "fenna-7c31e0"
    password: str = "invented-for-a-test"

    @property
    def entity_id(self) -> str:
        return f"{self.base_url}/{self.name}"

    @property
    def metadata_url(self) -> str:
        return f"{self.base_url}/saml2/idp/metadata.php"


def prepare(
    folder: Path,
    service_provider: bytes,
    level: str = LEVEL_EH3,
    encrypted: bool = False,
    artifact_port: int | None = None,
) -> SimpleSamlPhp:
    """Keys and configuration in an empty folder, for who sent this metadata; the server is not
    started. With ``artifact_port`` it listens there, and answers by artifact where that is asked.
    """
    # At a port that others had before it, by another name.
    name = f"idp-{secrets.token_hex(4)}" if artifact_port else "idp"
    provider = SimpleSamlPhp(folder, f"http://127.0.0.1:{artifact_port or free_port()}", name)
    for name in ("config", "metadata", "sessions", "log", "tmp", "store"):
        (folder / name).mkdir(parents=True)
    write_key_pair(folder)
    (folder / "service-provider.xml").write_bytes(service_provider)
    values = {
        "folder": folder,
        "base_url": provider.base_url,
        "entity_id": provider.entity_id,
        "secret": secrets.token_hex(16),
        "user": provider.user,
        "password": provider.password,
        "level": level,
        "encrypted": "true" if encrypted else "false",
        "artifact": "true" if artifact_port else "false",
        "store": "FileStore" if artifact_port else "phpsession",
    }
    for name in ("config.php", "authsources.php", "FileStore.php"):
        _fill(TEMPLATES / name, folder / "config" / name, values)
    _fill(TEMPLATES / "saml20-idp-hosted.php", folder / "metadata/saml20-idp-hosted.php", values)
    return provider


@contextmanager
def serving(provider: SimpleSamlPhp) -> Iterator[SimpleSamlPhp]:
    """The server runs inside this block. Raises RuntimeError with its log when it does not
    answer.
    """
    address = provider.base_url.removeprefix("http://")
    settings = [
        f"session.save_path={provider.folder / 'sessions'}",
        f"error_log={provider.folder / 'log/php.log'}",
        "display_errors=0",
    ]
    command = ["php", *(part for s in settings for part in ("-d", s))]
    command += ["-S", address, "-t", str(SIMPLESAMLPHP / "www")]
    environment = {
        **os.environ,
        "PHP_CLI_SERVER_WORKERS": "4",
        "SIMPLESAMLPHP_CONFIG_DIR": str(provider.folder / "config"),
        "TMPDIR": str(provider.folder / "tmp"),
    }
    with running(
        command,
        environment=environment,
        log=provider.folder / "log/server.log",
        ready_url=provider.metadata_url,
    ):
        yield provider


def metadata(provider: SimpleSamlPhp) -> bytes:
    """Its own metadata, as its administrator would send them."""
    response = requests.get(provider.metadata_url, timeout=60)
    response.raise_for_status()
    if b"EntityDescriptor" not in response.content:
        raise RuntimeError(f"no metadata:\n{logged(provider)}")
    return response.content


def logged(provider: SimpleSamlPhp) -> str:
    """What it wrote down, to show when a test fails."""
    return "\n".join(p.read_text(errors="replace") for p in (provider.folder / "log").iterdir())


def _fill(template: Path, target: Path, values: dict[str, object]) -> None:
    target.write_text(_Percent(template.read_text(encoding="utf-8")).substitute(values))


class _Percent(Template):
    delimiter = "%"  # PHP's variables start with a dollar sign


def write_key_pair(folder: Path) -> None:
    """A new key and certificate, used from the next request on."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SimpleSAMLphp in a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "idp.pem").touch(mode=0o600)
    (folder / "idp.pem").write_bytes(pem)
    (folder / "idp.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
