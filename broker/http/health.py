"""Health: is the process alive, and may it be sent logins? Named checks, no secrets."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from broker.downstream.interface import PageError
from broker.runtime import Runtime, runtime
from keys.keyring import KeyMissing, KeyUse
from state import migrate
from state.ephemeral import StoreUnavailable

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/ready")
def ready() -> tuple[Response, int]:
    """Every part that a login needs: 200 when all are well, 503 with the names of those that are
    not.
    """
    rt = runtime()
    checks = {name: _passes(check, rt) for name, check in CHECKS.items()}
    well = all(checks.values())
    words = {name: "ok" if passed else "failed" for name, passed in checks.items()}
    return jsonify({"status": "ok" if well else "failed", "checks": words}), 200 if well else 503


def _passes(check: Callable[[Runtime], bool], rt: Runtime) -> bool:
    try:
        return check(rt)
    except (SQLAlchemyError, StoreUnavailable, PageError, KeyMissing, OSError):
        return False


def _database(rt: Runtime) -> bool:
    return rt.session.scalar(text("SELECT 1")) == 1


def _schema(rt: Runtime) -> bool:
    return migrate.is_current(rt.engine)


def _store(rt: Runtime) -> bool:
    rt.store.ping()
    return True


def _configuration(rt: Runtime) -> bool:
    rt.configuration  # noqa: B018
    return rt.holder.is_fresh()


def _keys(rt: Runtime) -> bool:
    ring = rt.configuration.keyring
    ring.active(KeyUse.OIDC_SIGNING, "RS256")
    ring.active(KeyUse.SAML_SIGNING, "RSA")
    return True


CHECKS: dict[str, Callable[[Runtime], bool]] = {
    "database": _database,
    "schema": _schema,
    "store": _store,
    "configuration": _configuration,
    "keys": _keys,
}
