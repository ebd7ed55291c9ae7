"""A walk past every secret that people and portals get from us or give to us: second factors of
every kind, accounts, forgotten passwords, ``/mijn``, and the worker that delivers what was written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import pyotp

from sandbox.browser import Browser, Page
from sandbox.prepare import password, recovery_codes, totp_secret
from state.outbox import DeliveryFailed, Message
from tests.broker.account_logins import NEW, user_name
from tests.broker.recorder import Recorder
from tests.deliveries import deliver_due
from tests.journeys.at_mijn import BASE, fresh
from tests.world import ADDRESSES, World

NUMBER: Final = "+31687654321"
WRONG_PASSWORD: Final = "een fout wachtwoord met een geheim"
FORGOTTEN: Final = f"{ADDRESSES.broker}/inloggegevens-vergeten"


class _Down:
    def send(self, message_id: str, message: Message) -> None:
        raise DeliveryFailed("webhook_503")


def walk_past_every_secret(world: World, recorder: Recorder) -> set[str]:
    """What was shown, sent or typed, besides what went over the wire in parameters and cookies."""
    seen: set[str] = {NUMBER, WRONG_PASSWORD, NEW}
    walk = _Walk(replace(world, wire=recorder), seen)  # type: ignore[arg-type]
    walk.factors()
    walk.account()
    walk.forgotten()
    walk.mine()
    return {value for value in seen if len(value) >= 6}


class _Walk:
    def __init__(self, world: World, seen: set[str]) -> None:
        self.world, self.seen = world, seen

    def factors(self) -> None:
        """A code by SMS after a wrong one, of an app, and of a sheet."""
        browser = self._asked("yara")
        self._fails_to_deliver()
        code = self._sms()
        self._give(browser, "000001")
        assert self._give(browser, code).status == 200
        browser = self._asked("roos")
        fresh(self.world)
        seed = totp_secret(self.world.demo, "roos")
        code = pyotp.TOTP(seed).at(self.world.clock())
        self.seen |= {seed, code}
        assert self._give(browser, code).status == 200
        browser = self._asked("yara")
        browser.click("Gebruik een herstelcode")
        (code, *others) = recovery_codes(self.world.demo, "yara")
        self.seen |= {code, *others, *(each.replace("-", "") for each in (code, *others))}
        assert self._give(browser, code).status == 200

    def account(self) -> None:
        """A wrong password, and the right one."""
        right = password(self.world.demo, "daan")
        self.seen.add(right)
        browser = self.world.browser()
        browser.open(f"{ADDRESSES.portal}/")
        browser.click("Ideeënbus voor ondernemers")
        browser.press("method", "account")
        for text, status in ((WRONG_PASSWORD, 422), (right, 200)):
            browser.fill("name", user_name("daan"))
            browser.fill("password", text)
            assert browser.click("Log in").status == status

    def forgotten(self) -> None:
        """The link, and a new password."""
        browser = self.world.browser()
        browser.open(FORGOTTEN)
        browser.fill("name", user_name("daan"))
        browser.click("Stuur de e-mail")
        mail = next(m for m in reversed(self._delivered()) if FORGOTTEN in m["text"])
        (link,) = re.findall(rf"{re.escape(FORGOTTEN)}/\S+", mail["text"])
        self.seen.add(link.rpartition("/")[2])
        browser.open(link)
        browser.fill("password", NEW)
        browser.fill("again", NEW)
        assert browser.click("Bewaar mijn wachtwoord").status == 200

    def mine(self) -> None:
        """An app, a number and a sheet of codes are added."""
        browser = self.world.browser()
        browser.open(BASE)
        browser.click("Polderpoort")
        browser.press("person", "jan")
        browser.open(f"{BASE}/app")
        assert browser.page is not None
        seed = str(browser.page.tree.get_element_by_id("sleutel").text_content()).replace(" ", "")
        code = pyotp.TOTP(seed).at(self.world.clock())
        self.seen |= {seed, code}
        browser.fill("code", code)
        assert browser.click("Voeg de app toe").status == 200
        browser.open(f"{BASE}/sms")
        browser.fill("number", NUMBER)
        browser.click("Stuur een code")
        browser.fill("code", self._sms())
        assert browser.click("Voeg het nummer toe").status == 200
        browser.open(f"{BASE}/herstelcodes")
        page = browser.click("Maak herstelcodes")
        codes = re.findall(r">\s*([0-9a-z]{4}(?:-[0-9a-z]{4}){3})\s*<", page.answer.body.decode())
        assert len(codes) == 10, page.text
        self.seen |= {*codes, *(each.replace("-", "") for each in codes)}
        self._delivered()

    def _asked(self, person: str) -> Browser:
        """Before the question for a second factor."""
        browser = self.world.browser()
        browser.open(f"{ADDRESSES.portal}/")
        browser.click("Lozing melden")
        browser.click("Brugwacht")
        assert browser.press("person", person).status == 200
        return browser

    @staticmethod
    def _give(browser: Browser, code: str) -> Page:
        browser.fill("code", code)
        return browser.click("Ga verder")

    def _sms(self) -> str:
        """The code of the last SMS."""
        message = next(m for m in reversed(self._delivered()) if m["channel"] == "sms")
        code = str(message["text"]).rpartition("#")[2]
        self.seen.add(code)
        return code

    def _delivered(self) -> list[dict[str, str]]:
        return self.world.deliver_mail()

    def _fails_to_deliver(self) -> None:
        parts = self.world.process
        deliver_due(parts.sessions, parts.sealer, _Down(), parts.clock)
        self.world.clock.advance(5)
