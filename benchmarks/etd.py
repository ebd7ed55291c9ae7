"""The same login through a makelaar of eHerkenning: a signed request by form, the answer fetched by
artifact, three identifiers encrypted one by one, the assertions of others kept as evidence.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3

from benchmarks.floor import Floor
from benchmarks.processes import cpu_seconds
from benchmarks.server import Measured
from benchmarks.user import LASTING, Refused, User, user
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from sandbox.prepare import Demo
from sandbox.walk import Walk

MAKELAAR: Final = "Waterpoort"
PERSON: Final = "hanna"  # for whom the makelaar vouches: who acts, and two numbers of her company
IDENTIFIERS: Final = 3
WARM_UP: Final = 20
_FIELD: Final = re.compile(r'name="(SAMLRequest|RelayState|question)" value="([^"]+)"')
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class EtdUser:
    """Hanna, at the portal that speaks OpenID Connect. ``makelaar``: the one of the demo, in a
    process that is not measured.
    """

    user: User
    makelaar: urllib3.HTTPConnectionPool = field(init=False)

    def __post_init__(self) -> None:
        at = urlsplit(self.user.demo.addresses.makelaars)
        self.makelaar = urllib3.HTTPConnectionPool(
            at.hostname or "", at.port, retries=False, timeout=30
        )

    def log_in(self) -> dict[str, object]:
        """One whole login; the claims of the verified ID token. Raises Refused."""
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        page, cookies = self.user.asked_by_form(nonce, verifier)
        place = self._answered(dict(_FIELD.findall(page)))
        code = self.user.code_after(place, cookies)
        return self.user.redeemed(code, verifier, nonce)

    def _answered(self, asked: dict[str, str]) -> str:
        """The address with the artifact to which the makelaar sends the browser."""
        page = self._post("sso", {name: unescape(value) for name, value in asked.items()})
        found = dict(_FIELD.findall(page.data.decode()))
        if "question" not in found:
            raise Refused(f"{MAKELAAR}: {page.status}")
        got = self._post("login", {"question": found["question"], "person": PERSON})
        place = got.headers.get("Location", "")
        if "SAMLart" not in parse_qs(urlsplit(place).query):
            raise Refused(f"{MAKELAAR}: {got.status}, no artifact")
        return place

    def _post(self, path: str, fields: dict[str, str]) -> urllib3.BaseHTTPResponse:
        url = f"/{MAKELAAR.lower()}/{path}"
        return self.makelaar.request(
            "POST", url, body=urlencode(fields), headers=_FORM, redirect=False
        )


def cost(broker: Measured, sample: int) -> tuple[float, float]:
    """CPU of one login and of the bare cryptography in it, in milliseconds."""
    one = introduced(broker.demo)
    for _ in range(WARM_UP):
        one.log_in()
    floor = Floor(encrypt=False, identifiers=IDENTIFIERS)
    used = cpu_seconds(broker.pid)
    for _ in range(sample):
        one.log_in()
        floor.once()
    used = cpu_seconds(broker.pid) - used
    return used * 1000 / sample, floor.milliseconds


def introduced(demo: Demo) -> EtdUser:
    """Hanna, who logged in before: makelaar, consent and browser are known."""
    browser = Browser()
    page = Walk(demo, BODEM.name, MAKELAAR, PERSON, browser=browser, remembers=True).run()
    if page.heading != "U bent ingelogd":
        raise Refused(f"introduction at {MAKELAAR}: {page.status} {page.heading}")
    kept = browser.cookies(demo.addresses.broker)
    return EtdUser(user(demo, {name: kept[name] for name in LASTING}))
