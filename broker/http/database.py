"""The SQL session of a request: Flask-SQLAlchemy around the engine that the process already has."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from state.db import Base


class Database(SQLAlchemy):
    """One session per request, ended with it; the engine is given, not made."""

    def __init__(self, engine: Engine) -> None:
        self._given = engine
        super().__init__(
            model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False}
        )

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:  # noqa: ARG002
        return self._given

    def current_session(self) -> Session:
        """The session of this request."""
        return cast(Session, self.session())


def install(app: Flask, engine: Engine) -> Database:
    app.config["SQLALCHEMY_DATABASE_URI"] = engine.url
    database = Database(engine)
    database.init_app(app)
    return database
