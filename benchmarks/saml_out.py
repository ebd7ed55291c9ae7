"""The same login for a portal that speaks SAML: its signed request in, a signed Response out."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from benchmarks.floor import Floor
from benchmarks.processes import cpu_seconds
from benchmarks.server import Measured
from benchmarks.user import LASTING, Refused, User, user
from sandbox import prepare
from sandbox.browser import Browser
from sandbox.prepare import Demo
from sandbox.saml_portal.party import HOME, SERVICES, SamlParty
from sandbox.saml_portal.request import authn_request, redirect_url
from sandbox.walk import Walk

SERVICE: Final = SERVICES[0]
WARM_UP: Final = 20
_ANSWER: Final = re.compile(rb'name="SAMLResponse" value="([A-Za-z0-9+/=]+)"')


@dataclass
class SamlPortalUser:
    """Jan again, at the portal that speaks SAML."""

    user: User
    party: SamlParty
    sso_url: str = field(init=False)

    def __post_init__(self) -> None:
        self.sso_url = f"{self.user.demo.addresses.broker}/saml/idp/sso"

    def log_in(self) -> None:
        """One whole login, to the Response that the browser carries. Raises Refused."""
        message = authn_request(self.party, SERVICE, self.sso_url)
        url = redirect_url(self.party, message, self.sso_url, secrets.token_urlsafe(16))
        parts = urlsplit(url)
        asked, cookies = self.user.departed(f"{parts.path}?{parts.query}")
        answer = self.user.stamp.answer(asked, encrypt=True)
        got = self.user.arrived(asked, answer, cookies)
        found = _ANSWER.search(got.data)
        if got.status != 200 or found is None:
            raise Refused(f"login over SAML: {got.status}")
        if b"status:Success" not in base64.b64decode(found[1]):
            raise Refused("login over SAML: another status than Success")


def cost(broker: Measured, sample: int) -> tuple[float, float]:
    """CPU of one login and of the bare cryptography in it, in milliseconds."""
    one = introduced(broker.demo)
    for _ in range(WARM_UP):
        one.log_in()
    floor = Floor(encrypt=True, saml_out=True)
    used = cpu_seconds(broker.pid)
    for _ in range(sample):
        one.log_in()
        floor.once()
    used = cpu_seconds(broker.pid) - used
    return used * 1000 / sample, floor.milliseconds


def introduced(demo: Demo) -> SamlPortalUser:
    """Jan, who logged in at this portal before: makelaar, consent and browser are known."""
    browser = Browser()
    walk = Walk(
        demo, SERVICE.name, "Polderpoort", "jan", front=HOME, browser=browser, remembers=True
    )
    page = walk.run()
    if page.heading != "U bent ingelogd":
        raise Refused(f"introduction over SAML: {page.status} {page.heading}")
    kept = browser.cookies(demo.addresses.broker)
    cookies = {name: kept[name] for name in LASTING}
    return SamlPortalUser(user(demo, cookies), prepare.saml_party(demo))
