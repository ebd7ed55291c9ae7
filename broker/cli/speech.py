"""Texts for people outside a request: what a command makes somebody read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_babel import Babel

import broker


@contextmanager
def texts() -> Iterator[None]:
    """An application context with the translations, in Dutch until somebody asks another."""
    folder = Path(broker.__file__).parent / "translations"
    app = Flask("texts")
    Babel(app, default_locale="nl", default_translation_directories=str(folder))
    with app.app_context():
        yield
