"""Users: each logs in through every page and redirect, and the portal redeems the code; what was
acknowledged goes into the ledger.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox import prepare
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, IDEEEN, LOZING, PortalClient, PortalService
from sandbox.portal.relying_party import Asked, LoginWrong, RelyingParty
from sandbox.prepare import Demo
from sandbox.walk import Walk
from sandbox.wire import Answer, HttpWire
from tests.broker.portal import query_of
from tests.faults.ending import Ending, Kind, judge_answer, judge_page
from tests.faults.ledger import Ledger

CODE_SECONDS: Final = 30  # life of a code of an app
PORTAL_TRIES: Final = 5  # of the portal, where the broker says that it is busy
PORTAL_PAUSE: Final = 1.0  # seconds
USER_PAUSE: Final = 1.0
MOST_PAGES: Final = 15


@dataclass(frozen=True)
class Persona:
    """Who logs in where, as the pages name it."""

    person: str
    makelaar: str
    client_id: str
    service: PortalService
    on_behalf_of: str | None = None


JAN: Final = Persona("jan", "Polderpoort", "bronhouderportaal", BODEM)
JAN_ELSEWHERE: Final = Persona("jan", "Zekerweg", "bronhouderportaal", BODEM)
IDEAS: Final = Persona("jan", "Polderpoort", "ondernemersloket", IDEEEN)
MO: Final = Persona("mo", "Zekerweg", "bronhouderportaal", BODEM, "Korenmolen")
ROOS: Final = Persona("roos", "Brugwacht", "bronhouderportaal", LOZING)
FATIMA: Final = Persona("fatima", "Veerhuis", "bronhouderportaal", LOZING)
PERSONAS: Final = (JAN, JAN_ELSEWHERE, IDEAS, MO)  # any number of them may log in at once


@dataclass(frozen=True)
class Sent:
    """One request, to be sent again by who should not."""

    method: str
    url: str
    body: str | None
    headers: Mapping[str, str]


class Line(HttpWire):
    """The network as a browser and a portal see it: the portal's own pages are played here.

    ``last``: what came back last; ``token``: from the token endpoint.
    """

    def __init__(self, portal: str) -> None:
        super().__init__()
        self.sent: list[Sent] = []
        self.last: Answer | None = None
        self.token: Answer | None = None
        self._portal = urlsplit(portal).netloc

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        if urlsplit(url).netloc == self._portal:
            return Answer(200, (), b"<html><title>Portaal</title><h1>Portaal</h1></html>")
        self.sent.append(Sent(method, url, body, dict(headers)))
        self.last = super().request(method, url, body, headers)
        if url.endswith("/token"):
            self.token = self.last
        return self.last

    def close(self) -> None:
        self._http.clear()


@dataclass
class Scene:
    """What the users of one fleet share."""

    demo: Demo
    ledger: Ledger = field(default_factory=Ledger)
    documents: dict[str, Any] = field(default_factory=dict)  # discovery and keys of the broker
    reused: int = 0  # codes that a test sent twice on purpose
    _code: threading.Lock = field(default_factory=threading.Lock)
    _code_used: int = 0

    def __post_init__(self) -> None:
        self.clients = prepare.portal_clients(self.demo)

    def client(self, persona: Persona) -> PortalClient:
        return next(c for c in self.clients if c.registration.client_id == persona.client_id)

    def warm_up(self) -> None:
        """Everybody knows the documents of everybody, and each consent was given: what follows is
        the login alone.
        """
        for persona in (JAN, JAN_ELSEWHERE):
            user = User(self, persona)
            if not user.log_in().is_done:
                raise RuntimeError("nobody can log in")
            user.close()

    def has_fresh_code(self) -> bool:
        """Is there a code that nobody gave yet, without waiting for it?"""
        return self._code_used < int(time.time()) // CODE_SECONDS

    def fresh_step(self) -> int:
        """A 30-second step whose code nobody used; waits for the next one where that is needed."""
        with self._code:
            while (step := int(time.time()) // CODE_SECONDS) <= self._code_used:
                time.sleep(0.2)
            self._code_used = step
            return step


@dataclass
class User:
    """One browser and the portal that it visits."""

    scene: Scene
    persona: Persona

    def __post_init__(self) -> None:
        self.line = Line(self.scene.demo.addresses.portal)
        self.browser = Browser(wire=self.line)
        addresses = self.scene.demo.addresses
        self.party = RelyingParty(
            addresses.broker,
            addresses.portal,
            self.scene.clients,
            self.line,
            _documents=self.scene.documents,
        )
        self.code = ""
        self.asked: Asked | None = None
        self._step: int | None = None

    def log_in(self) -> Ending:
        """One try, from the portal to the token; it stands in the ledger."""
        self._step = None
        page = self.begin()
        ending = self.finish(page)
        self.scene.ledger.ended(ending, self.persona.client_id)
        return ending

    def log_in_at_last(self, seconds: float) -> Ending:
        """Try again, as the pages say, until it succeeds or the time is over; the last try."""
        end = time.monotonic() + seconds
        while not (ending := self.log_in()).is_done and time.monotonic() < end:
            time.sleep(USER_PAUSE)
        return ending

    def begin(self) -> Page:
        """The first page after the portal sent the browser away."""
        self.asked, url = self.party.ask(
            self.scene.client(self.persona), self.persona.service, {"ui_locales": "nl"}
        )
        return self.browser.open(url)

    def finish(self, page: Page) -> Ending:
        """Answer every question from here on, and let the portal redeem."""
        page = self.walk(page)
        if not page.url.startswith(self.scene.demo.addresses.portal):
            return judge_page(page, self.scene.demo.addresses.broker)
        query = query_of(page.url)
        if "code" not in query:
            return Ending(Kind.TOLD_PORTAL, f"{query.get('error')}")
        if self._step is not None:
            self.scene.ledger.used_factor(self._step)
        return self.redeem(query)

    def walk(self, page: Page) -> Page:
        """The page on which the questions end."""
        steps = _Steps(self.scene.demo, self.persona, self)
        for _ in range(MOST_PAGES):
            answer = steps.answer_to(page) if page.status == 200 else None
            if answer is None:
                return page
            page = answer()
        return page

    def redeem(self, query: dict[str, str]) -> Ending:
        """The portal's part. Where the broker is busy it tries again a few times."""
        assert self.asked is not None
        self.code = query["code"]
        for _ in range(PORTAL_TRIES):
            try:
                claims, _checks = self.party.receive(self.asked, query)
            except LoginWrong as wrong:
                ending = self._refused(wrong)
                if ending.kind is not Kind.BUSY:
                    return ending
                time.sleep(PORTAL_PAUSE)
                continue
            self.scene.ledger.got_token(self.code)
            return Ending(Kind.REDEEMED, "", self._grant(), str(claims["sid"]))
        return ending

    def redeem_again(self, seconds: float) -> Ending:
        """The code on the page once more, until a worker is there to answer."""
        assert self.browser.page is not None
        query, end = query_of(self.browser.page.url), time.monotonic() + seconds
        while (ending := self.redeem(query)).kind is Kind.CUT and time.monotonic() < end:
            time.sleep(PORTAL_PAUSE)
        return ending

    def ask_for_mandate(self) -> bool:
        """Fatima asks the administrators of her organisation for what she may not do."""
        self.log_in()
        page = self.browser.click("Stuur verzoek naar mijn beheerder")
        confirmed = "Uw verzoek is verstuurd" in page.text
        if confirmed:
            self.scene.ledger.requested()
        return confirmed

    def again(self, path: str) -> Answer:
        """Send the last POST to this path once more, exactly as it was."""
        sent = next(s for s in reversed(self.line.sent) if s.method == "POST" and path in s.url)
        return self.line.request(sent.method, sent.url, sent.body, sent.headers)

    def answer_code(self) -> int:
        """The step whose code this user gives."""
        self._step = self.scene.fresh_step()
        return self._step

    def close(self) -> None:
        self.line.close()

    def _refused(self, wrong: LoginWrong) -> Ending:
        """The portal has a page of its own for what the token endpoint said, if that was said in
        order.
        """
        answer = self.line.last
        if answer is None or answer.status == 200:
            return Ending(Kind.BAD, f"portal: {wrong}")
        if answer.status in (400, 401) and "error" in _json(answer):
            return Ending(Kind.TOLD_PORTAL, f"token endpoint: {_json(answer)['error']}")
        return judge_answer(answer, f"{answer.status} token endpoint")

    def _grant(self) -> str:
        """The grant behind the access token that the portal got."""
        assert self.line.token is not None
        payload = self.line.token.json()["access_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["gid"])


class _Steps(Walk):
    """The answers of sandbox.walk, with a code that nobody gave before."""

    def __init__(self, demo: Demo, persona: Persona, user: User) -> None:
        super().__init__(
            demo,
            persona.service.name,
            persona.makelaar,
            persona.person,
            on_behalf_of=persona.on_behalf_of,
            browser=user.browser,
        )
        self._user = user

    def answer_to(self, page: Page) -> Any:
        return self._answer_to(page)

    def _give_code(self) -> Page:
        self._user.answer_code()
        return super()._give_code()


def _json(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
