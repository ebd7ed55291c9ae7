"""Databases for the tests of our keys."""

from __future__ import annotations

from tests.state.conftest import clock, engine, postgresql_url, session, sessions

__all__ = ["clock", "engine", "postgresql_url", "session", "sessions"]
