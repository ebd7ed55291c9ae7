"""What every page must be: free of axe violations, whole on a narrow screen, silent in the
console.
"""

from __future__ import annotations

from typing import Final

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

NARROWEST: Final = 320  # CSS pixels: 400 % of a screen of 1280
_AXE: Final = Axe()
_ASKED: Final = {"resultTypes": ["violations"]}  # to write down what is well takes a third longer
# What is well is not handed over: to write that down for here takes as long as to look for it.
_VIOLATIONS: Final = """asked => window.axe ? axe.run(document, asked).then(
    found => found.violations.flatMap(
        rule => rule.nodes.map(node => `${rule.id}: ${rule.help}: ${node.html}`))) : null"""


def bring_axe(page: Page) -> None:
    """Every document that this window opens from now on has axe, which crosses to it once. For a
    window of which every page is judged.
    """
    page.add_init_script(script=_AXE.axe_script)


def axe_violations(page: Page) -> list[str]:
    """One line per violation of any axe rule, with the elements that break it."""
    found: list[str] | None = page.evaluate(_VIOLATIONS, _ASKED)
    if found is None:
        page.evaluate(_AXE.axe_script)
        found = page.evaluate(_VIOLATIONS, _ASKED)
    assert found is not None
    return found


def too_wide(page: Page) -> list[str]:
    """Elements that stick out of the window sideways; empty where nobody has to scroll."""
    if page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        return []
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
            .map(e => e.outerHTML.slice(0, 120))"""
    )
    return found or ["the page is wider than the window"]


def small_targets(page: Page) -> list[str]:
    """Controls of less than 24 by 24 CSS pixels that do not stand in a sentence."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, summary, textarea')]
            .filter(e => e.type !== 'hidden' && !e.closest('p, dd, li'))
            .map(e => [e, (e.closest('label') || e).getBoundingClientRect()])
            .filter(([e, box]) => box.width && box.height && (box.width < 24 || box.height < 24))
            .filter(([e, box]) => box.bottom > 0)
            .map(([e, box]) => `${box.width}x${box.height} ${e.outerHTML.slice(0, 120)}`)"""
    )
    return found
