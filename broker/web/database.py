"""The SQL session of a request: Flask-SQLAlchemy around the engine that the process already has."""

from __future__ import annotations

from traceback import clear_frames
from typing import Any, cast

import structlog
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

from state import outages, prepared
from state.db import Base, reading_alone

log = structlog.get_logger()


class RequestSession(FlaskSession):
    """A session of the one engine that there is; it looks for no other. What a request reads, it
    reads on one connection.
    """

    def __init__(self, db: SQLAlchemy, **given: Any) -> None:
        super().__init__(db, **given)
        prepared.share_reads(self)

    def close(self) -> None:
        try:
            prepared.end_reads(self)
        finally:
            super().close()

    def get_bind(
        self,
        mapper: Any = None,  # noqa: ARG002
        clause: Any = None,  # noqa: ARG002
        bind: Engine | Connection | None = None,
        **_: Any,
    ) -> Engine | Connection:
        return bind or cast(RequestDatabase, self._db).given


@event.listens_for(RequestSession, "after_transaction_create")
def _on_one_connection(session: Session, _: SessionTransaction) -> None:
    """Whatever else the session does needs a connection of its own: a request that held both would
    wait for others that do, where there are as many of them as connections.
    """
    prepared.end_reads(session)


class RequestDatabase(SQLAlchemy):
    """One session per request, ended with it; the engine is given, not made."""

    def __init__(self, engine: Engine) -> None:
        self.given = reading_alone(engine)
        super().__init__(
            model_class=Base,
            disable_autonaming=True,
            session_options={"expire_on_commit": False, "class_": RequestSession},
        )

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:  # noqa: ARG002
        return self.given

    def _teardown_session(self, exc: BaseException | None) -> None:
        """End the session of this request. What was written is committed by then, so a connection
        that broke since takes nothing away from the answer.
        """
        try:
            super()._teardown_session(exc)
        except DBAPIError as error:
            log.warning("database.gone_after_the_answer", error=outages.named(error))
            self.session.registry.clear()
            # The frames hold the connection in a circle: until the collector comes, and that is
            # rarely, the pool would have one less.
            clear_frames(error.__traceback__)

    def current_session(self) -> Session:
        """The session of this request."""
        return cast(Session, self.session())


def install(app: Flask, engine: Engine) -> RequestDatabase:
    app.config["SQLALCHEMY_DATABASE_URI"] = engine.url
    database = RequestDatabase(engine)
    database.init_app(app)
    return database
