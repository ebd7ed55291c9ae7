"""Every mail in both languages, by daylight and in the dark, as a mail program shows it."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from playwright.sync_api import Browser

from broker.texts.outside_request import texts
from tests.broker.texts.every_mail import every_mail
from tests.browser.checks import NARROWEST, axe_violations, too_wide

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "scheme"), [("nl", "light"), ("en", "light"), ("nl", "dark")])
def test_every_mail_is_sound(undrawn: Browser, language: str, scheme: str) -> None:
    name = "Bakkerij De Korenmolen en Zonen van Haarlemmermeerpolderlandbouw <b>B.V.</b>"
    with undrawn.new_context(
        viewport={"width": NARROWEST, "height": 640},
        color_scheme="dark" if scheme == "dark" else "light",
        offline=True,
    ) as context:
        page = context.new_page()
        wrong: list[str] = []
        for which, make in every_mail():
            with texts(), force_locale(language):
                message = make(language, name)
            assert message.html is not None
            page.set_content(message.html)
            wrong += [f"{which}: {one}" for one in (*axe_violations(page), *too_wide(page))]
        assert wrong == []


def test_the_dark_is_dark(headless_shell: Browser) -> None:
    """Else the check above judged the same colours twice."""
    shown = {}
    with texts():
        (mail,) = (make for which, make in every_mail() if which == "form_mails.received")
        html = mail("nl", "").html
    for scheme in ("light", "dark"):
        with headless_shell.new_context(
            color_scheme="dark" if scheme == "dark" else "light"
        ) as context:
            page = context.new_page()
            page.set_content(html or "")
            shown[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shown == {"light": "rgb(247, 246, 243)", "dark": "rgb(4, 34, 42)"}
