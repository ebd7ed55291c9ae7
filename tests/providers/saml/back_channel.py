"""The back channel of a makelaar: it answers each ArtifactResolve as a test says, and keeps what it
was sent.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from lxml import etree

from providers.interface import Callback, Identity, Remembered
from state.outgoing import HttpAnswer, OutgoingClient
from state.outgoing_tls import ClientCertificate
from tests.clocks import START
from tests.providers.saml.maker import (
    ACS,
    ENTITY_ID,
    NAMES,
    Edit,
    Recipe,
    certificate,
    instant,
    metadata_of,
    provider_for,
    remembered,
)
from tests.providers.saml.signing import PLAIN, Signing, sign

RESOLUTION: Final = "https://makelaar.example/artifact"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
STATUS: Final = "urn:oasis:names:tc:SAML:2.0:status:"
HANDLE: Final = b"a handle of 20 bytes"
_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
Answering = Callable[[etree._Element], HttpAnswer]


def artifact(
    entity_id: str = ENTITY_ID, *, kind: bytes = b"\x00\x04", index: int = 0, handle: bytes = HANDLE
) -> str:
    """A reference of this makelaar."""
    source = hashlib.sha1(entity_id.encode(), usedforsecurity=False).digest()
    return base64.b64encode(kind + index.to_bytes(2) + source + handle).decode()


def metadata(*services: str, entity_id: str = ENTITY_ID) -> bytes:
    """Of a makelaar with these ArtifactResolutionServices; with one where none are named."""
    whole = metadata_of(certificate(), entity_id=entity_id).decode()
    ours = "".join(services) or resolution_service()
    return whole.replace("<md:SingleSignOnService", f"{ours}<md:SingleSignOnService", 1).encode()


def resolution_service(url: str = RESOLUTION, index: int | str = 0, binding: str = "SOAP") -> str:
    return (
        '<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:'
        f'{binding}" Location="{url}" index="{index}"/>'
    )


@dataclass(frozen=True)
class Around:
    """The ArtifactResponse and its envelope, in order but for what a test changes. ``before``:
    edits of the ArtifactResponse before it is signed, ``after`` when it is; ``response``: None for
    a used artifact.
    """

    response: etree._Element | None = None
    before: Sequence[Edit] = ()
    after: Sequence[Edit] = ()
    signing: Signing | None = PLAIN
    status: str = f'<samlp:StatusCode Value="{STATUS}Success"/>'
    issuer: str = ENTITY_ID
    at: datetime = START
    header: str = ""

    def message(self, asked: etree._Element) -> etree._Element:
        root = etree.fromstring(
            f'<samlp:ArtifactResponse xmlns:samlp="{NAMES["samlp"]}" xmlns:saml="{NAMES["saml"]}" '
            f'ID="_resolved" Version="2.0" IssueInstant="{instant(0, self.at)}" '
            f'InResponseTo="{asked.get("ID")}"><saml:Issuer>{self.issuer}</saml:Issuer>'
            f"<samlp:Status>{self.status}</samlp:Status></samlp:ArtifactResponse>"
        )
        if self.response is not None:
            root.append(etree.fromstring(etree.tostring(self.response)))
        for edit in self.before:
            edit(root)
        if self.signing is not None:
            sign(root, self.signing)
        for edit in self.after:
            edit(root)
        return root

    def __call__(self, asked: etree._Element) -> HttpAnswer:
        return answer(etree.tostring(self.message(asked)).decode(), self.header)


GOOD: Final = Recipe()
AROUND: Final = Around()


def answer(inside: str, header: str = "", status: int = 200) -> HttpAnswer:
    """SOAP with this in its Body."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    text = f'<s:Envelope xmlns:s="{SOAP}">{head}<s:Body>{inside}</s:Body></s:Envelope>'
    return HttpAnswer(status, {"content-type": "text/xml"}, text.encode())


def fault(code: str, says: str, status: int = 500) -> HttpAnswer:
    inside = f"<s:Fault><faultcode>{code}</faultcode><faultstring>{says}</faultstring></s:Fault>"
    return answer(inside, status=status)


class BackChannel(OutgoingClient):
    """``calls``: what was sent, address, headers and document; ``shown``: certificates."""

    def __init__(self, answering: Answering | HttpAnswer | Exception) -> None:
        super().__init__(tls=_NO_TLS, showing=self._shown)
        self.answering = answering
        self.calls: list[tuple[str, Mapping[str, str], bytes]] = []
        self.parties: list[str] = []
        self.shown: list[ClientCertificate] = []

    def _shown(self, certificate: ClientCertificate) -> ssl.SSLContext:
        self.shown.append(certificate)
        return _NO_TLS

    @property
    def asked(self) -> etree._Element:
        """The last message that was sent, as it stands in its Body."""
        found: etree._Element = etree.fromstring(self.calls[-1][2])[0][0]
        return found

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        party: str = "",
    ) -> HttpAnswer:
        assert method == "POST" and body is not None and max_bytes > 0
        self.calls.append((url, headers, body))
        self.parties.append(party)
        if isinstance(self.answering, Exception):
            raise self.answering
        if isinstance(self.answering, HttpAnswer):
            return self.answering
        return self.answering(self.asked)


def brought(
    value: str | None = None, method: str = "GET", at: datetime = START, **more: str
) -> Callback:
    """What the browser brings: an artifact of this makelaar, unless another value is said."""
    given = {"SAMLart": artifact() if value is None else value, "RelayState": "a-login.1", **more}
    return Callback(method, tuple(given.items()), ACS, at)


def fetched(
    recipe: Recipe = GOOD,
    around: Around = AROUND,
    *,
    asked: Remembered | None = None,
    at: datetime = START,
    method: str = "GET",
    **settings: Any,
) -> Identity:
    """What the product makes of a Response that it fetches."""
    there = BackChannel(replace(around, response=recipe.tree(), at=at))
    said = {"response_binding": "artifact", **recipe.settings, **settings}
    whole = said.pop("metadata", None) or metadata()
    provider = provider_for(whole, outgoing=there, **said)
    return provider.finish(asked or remembered(), brought(method=method, at=at))


def as_by_post(recipe: Recipe, asked: Remembered | None = None, at: datetime = START) -> Identity:
    """The same Response by reference, around which nothing is signed: it must prove itself as one
    that came by POST.
    """
    plain = Around(signing=None)
    return fetched(recipe, plain, asked=asked, at=at, require_signed_artifact_response=False)
