"""One demo and one Chromium for each worker; a conftest imports what its tests need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.chromium import launched
from tests.running_demo import RunningDemo, running_demo


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("running") / "demo") as demo:
        yield demo


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    """For what crosses origins, and for keys and passkeys: the browser itself."""
    browser = launched(_playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def headless_shell(_playwright: Playwright) -> Iterator[Browser]:
    """For the looks of pages one by one."""
    browser = launched(_playwright, only_pages=True)
    yield browser
    browser.close()
