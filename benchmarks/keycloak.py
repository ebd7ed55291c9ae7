"""Keycloak as a broker: the makelaar of the bench behind it, its portal before it, and a user who
logs in there as at Sluis.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
import urllib3
from cryptography import x509
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from lxml import etree

from benchmarks.stamp import SUBJECT, Stamp, stamp_of
from benchmarks.user import Refused
from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.metadata import DS, MD
from sandbox.makelaar.state import SamlReply
from sandbox.portal.relying_party import ASSERTION
from tests.interop.keycloak import REALM, Keycloak, unpacked
from tests.interop.processes import running

ALIAS: Final = "polderpoort"
CLIENT: Final = "portaal"
CALLBACK: Final = "http://127.0.0.1:1/terug"  # nobody goes there: the code is read from the address
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
PATIENCE: Final = 300.0
HEAP: Final = "-Xms256m -Xmx768m"


@dataclass(frozen=True)
class ServedKeycloak:
    """A running server, with the id of its process."""

    server: Keycloak
    pid: int


@contextmanager
def serving(folder: Path, port: int, management_port: int) -> Iterator[ServedKeycloak]:
    """In production mode as far as that goes on one machine: built beforehand, both compilers at
    work, its database in memory.
    """
    home = folder / "keycloak"
    shutil.copytree(unpacked(), home)
    imported = home / "data" / "import"
    imported.mkdir(parents=True)
    realm = {"realm": REALM, "enabled": True, "sslRequired": "none", "loginTheme": "keycloak"}
    (imported / "realm.json").write_text(json.dumps(realm))
    server = Keycloak(f"http://127.0.0.1:{port}", secrets.token_urlsafe(16))
    options = (
        "--db=dev-mem",
        "--cache=local",
        "--import-realm",
        "--http-enabled=true",
        "--http-host=127.0.0.1",
        f"--http-port={port}",
        f"--http-management-port={management_port}",
        f"--hostname={server.base_url}",
        "--log-level=warn",
    )
    with running(
        ["sh", str(home / "bin" / "kc.sh"), "start", *options],
        environment={
            **os.environ,
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": server.secret,
            "JAVA_OPTS_KC_HEAP": HEAP,
        },
        log=folder / "keycloak.log",
        ready_url=f"{server.realm}/.well-known/openid-configuration",
        seconds=PATIENCE,
    ) as process:
        yield ServedKeycloak(server, process.pid)


@dataclass
class KeycloakUser:
    """Jan, who is known there and linked to what his makelaar calls him. Each login is in a browser
    without cookies of before, led to the makelaar by the portal's request.
    """

    server: Keycloak
    stamp: Stamp
    key: RSAKey
    keys: KeySet
    http: urllib3.HTTPConnectionPool
    cookies: dict[str, str] = field(default_factory=dict)

    def again(self) -> KeycloakUser:
        """The same Jan in another browser, with connections of its own."""
        port = urlsplit(self.server.base_url).port
        pool = urllib3.HTTPConnectionPool("127.0.0.1", port, retries=False, timeout=60)
        return replace(self, http=pool, cookies={})

    def log_in(self) -> dict[str, object]:
        """One whole login; the claims of the verified ID token. Raises Refused."""
        self.cookies.clear()
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        query = urlencode(
            {
                "client_id": CLIENT,
                "redirect_uri": CALLBACK,
                "response_type": "code",
                "scope": "openid",
                "state": secrets.token_urlsafe(16),
                "nonce": nonce,
                "code_challenge": challenge.rstrip(b"=").decode(),
                "code_challenge_method": "S256",
                "kc_idp_hint": ALIAS,
            }
        )
        place = self._followed(f"{_PATH}/protocol/openid-connect/auth?{query}", "SAMLRequest=")
        asked = _asked(place)
        message = self.stamp.answer(asked, encrypt=True)
        fields = {
            "SAMLResponse": base64.b64encode(message).decode(),
            "RelayState": asked.relay_state or "",
        }
        got = self._request("POST", f"{_PATH}/broker/{ALIAS}/endpoint", fields)
        place = got.headers.get("Location", "")
        if got.status not in (302, 303):
            raise Refused(f"Keycloak, answer of the makelaar: {got.status}")
        if not place.startswith(CALLBACK):
            place = self._followed(_path(place), CALLBACK)
        code = parse_qs(urlsplit(place).query).get("code")
        if code is None:
            raise Refused(f"Keycloak gives no code: {place[:120]}")
        return self._redeemed(code[0], verifier, nonce)

    def _redeemed(self, code: str, verifier: str, nonce: str) -> dict[str, object]:
        now = int(time.time())
        claims = {"iss": CLIENT, "sub": CLIENT, "aud": self.server.realm, "iat": now}
        claims |= {"exp": now + 60, "jti": secrets.token_urlsafe(16)}
        assertion = jwt.encode(
            {"alg": "RS256", "kid": self.key.kid}, claims, self.key, algorithms=["RS256"]
        )
        got = self._request(
            "POST",
            f"{_PATH}/protocol/openid-connect/token",
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": CALLBACK,
                "code_verifier": verifier,
                "client_assertion_type": ASSERTION,
                "client_assertion": assertion,
            },
        )
        if got.status != 200:
            raise Refused(f"Keycloak, token: {got.status} {got.data[:200]!r}")
        token = jwt.decode(got.json()["id_token"], self.keys, algorithms=["RS256"])
        if token.claims["nonce"] != nonce:
            raise Refused("Keycloak, ID token: nonce")
        return dict(token.claims)

    def _followed(self, path: str, wanted: str) -> str:
        """Through its own pages to the first address elsewhere."""
        for _ in range(5):
            got = self._request("GET", path)
            place = got.headers.get("Location", "")
            if wanted in place:
                return place
            if got.status not in (302, 303):
                raise Refused(f"Keycloak, {path.partition('?')[0]}: {got.status}")
            path = _path(place)
        raise Refused(f"Keycloak goes round at {path.partition('?')[0]}")

    def _request(
        self, method: str, path: str, fields: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(fields) if fields is not None else None
        got = self.http.request(method, path, body=body, headers=headers, redirect=False)
        for line in got.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return got


_PATH: Final = f"/realms/{REALM}"


def introduced(served: ServedKeycloak, makelaar: Makelaar) -> KeycloakUser:
    """The makelaar, the portal and Jan are registered there. Raises HTTPError."""
    server, key = served.server, RSAKey.generate_key(2048, auto_kid=True)
    server.call("POST", "/identity-provider/instances", json=_provider(server, makelaar))
    server.call("POST", "/clients", json=_client(key))
    server.make_user("jan", "Jan", "de Vries")
    (jan,) = server.call("GET", "/users?username=jan&exact=true").json()
    link = {"identityProvider": ALIAS, "userId": SUBJECT, "userName": "jan"}
    server.call("POST", f"/users/{jan['id']}/federated-identity/{ALIAS}", json=link)
    acs = f"{server.realm}/broker/{ALIAS}/endpoint"
    metadata = requests.get(f"{acs}/descriptor", timeout=60)
    metadata.raise_for_status()
    recipient = _encrypting(metadata.content)
    keys = requests.get(f"{server.realm}/protocol/openid-connect/certs", timeout=60).json()
    return KeycloakUser(
        server,
        stamp_of(makelaar, recipient, (acs, server.realm)),
        key,
        KeySet.import_key_set({"keys": [one for one in keys["keys"] if one["use"] == "sig"]}),
        urllib3.HTTPConnectionPool(
            "127.0.0.1", urlsplit(server.base_url).port, retries=False, timeout=60
        ),
    )


def _provider(server: Keycloak, makelaar: Makelaar) -> dict[str, object]:
    """Both signatures and encryption, as in Sluis."""
    return {
        "alias": ALIAS,
        "providerId": "saml",
        "enabled": True,
        "trustEmail": True,
        "config": {
            "entityId": server.realm,
            "idpEntityId": makelaar.entity_id,
            "singleSignOnServiceUrl": makelaar.sso_url,
            "nameIDPolicyFormat": PERSISTENT,
            "principalType": "SUBJECT",
            "postBindingResponse": "true",
            "postBindingAuthnRequest": "false",
            "wantAuthnRequestsSigned": "true",
            "signatureAlgorithm": "RSA_SHA256",
            "wantAssertionsSigned": "true",
            "wantAssertionsEncrypted": "true",
            "encryptionAlgorithm": "RSA-OAEP",
            "validateSignature": "true",
            "signingCertificate": makelaar.pair.certificate_base64,
            "syncMode": "IMPORT",
            "allowedClockSkew": "60",
        },
    }


def _client(key: RSAKey) -> dict[str, object]:
    public = {**key.as_dict(private=False), "use": "sig", "alg": "RS256"}
    return {
        "clientId": CLIENT,
        "protocol": "openid-connect",
        "publicClient": False,
        "standardFlowEnabled": True,
        "redirectUris": [CALLBACK],
        "clientAuthenticatorType": "client-jwt",
        "attributes": {
            "use.jwks.string": "true",
            "jwks.string": json.dumps({"keys": [public]}),
            "token.endpoint.auth.signing.alg": "RS256",
            "pkce.code.challenge.method": "S256",
        },
    }


def _encrypting(metadata: bytes) -> x509.Certificate:
    """The certificate to encrypt for; Keycloak may have one for both uses."""
    for use in ("encryption", None):
        for key in etree.fromstring(metadata).iter(f"{{{MD}}}KeyDescriptor"):
            text = key.findtext(f".//{{{DS}}}X509Certificate")
            if key.get("use") == use and text is not None:
                return x509.load_der_x509_certificate(base64.b64decode("".join(text.split())))
    raise Refused(f"Keycloak names no key to encrypt for: {metadata[:2000]!r}")


def _path(place: str) -> str:
    parts = urlsplit(place)
    return f"{parts.path}?{parts.query}"


def _asked(place: str) -> SamlReply:
    parameters = parse_qs(urlsplit(place).query)
    root = etree.fromstring(zlib.decompress(base64.b64decode(parameters["SAMLRequest"][0]), -15))
    return SamlReply(
        request_id=root.get("ID"),
        consumer=root.get("AssertionConsumerServiceURL"),
        audience=root.findtext("{*}Issuer"),
        relay_state=parameters["RelayState"][0],
    )
