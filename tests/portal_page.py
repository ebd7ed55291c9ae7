"""What the page of the sample portal shows of a login that it verified."""

from __future__ import annotations

import json
from typing import Any

from sandbox.browser import Page


def claims_on(page: Page | None) -> dict[str, Any]:
    """The claims of the token; AssertionError where the page shows none."""
    token = None if page is None else page.tree.find(".//pre")
    assert token is not None, page and page.text
    found: dict[str, Any] = json.loads(token.text_content())
    return found


def checks_on(page: Page) -> dict[str, str]:
    """Each check with what it found."""
    found = {}
    for item in page.tree.findall(".//ul[@class='sluis-checks']/li/span"):
        detail = " ".join(str(one.text_content()) for one in item.findall("span"))
        found[(item.text or "").strip()] = " ".join(detail.split())
    return found
