"""Whose certificates are believed in outgoing calls: those of the system, and of one's own
authority.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile


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


@dataclass(frozen=True)
class KeptCertificate:
    """The same from memory. ``name`` stands for the pair in comparisons. ``chain``: PEM, our own
    first; ``locked_key``: the private key in PEM, encrypted under the password that it is given.
    """

    name: str
    chain: bytes = field(compare=False, repr=False)
    locked_key: Callable[[bytes], bytes] = field(compare=False, repr=False)


OwnCertificate = ClientCertificate | KeptCertificate


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


def tls_showing(certificate: OwnCertificate, ca_file: Path | None = None) -> ssl.SSLContext:
    """The same as ``tls_context``, with this certificate for who asks for one; the files are read
    again when they change. Raises OSError, ValueError; the password of a key is never asked.
    """
    if isinstance(certificate, KeptCertificate):
        return _showing_kept(certificate, ca_file)
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


@lru_cache(maxsize=16)
def _showing_kept(certificate: KeptCertificate, ca_file: Path | None) -> ssl.SSLContext:
    """OpenSSL takes a pair by the name of a file alone. Whoever finds that file, which is of this
    user and gone at once, has a key under a password that was never written.
    """
    context, password = tls_context(ca_file), secrets.token_hex(32)
    with NamedTemporaryFile(prefix="sluis-tls-") as file:  # mode 0600
        file.write(certificate.chain + certificate.locked_key(password.encode()))
        file.flush()
        try:
            context.load_cert_chain(file.name, password=password)
        except ssl.SSLError as error:
            raise ValueError(f"TLS does not take it ({error.reason})") from error
    return context


def _no_password() -> str:
    raise ValueError("the key is encrypted")
