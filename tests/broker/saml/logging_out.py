"""Parties of tests that speak SAML logout, portals and makelaars alike: they ask, hear and answer
over every binding, with libraries of others.
"""

from __future__ import annotations

import base64
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Flask, Response, redirect, request
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.signer import XMLSigner
from signxml.verifier import XMLVerifier
from werkzeug.wrappers import Response as AnyResponse

from sandbox.browser import Page
from sandbox.wire import Answer
from tests.broker.saml.portals import NAMES, RSA_SHA256, STATUS
from tests.world import World

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
ASYNCHRONOUS: Final = "urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo"
_SAML: Final = NAMES["saml"]
_SAMLP: Final = NAMES["samlp"]
BINDINGS: Final = "urn:oasis:names:tc:SAML:2.0:bindings:"


def single_logout(url: str, *bindings: str, answers: str | None = None) -> str:
    """SingleLogoutService elements, as metadata hold them."""
    more = f' ResponseLocation="{answers}"' if answers else ""
    soap = url if url.endswith("/soap") else f"{url}/soap"
    return "".join(
        f'<md:SingleLogoutService Binding="{BINDINGS}{one}" '
        f'Location="{soap if one == "SOAP" else url}"{more}/>'
        for one in bindings
    )


@dataclass(frozen=True)
class Heard:
    """A message that arrived, its signature verified by signxml or over the query."""

    binding: str
    root: etree._Element
    relay_state: str | None

    @property
    def kind(self) -> str:
        return str(etree.QName(self.root).localname)

    @property
    def status(self) -> tuple[str, ...]:
        codes = self.root.findall(".//samlp:StatusCode", NAMES)
        return tuple(str(code.get("Value")).removeprefix(STATUS) for code in codes)

    @property
    def message(self) -> str:
        return str(self.root.findtext(".//samlp:StatusMessage", "", NAMES))

    @property
    def name(self) -> tuple[str | None, dict[str, str]]:
        found = self.root.find("saml:NameID", NAMES)
        assert found is not None
        return found.text, {str(k): str(v) for k, v in found.attrib.items()}

    @property
    def indexes(self) -> list[str]:
        return [str(one.text) for one in self.root.findall("samlp:SessionIndex", NAMES)]


@dataclass
class SamlParty:
    """``ours``: our address for browsers at this side; ``metadata``: where ours are. ``answers``:
    the status of what it answers, None where it sends nobody back; ``spoils``: what it does to an
    answer before it signs.
    """

    world: World
    entity_id: str
    key: rsa.RSAPrivateKey
    url: str
    ours: str
    metadata: str
    answers: tuple[str, ...] | None = ("Success",)
    binding: str = "HTTP-Redirect"
    signs: bool = True
    spoils: Mapping[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)

    def add_to(self, app: Flask) -> None:
        """Its addresses."""

        @app.get("/slo")
        def by_redirect() -> AnyResponse:
            values = dict(parse_qsl(request.query_string.decode(), keep_blank_values=True))
            name = "SAMLRequest" if "SAMLRequest" in values else "SAMLResponse"
            raw = zlib.decompress(base64.b64decode(values[name]), -15)
            self._check_query(request.query_string.decode())
            return self._hears("HTTP-Redirect", etree.fromstring(raw), values.get("RelayState"))

        @app.post("/slo")
        def by_post() -> AnyResponse:
            name = "SAMLRequest" if "SAMLRequest" in request.form else "SAMLResponse"
            root = self._verified(base64.b64decode(request.form[name]))
            return self._hears("HTTP-POST", root, request.form.get("RelayState"))

        @app.post("/slo/soap")
        def by_soap() -> Response:
            assert request.headers["SOAPAction"]
            body = etree.fromstring(request.get_data()).find(f"{{{SOAP}}}Body")
            assert body is not None and len(body) == 1
            root = self._verified(etree.tostring(body[0]))
            self.heard.append(Heard("SOAP", root, None))
            if self.answers is None:
                return Response(status=500)
            answer = self.response(str(root.get("ID")), None)
            return Response(envelope(self.signed(answer) if self.signs else answer))

    def _hears(self, binding: str, root: etree._Element, relay: str | None) -> AnyResponse:
        self.heard.append(Heard(binding, root, relay))
        here = "<html><title>Elders</title><h1>U bent elders</h1></html>"
        if root.tag != f"{{{_SAMLP}}}LogoutRequest" or self.answers is None:
            return Response(here)
        message = self.response(str(root.get("ID")), self.ours)
        if self.binding == "HTTP-POST":
            value = base64.b64encode(self.signed(message) if self.signs else message).decode()
            return Response(
                f'<html><form id="leave" method="post" action="{self.ours}">'
                f'<input name="SAMLResponse" value="{value}">'
                f'<input name="RelayState" value="{relay}"></form>'
                '<script src="/leave.js"></script></html>'
            )
        return redirect(f"{self.ours}?{self.query('SAMLResponse', message, relay)}", 303)

    def response(self, to: str, destination: str | None) -> bytes:
        """A LogoutResponse, not yet signed."""
        inner = ""
        for code in reversed(self.answers or ()):
            inner = f'<samlp:StatusCode Value="{STATUS}{code}">{inner}</samlp:StatusCode>'
        said = {"InResponseTo": to, "Destination": destination, **self.spoils}
        return self.message("LogoutResponse", said, f"<samlp:Status>{inner}</samlp:Status>")

    def request(
        self,
        name: str,
        about: Mapping[str, str],
        indexes: Sequence[str] = (),
        *,
        to: str | None = None,
        extensions: str = "",
        **attributes: str | None,
    ) -> bytes:
        """A LogoutRequest, not yet signed."""
        said = " ".join(f'{one}="{value}"' for one, value in about.items())
        inner = "".join(f"<samlp:SessionIndex>{one}</samlp:SessionIndex>" for one in indexes)
        found = {"Destination": to or self.ours, **attributes}
        return self.message(
            "LogoutRequest", found, f"{extensions}<saml:NameID {said}>{name}</saml:NameID>{inner}"
        )

    def message(self, tag: str, attributes: Mapping[str, str | None], inner: str) -> bytes:
        values: dict[str, str | None] = {
            "ID": f"_{secrets.token_hex(16)}",
            "Version": "2.0",
            "IssueInstant": written(self.world.clock()),
            **attributes,
        }
        said = " ".join(f'{name}="{value}"' for name, value in values.items() if value is not None)
        return (
            f'<samlp:{tag} xmlns:samlp="{_SAMLP}" xmlns:saml="{_SAML}" {said}>'
            f"<saml:Issuer>{self.entity_id}</saml:Issuer>{inner}</samlp:{tag}>"
        ).encode()

    def signed(self, message: bytes, key: rsa.RSAPrivateKey | None = None) -> bytes:
        """With an enveloped signature behind its Issuer, as signxml makes it."""
        root = etree.fromstring(message)
        signature = etree.Element(f"{{{NAMES['ds']}}}Signature", Id="placeholder")
        root.insert(1, signature)
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm="rsa-sha256",
            digest_algorithm="sha256",
            c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
        )
        # Not as PEM: its numbers would be checked at every signature.
        done = signer.sign(root, key=key or self.key, reference_uri=root.get("ID"))
        for info in done.findall(".//ds:KeyInfo", NAMES):
            parent = info.getparent()
            assert parent is not None
            parent.remove(info)
        return bytes(etree.tostring(done))

    def query(
        self,
        name: str,
        message: bytes,
        relay: str | None = None,
        *,
        key: rsa.RSAPrivateKey | None = None,
    ) -> str:
        """The query of HTTP-Redirect, signed unless the party does not."""
        machine = zlib.compressobj(wbits=-15)
        deflated = base64.b64encode(machine.compress(message) + machine.flush()).decode()
        values = {name: deflated}
        if relay is not None:
            values["RelayState"] = relay
        if not self.signs:
            return urlencode(values)
        values["SigAlg"] = RSA_SHA256
        covered = "&".join(f"{one}={quote(value, safe='')}" for one, value in values.items())
        made = (key or self.key).sign(covered.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{covered}&{urlencode({'Signature': base64.b64encode(made).decode()})}"

    def asks(self, browser: Any, message: bytes, binding: str, relay: str | None = "r&1") -> Page:
        """Sends the browser with this request."""
        found: Page
        browser.open(f"{self.url.rpartition('/')[0]}/")
        if binding == "HTTP-Redirect":
            found = browser.open(f"{self.ours}?{self.query('SAMLRequest', message, relay)}")
        else:
            value = base64.b64encode(self.signed(message) if self.signs else message).decode()
            fields = [("SAMLRequest", value), *([("RelayState", relay)] if relay else [])]
            found = browser.post(self.ours, fields)
        return found

    def calls(self, message: bytes) -> Answer:
        """Sends it by SOAP."""
        body = envelope(self.signed(message) if self.signs else message).decode()
        return self.world.wire.request(
            "POST", f"{self.ours}/soap", body, {"Content-Type": "text/xml; charset=utf-8"}
        )

    def said(self, answer: Answer) -> Heard:
        """The answer to a call, verified."""
        body = etree.fromstring(answer.body).find(f"{{{SOAP}}}Body")
        assert body is not None
        return Heard("SOAP", self._verified(etree.tostring(body[0])), None)

    def _verified(self, raw: bytes) -> etree._Element:
        found = XMLVerifier().verify(raw, x509_cert=self._certificate(), id_attribute="ID")
        result = found[0] if isinstance(found, list) else found
        assert result.signed_xml is not None
        return result.signed_xml

    def _check_query(self, query: str) -> None:
        from cryptography import x509

        covered, _, signature = query.rpartition("&Signature=")
        key = x509.load_pem_x509_certificate(self._certificate().encode()).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        from urllib.parse import unquote_plus

        made = base64.b64decode(unquote_plus(signature))
        key.verify(made, covered.encode(), padding.PKCS1v15(), hashes.SHA256())

    def _certificate(self) -> str:
        """From our metadata, as a party takes it."""
        root = etree.fromstring(self.world.wire.request("GET", self.metadata).body)
        body = str(root.findtext(".//ds:X509Certificate", "", NAMES))
        return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def envelope(message: bytes) -> bytes:
    """The message in SOAP 1.1."""
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{message.decode()}</s:Body></s:Envelope>'
    ).encode()


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def later(world: World, **how: int) -> str:
    """A moment from now, as SAML writes it."""
    return written(world.clock() + timedelta(**how))


def soap_fault(answer: Answer) -> str:
    """The code of the fault that a caller reads; what it says names no rule that was broken."""
    root = etree.fromstring(answer.body)
    said = root.findtext(".//faultstring") or ""
    assert "SLS-" in said and "signature" not in said
    return (root.findtext(".//faultcode") or "").rpartition(":")[2]
