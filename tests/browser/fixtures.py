"""One demo and one Chromium for each worker; a conftest imports what its tests need.

Whoever runs one test of a rule waits for neither: the whole product and the driver of browsers are
loaded by who asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from tests.running_demo import RunningDemo


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    from tests.running_demo import running_demo

    with running_demo(tmp_path_factory.mktemp("running") / "demo") as demo:
        yield demo


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    """For what crosses origins, and for keys and passkeys: the browser itself."""
    from tests.browser.chromium import launched

    browser = launched(_playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def headless_shell(_playwright: Playwright) -> Iterator[Browser]:
    """For walks over pages one by one."""
    from tests.browser.chromium import launched

    browser = launched(_playwright, only_pages=True)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def undrawn(_playwright: Playwright) -> Iterator[Browser]:
    """For pages that are looked at and not touched: nothing draws them meanwhile."""
    from tests.browser.chromium import launched

    browser = launched(_playwright, undrawn=True)
    yield browser
    browser.close()


@pytest.fixture
def looked_with(request: pytest.FixtureRequest, language: str, size: tuple[int, int]) -> Browser:
    """For a walk that is made in every language and size: once in the browser itself, and for its
    other looks in the headless shell, which costs a third.
    """
    from tests.browser.visitor import DESKTOP

    itself = language == "nl" and size == DESKTOP
    found: Browser = request.getfixturevalue("chromium" if itself else "headless_shell")
    return found
