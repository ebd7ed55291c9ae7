"""One user, the makelaar and the portal: all that a login needs outside Sluis.

Nothing here is measured; it is kept cheap, so that Sluis makes the load and not its tester.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from lxml import etree

from benchmarks.stamp import Stamp, stamp_of
from sandbox import prepare
from sandbox.browser import Browser
from sandbox.makelaar import saml_response
from sandbox.makelaar.broker import Broker
from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.faults import Fault
from sandbox.makelaar.state import Answer, SamlReply
from sandbox.people import ETD
from sandbox.portal.clients import BODEM
from sandbox.portal.relying_party import ASSERTION, RelyingParty
from sandbox.prepare import Demo
from sandbox.walk import Walk
from sandbox.wire import HttpWire

MAKELAAR = "polderpoort"
CLIENT = "bronhouderportaal"
REMEMBERED = "__Host-sluis-makelaar"
KNOWN = "__Host-sluis-known"
LASTING = (REMEMBERED, KNOWN)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SUBJECT = "pp-jan-5b1f0a"


class Refused(Exception):
    """Sluis did not go on; the text says where."""


@dataclass
class User:
    """Jan, whose browser remembers his makelaar, and who agreed before. Between two logins lies an
    hour, so to say: his browser keeps the cookies that last, and no session.
    """

    demo: Demo
    cookies: dict[str, str]
    makelaar: Makelaar
    key: RSAKey
    keys: KeySet
    http: urllib3.HTTPConnectionPool
    host: str
    stamp: Stamp

    def beside(self) -> User:
        """The same in a browser of their own, with a connection of its own."""
        pool = urllib3.HTTPConnectionPool(self.http.host, self.http.port, retries=False, timeout=30)
        return replace(self, cookies=dict(self.cookies), http=pool)

    def log_in(self, *, encrypt: bool = True, is_known: bool = True) -> dict[str, object]:
        """One whole login; the claims of the verified ID token. Unless ``is_known`` in a browser
        that never saw Jan log in, of which he is told by mail afterwards.
        """
        if not is_known:
            self.cookies.pop(KNOWN, None)
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        asked, cookies = self._leave(nonce, verifier)
        message = self.stamp.answer(asked, encrypt=encrypt)
        code = self._arrive(asked, message, cookies)
        return self.redeemed(code, verifier, nonce)

    def ask(self) -> SamlReply:
        """Begin a login; what the makelaar is asked."""
        return self._leave("n" * 16, secrets.token_urlsafe(48))[0]

    def answer(self, asked: SamlReply, fault: Fault = Fault.NONE) -> bytes:
        """The makelaar's Response, right or wrong."""
        now = datetime.now(UTC)
        said = Answer(SUBJECT, "Jan de Vries", ETD["EH3"], "app", now, None, fault)
        return saml_response.success(self.makelaar, asked, said, BODEM.uuid, now, None)

    def deliver(self, asked: SamlReply, message: bytes) -> urllib3.BaseHTTPResponse:
        """POST a Response to the assertion consumer service."""
        response = base64.b64encode(message).decode()
        # Quoted by what can stand in base64: `urlencode` looks at each of 10,000 signs, for 1 ms.
        quoted = response.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
        body = f"SAMLResponse={quoted}&{urlencode({'RelayState': asked.relay_state or ''})}"
        return self._request("POST", "/saml/acs", _FORM, body)

    def _leave(self, nonce: str, verifier: str) -> tuple[SamlReply, str]:
        return self.departed(self._request_of(nonce, verifier))

    def asked_by_form(self, nonce: str, verifier: str) -> tuple[str, str]:
        """The same to a makelaar that is asked by HTTP-POST: the page with the form, and our
        cookies since. Raises Refused.
        """
        path = self._request_of(nonce, verifier)
        got = self._request("GET", path, {"Cookie": _header(self.cookies)})
        if got.status != 200 or b"SAMLRequest" not in got.data:
            raise Refused(f"{path.partition('?')[0]}: {got.status}")
        made = dict(_pair(line) for line in got.headers.getlist("Set-Cookie"))
        return got.data.decode(), _header(self.cookies | made)

    def _request_of(self, nonce: str, verifier: str) -> str:
        challenge = base64.urlsafe_b64encode(_sha256(verifier.encode())).rstrip(b"=").decode()
        query = urlencode(
            {
                "client_id": CLIENT,
                "redirect_uri": self._callback,
                "response_type": "code",
                "scope": f"openid urn:uuid:{BODEM.uuid}",
                "state": secrets.token_urlsafe(16),
                "nonce": nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )
        return f"/authorize?{query}"

    def begun(self, nonce: str) -> tuple[urllib3.BaseHTTPResponse, str]:
        """A portal's request, wherever it leads, and our cookies since."""
        path = self._request_of(nonce, secrets.token_urlsafe(48))
        got = self._request("GET", path, {"Cookie": _header(self.cookies)})
        made = dict(_pair(line) for line in got.headers.getlist("Set-Cookie"))
        return got, _header(self.cookies | made)

    def looked(self, path: str, cookies: str) -> urllib3.BaseHTTPResponse:
        """One page of ours."""
        return self._request("GET", path, {"Cookie": cookies})

    def departed(self, path: str) -> tuple[SamlReply, str]:
        """A portal's request leads to the makelaar: what that is asked, and our cookies since."""
        got = self._request("GET", path, {"Cookie": _header(self.cookies)})
        place = got.headers.get("Location", "")
        if got.status not in (302, 303) or "SAMLRequest" not in place:
            raise Refused(f"{path.partition('?')[0]}: {got.status}")
        made = dict(_pair(line) for line in got.headers.getlist("Set-Cookie"))
        return _asked(place), _header(self.cookies | made)

    def _arrive(self, asked: SamlReply, message: bytes, cookies: str) -> str:
        return _code_in(self.arrived(asked, message, cookies))

    def arrived(self, asked: SamlReply, message: bytes, cookies: str) -> urllib3.BaseHTTPResponse:
        """The makelaar's Response comes in: what the browser gets then, to carry to the portal."""
        return self._gone_on(self.deliver(asked, message), cookies)

    def code_after(self, place: str, cookies: str) -> str:
        """The makelaar's answer comes in by this address: the code for the portal."""
        there = urlsplit(place)
        got = self._request("GET", f"{there.path}?{there.query}", {"Cookie": cookies})
        return _code_in(self._gone_on(got, cookies))

    def _gone_on(self, got: urllib3.BaseHTTPResponse, cookies: str) -> urllib3.BaseHTTPResponse:
        place = got.headers.get("Location", "")
        if got.status != 303 or "/login/" not in place:
            raise Refused(f"acs: {got.status}")
        there = urlsplit(place)
        got = self._request("GET", f"{there.path}?{there.query}", {"Cookie": cookies})
        made = dict(_pair(line) for line in got.headers.getlist("Set-Cookie"))
        self.cookies |= {name: made[name] for name in LASTING if name in made}
        if KNOWN not in self.cookies:
            raise Refused(f"login: {got.status}, and this browser is not known afterwards")
        return got

    def redeemed(self, code: str, verifier: str, nonce: str) -> dict[str, object]:
        """The portal fetches its tokens: the claims of the verified ID token. Raises Refused."""
        now = int(time.time())
        issuer = self.demo.addresses.broker
        claims = {"iss": CLIENT, "sub": CLIENT, "aud": issuer, "iat": now, "exp": now + 60}
        claims["jti"] = secrets.token_urlsafe(16)
        header = {"alg": "RS256", "kid": self.key.kid}
        assertion = jwt.encode(header, claims, self.key, algorithms=["RS256"])
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": verifier,
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion,
        }
        got = self._post("/token", fields, {})
        if got.status != 200:
            raise Refused(f"token: {got.status}")
        token = jwt.decode(got.json()["id_token"], self.keys, algorithms=["PS256"])
        if token.claims["nonce"] != nonce or "represents" not in token.claims:
            raise Refused("ID token: nonce or represents")
        return dict(token.claims)

    @property
    def _callback(self) -> str:
        return f"{self.demo.addresses.portal}/callback/{CLIENT}"

    def _post(
        self, path: str, fields: dict[str, str], headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        return self._request("POST", path, {**_FORM, **headers}, urlencode(fields))

    def _request(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> urllib3.BaseHTTPResponse:
        sent = {"Host": self.host, **headers}
        return self.http.request(method, path, body=body, headers=sent, redirect=False)


def introduce(demo: Demo) -> dict[str, str]:
    """Log in once with a browser: the makelaar is remembered, consent is kept, the browser is
    known. The cookies of it that last.

    Raises BrowserError when the login does not end at the portal.
    """
    browser = Browser()
    walk = Walk(demo, BODEM.name, "Polderpoort", "jan", browser=browser, remembers=True)
    page = walk.run()
    if page.heading != "U bent ingelogd":
        raise Refused(f"introduction: {page.status} {page.heading}")
    kept = browser.cookies(demo.addresses.broker)
    return {name: kept[name] for name in LASTING}


def user(demo: Demo, cookies: dict[str, str]) -> User:
    """A user with connections of its own."""
    parts = urlsplit(demo.addresses.broker)
    clients = prepare.portal_clients(demo)
    key = next(c.key for c in clients if c.registration.client_id == CLIENT)
    assert isinstance(key, RSAKey)
    party = RelyingParty(demo.addresses.broker, demo.addresses.portal, clients, HttpWire())
    makelaar = next(m for m in prepare.makelaars(demo) if m.profile.slug == MAKELAAR)
    return User(
        demo=demo,
        cookies=dict(cookies),
        makelaar=makelaar,
        stamp=stamp_of(makelaar, Broker(demo.addresses.broker).service_provider().encryption[0]),
        key=key,
        keys=KeySet.import_key_set(party._document(f"{demo.addresses.broker}/jwks")),
        http=urllib3.HTTPConnectionPool("127.0.0.1", parts.port, retries=False, timeout=30),
        host=parts.netloc,
    )


def _asked(place: str) -> SamlReply:
    """What the AuthnRequest in this redirect asks."""
    parameters = parse_qs(urlsplit(place).query)
    raw = zlib.decompress(base64.b64decode(parameters["SAMLRequest"][0]), -15)
    root = etree.fromstring(raw)
    return SamlReply(
        request_id=root.get("ID"),
        consumer=root.get("AssertionConsumerServiceURL"),
        audience=root.findtext("{*}Issuer"),
        relay_state=parameters["RelayState"][0],
    )


def _code_in(got: urllib3.BaseHTTPResponse) -> str:
    parameters = parse_qs(urlsplit(got.headers.get("Location", "")).query)
    if got.status != 303 or "code" not in parameters:
        raise Refused(f"login: {got.status} {got.headers.get('Location', '')[:80]}")
    return parameters["code"][0]


def _pair(line: str) -> tuple[str, str]:
    """Name and value of a Set-Cookie header."""
    name, _, value = line.partition(";")[0].partition("=")
    return name, value


def _header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
