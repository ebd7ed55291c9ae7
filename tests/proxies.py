"""A proxy on loopback that opens tunnels, and authorities that sign certificates, for tests."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.clocks import START
from tests.keys_for_tests import ec_key


@dataclass
class TunnelProxy:
    """``asked``: the head of every request. ``leads``: where a tunnel to such an authority ends;
    ``answer``: what is said instead of opening one.
    """

    host: str
    port: int
    leads: Mapping[str, tuple[str, int]]
    answer: bytes | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def tunnels(self) -> list[str]:
        """What was asked for, without what was sent beside it."""
        return [head.split()[1] for head in self.asked]

    def serve(self, client: socket.socket) -> None:
        """One connection, from its request to its end."""
        with client:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                byte = client.recv(1)
                if not byte:
                    return
                head += byte
            self.asked.append(head.decode())
            to = self.leads.get(self.asked[-1].split()[1])
            if self.answer is not None or to is None:
                client.sendall(self.answer or b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
                return
            with socket.create_connection(to, 10) as party:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _carry(client, party)


def _carry(client: socket.socket, party: socket.socket) -> None:
    """Both ways until the party has said all, in one thread: a TLS connection that two read and
    write at once may break.
    """
    to = {client: party, party: client}
    while party in to:
        waiting = [one for one in to if isinstance(one, ssl.SSLSocket) and one.pending()]
        ready = waiting or select.select(list(to), [], [], 10)[0]
        if not ready:
            return
        for source in ready:
            if part := source.recv(16 * 1024):
                to[source].sendall(part)
            elif to.pop(source) is party:
                party.shutdown(socket.SHUT_WR)


@contextmanager
def proxying(
    leads: Mapping[str, tuple[str, int]],
    answer: bytes | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[TunnelProxy]:
    """A proxy in threads, gone at the end."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.05)
    proxy = TunnelProxy("127.0.0.1", server.getsockname()[1], leads, answer)
    ended = threading.Event()

    def one(client: socket.socket) -> None:
        with suppress(OSError):
            proxy.serve(tls.wrap_socket(client, server_side=True) if tls else client)

    def listen() -> None:
        while not ended.is_set():
            with suppress(OSError):
                client, _ = server.accept()
                client.settimeout(10)
                threading.Thread(target=one, args=(client,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        ended.set()
        thread.join()
        server.close()


def certificate(directory: Path, name: str, *, until: int = 2050) -> Path:
    """A certificate of this name that vouches for itself, until this year, with its key, in one PEM
    file.
    """
    key = ec_key(f"tls {name}")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START.replace(year=2020))
        .not_valid_after(START.replace(year=until))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = directory / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


def serving(directory: Path, name: str) -> ssl.SSLContext:
    """TLS of a server of this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(directory, name))
    return context
