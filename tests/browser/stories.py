"""What the stories share: an administrator at work in one of several companies."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

NEXT: Final = ".utrecht-action-group button"
AGREE: Final = "button[name=agree][value=yes]"
_SWITCHER: Final = ".sluis-switcher summary"


def enter_beheer(visitor: Visitor, person: str, number: str) -> None:
    """Logged in at ``/beheer`` through Polderpoort, at the company with this KvK number."""
    visitor.go("/beheer")
    visitor.choose("polderpoort")
    visitor.log_in_as(person)
    work_at(visitor, number)


def work_at(visitor: Visitor, number: str) -> None:
    """Switch to this company; the header says so."""
    visitor.page.click(_SWITCHER)
    visitor.click(f"button[name=bedrijf]:has-text('{number}')")
    expect(visitor.page.locator(_SWITCHER)).to_contain_text(number)
