"""How long requests take, by route, method and status."""

from __future__ import annotations

from time import perf_counter

from flask import Flask
from werkzeug.wrappers import Response

from broker.monitoring import metrics
from broker.web.current_request import current_notes, current_request

NO_ROUTE = "none"


def install(app: Flask) -> None:
    """Measure from here on; install it first, so that nothing answers before it."""

    @app.before_request
    def _begin() -> None:
        current_notes().began = perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        began = current_notes().get("began")
        if began is not None:
            request = current_request()
            rule = request.url_rule
            metrics.request_answered(
                rule.rule if rule else NO_ROUTE,
                request.method,
                response.status_code,
                perf_counter() - began,
            )
        return response
