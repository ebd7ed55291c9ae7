"""The demo that the software of others meets."""

from tests.browser.fixtures import chromium, running

__all__ = ["chromium", "running"]
