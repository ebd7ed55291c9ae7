"""A page that gets an answer which somebody else got. Playwright's own way (``Page.route``) throws
away what the browser keeps, so each page would fetch and read every style sheet and font anew.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Page

from sandbox.wire import Answer

_OF_WIRE: Final = {"content-length", "transfer-encoding", "connection", "set-cookie"}


@contextmanager
def answered_with(page: Page, url: str, answer: Answer, *, empty: str | None) -> Iterator[None]:
    """Inside this block the address ``url`` has this answer. ``empty``: addresses (``*``: any
    characters) of which the answer is an empty script.
    """
    headers = [
        {"name": name, "value": value}
        for name, value in answer.headers
        if name.lower() not in _OF_WIRE
    ]
    asked = {
        "urlPattern": re.sub(r"([*?\\])", r"\\\1", url.partition("#")[0]),
        "resourceType": "Document",
    }
    session = page.context.new_cdp_session(page)

    def answered(paused: dict[str, Any]) -> None:
        given: dict[str, Any] = {
            "requestId": paused["requestId"],
            "responseCode": answer.status,
            "responseHeaders": headers,
            "body": base64.b64encode(answer.body).decode(),
        }
        if paused["resourceType"] != "Document":
            script = [{"name": "Content-Type", "value": "text/javascript"}]
            given |= {"responseCode": 200, "responseHeaders": script, "body": ""}
        session.send("Fetch.fulfillRequest", given)

    session.on("Fetch.requestPaused", answered)
    patterns = [asked, *([{"urlPattern": empty}] if empty else [])]
    session.send("Fetch.enable", {"patterns": patterns})
    try:
        yield
    finally:
        session.detach()
