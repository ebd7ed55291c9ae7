"""Whose certificates are believed in outgoing calls: those of the system, and of one's own
authority.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path


@dataclass(frozen=True)
class ClientCertificate:
    """Files in PEM with which we show who calls (mutual TLS): the certificate with its chain, and
    its key. Without ``key_file`` the key stands in the first as well.
    """

    certificate_file: Path
    key_file: Path | None = None

    @property
    def changed_at(self) -> tuple[int, ...]:
        """When the files were last written, in nanoseconds. Raises OSError."""
        files = (self.certificate_file, self.key_file or self.certificate_file)
        return tuple(file.stat().st_mtime_ns for file in files)


@cache
def tls_of_this_machine() -> ssl.SSLContext:
    """The authorities of the system, read once per process. For who only connects with it: others
    would meet what one changes.
    """
    return ssl.create_default_context()


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """``ca_file``: PEM, believed beside the authorities of the system. Raises ValueError."""
    context = ssl.create_default_context()
    if ca_file is None:
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        raise ValueError(f"{ca_file} holds no certificates in PEM") from None
    except OSError as error:
        raise ValueError(f"{ca_file} cannot be read ({type(error).__name__})") from None
    return context


def tls_showing(certificate: ClientCertificate, ca_file: Path | None = None) -> ssl.SSLContext:
    """The same as ``tls_context``, with this certificate for who asks for one; the files are read
    again when they change. Raises OSError, ValueError; the password of a key is never asked.
    """
    return _showing(certificate, ca_file, certificate.changed_at)


@lru_cache(maxsize=64)
def _showing(
    certificate: ClientCertificate, ca_file: Path | None, _changed_at: tuple[int, ...]
) -> ssl.SSLContext:
    context = tls_context(ca_file)
    try:
        context.load_cert_chain(
            certificate.certificate_file, certificate.key_file, password=_no_password
        )
    except ssl.SSLError as error:
        raise ValueError("no certificate and key in PEM that go together") from error
    return context


def _no_password() -> str:
    raise ValueError("the key is encrypted")
