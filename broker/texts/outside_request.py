"""Texts for people outside a request: what a command or a job makes somebody read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from flask import Flask
from flask_babel import Babel

from broker.texts import sentences

TIME_ZONE: Final = "Europe/Amsterdam"
TRANSLATIONS: Final = Path(__file__).parent / "translations"


@contextmanager
def texts() -> Iterator[None]:
    """An application context with the translations, in Dutch until somebody asks another."""
    with _application().app_context():
        yield


@cache
def _application() -> Flask:
    """Made once: that and reading the translations cost more than a mail does."""
    app = Flask("texts")
    Babel(
        app,
        default_locale="nl",
        default_timezone=TIME_ZONE,
        default_translation_directories=str(TRANSLATIONS),
    )
    sentences.install(app)
    return app
