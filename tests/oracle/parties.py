"""pysaml2 as a portal and as a makelaar. Its own signatures go through a program that need not be
here; signxml, which the product does not use either, stands in for that program.
"""

from __future__ import annotations

import base64
import secrets
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import IdPConfig, SPConfig
from saml2.metadata import entity_descriptor
from saml2.sigver import CryptoBackend, SignatureError
from signxml.algorithms import SignatureConstructionMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import XMLVerifier

from tests.keys_for_tests import rsa_key

with warnings.catch_warnings():
    # It asks for ciphers that nobody uses here by names that are going away.
    warnings.simplefilter("ignore")
    from saml2.server import Server

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
PORTAL: Final = "https://portaal.example/saml"
PORTAL_ACS: Final = "https://portaal.example/saml/acs"
MAKELAAR: Final = "https://oracle.example/saml"
MAKELAAR_SSO: Final = "https://oracle.example/saml/sso"
# In place of the program for signatures: asked which algorithms it has, and nothing else.
PROGRAM: Final = """#!/bin/sh
echo "Registered transform klasses:"
echo '"sha256","sha512","rsa-sha256","rsa-sha512"'
"""


@dataclass(frozen=True)
class WrittenFile:
    """What pysaml2 asks of a temporary file: where it is."""

    name: str


def written_in(folder: Path) -> Callable[..., WrittenFile]:
    """In place of its temporary files, which it leaves open."""

    def make_temp(content: Any, suffix: str = "", **_: object) -> WrittenFile:
        file = folder / f"{secrets.token_hex(8)}{suffix}"
        file.write_bytes(_octets(content))
        return WrittenFile(str(file))

    return make_temp


class Signxml(CryptoBackend):  # type: ignore[misc]
    """What pysaml2 asks of a program for XML signatures."""

    def sign_statement(self, statement: Any, node_name: str, key_file: str, node_id: str) -> str:
        del node_name
        root = etree.fromstring(_octets(statement))
        element = _by_id(root, node_id)
        old = element.find(f"{{{DS}}}Signature")
        at = element.index(old)
        element.remove(old)
        alone = etree.fromstring(etree.tostring(element))
        alone.insert(at, etree.Element(f"{{{DS}}}Signature", Id="placeholder"))
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm="rsa-sha256",
            digest_algorithm="sha256",
            c14n_algorithm=EXC_C14N,
        )
        signed = signer.sign(
            alone, key=Path(key_file).read_bytes(), reference_uri=node_id, id_attribute="ID"
        )
        # As text: in another tree its prefixes would be written otherwise than they were signed.
        text = str(etree.tostring(signed, encoding="unicode"))
        parent = element.getparent()
        if parent is None:
            return text
        parent.replace(element, etree.Element("here"))
        return str(etree.tostring(root, encoding="unicode")).replace("<here/>", text)

    def validate_signature(
        self, signedtext: Any, cert_file: str, cert_type: str, node_name: str, node_id: str
    ) -> bool:
        del cert_type, node_name
        element = _by_id(etree.fromstring(_octets(signedtext)), node_id)
        try:
            XMLVerifier().verify(
                etree.tostring(element, with_tail=False),
                x509_cert=Path(cert_file).read_text(),
                id_attribute="ID",
            )
        except (SignXMLException, ValueError) as error:
            raise SignatureError(str(error)) from None
        return True


def _octets(document: Any) -> bytes:
    return document if isinstance(document, bytes) else str(document).encode()


def _by_id(root: etree._Element, identifier: str) -> etree._Element:
    found: list[etree._Element] = root.xpath("//*[@ID=$one]", one=identifier)
    if len(found) != 1:
        raise SignatureError(f"{len(found)} elements with this ID")
    return found[0]


@dataclass(frozen=True)
class Files:
    """A key of the tests, as the files that pysaml2 reads."""

    key: str
    certificate: str


def files_of(name: str, folder: Path) -> Files:
    key = rsa_key(name)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    found = Files(str(folder / f"{name}.key"), str(folder / f"{name}.pem"))
    Path(found.key).write_bytes(pem)
    Path(found.certificate).write_bytes(made.public_bytes(Encoding.PEM))
    return found


def _program(folder: Path) -> str:
    file = folder / "xmlsec1"
    file.write_text(PROGRAM)
    file.chmod(0o700)
    return str(file)


def _common(entity_id: str, folder: Path, name: str, metadata: list[str]) -> dict[str, Any]:
    files = files_of(name, folder)
    return {
        "entityid": entity_id,
        "key_file": files.key,
        "cert_file": files.certificate,
        "xmlsec_binary": _program(folder),
        "metadata": {"inline": metadata},
        "allow_unknown_attributes": True,
        "accepted_time_diff": 60,
        "delete_tmpfiles": True,
    }


def portal(folder: Path, *metadata: bytes, entity_id: str = PORTAL, **service: Any) -> Saml2Client:
    """A portal, or ourselves as pysaml2 would be us: a service provider that knows these identity
    providers.
    """
    said = {
        "endpoints": {"assertion_consumer_service": [(PORTAL_ACS, BINDING_HTTP_POST)]},
        "authn_requests_signed": True,
        "want_assertions_signed": False,
        "want_response_signed": False,
        "want_assertions_or_response_signed": True,
        **service,
    }
    known = [one.decode() for one in metadata]
    document = _common(entity_id, folder, "oracle portal", known)
    client = Saml2Client(SPConfig().load({**document, "service": {"sp": said}}))
    client.sec.crypto = Signxml()
    return client


def makelaar(folder: Path, *metadata: bytes) -> Server:
    """An identity provider that knows these service providers, and demands signatures of them."""
    said = {
        "endpoints": {
            "single_sign_on_service": [
                (MAKELAAR_SSO, BINDING_HTTP_REDIRECT),
                (MAKELAAR_SSO, BINDING_HTTP_POST),
            ]
        },
        "want_authn_requests_signed": True,
        "subject_data": str(Path(tempfile.mkdtemp(dir=folder)) / "subjects"),
    }
    known = [one.decode() for one in metadata]
    document = _common(MAKELAAR, folder, "oracle makelaar", known)
    server = Server(config=IdPConfig().load({**document, "service": {"idp": said}}))
    server.sec.crypto = Signxml()
    return server


def metadata_of(party: Saml2Client | Server) -> bytes:
    """What pysaml2 publishes of it."""
    return str(entity_descriptor(party.config)).encode()


def message_in(arguments: dict[str, Any], name: str) -> bytes:
    """The message in the form that pysaml2 makes for HTTP-POST."""
    form = etree.HTML(str(arguments["data"]))
    return base64.b64decode(form.xpath(f"//input[@name='{name}']/@value")[0])
