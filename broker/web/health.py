"""Health at the public address: well or not, and nothing about why. The management address says
more.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from broker.monitoring.health import Examined, examine
from broker.runtime import runtime
from broker.web.endpoints import Audience, Endpoint

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
@Endpoint(
    limit=None,
    because="asks nothing of any part",
    audience=Audience.PROGRAMS,
    by_address=True,
    only_reads=True,
)
def live() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/ready")
@Endpoint(limit="health", audience=Audience.PROGRAMS, by_address=True, only_reads=True)
def ready() -> tuple[Response, int]:
    """200 where every part that a login needs is well, else 503."""
    rt = runtime()
    well = all(examine(Examined(rt.session, rt.engine, rt.store, rt.holder, rt.clock)).values())
    return jsonify({"status": "ok" if well else "failed"}), 200 if well else 503
