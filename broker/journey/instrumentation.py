"""Instrumentation: what a login leaves in metrics, log and spans when something happened to it."""

from __future__ import annotations

from datetime import datetime

import structlog

from assurance.second_factor import Accepted, Locked, Wrong
from broker.journey.login import Login
from broker.monitoring import metrics, telemetry
from broker.runtime import Runtime
from providers.interface import ProviderUnavailable, Remembered
from providers.trouble import Side

log = structlog.get_logger()


def login_ended(login: Login, result: str, reason: str | None, now: datetime) -> None:
    """It ended, and that was written. ``result``: success, refused, cancelled or
    expired.
    """
    seconds = (now - login.created_at).total_seconds()
    metrics.LOGINS.labels(
        login.request.service_uuid,
        login.provider_id or "",
        str(login.request.downstream),
        result,
        metrics.word(reason),
    ).inc()
    metrics.LOGIN_SECONDS.labels("total").observe(seconds)
    telemetry.whole_login(login.reference, result, login.created_at, now)
    log.info(
        "login.ended",
        reference=login.reference,
        result=result,
        reason=reason,
        client=login.request.client_id,
        service=login.request.service_uuid,
        provider=login.provider_id,
        seconds=round(seconds, 1),
    )


def makelaar_answered(rt: Runtime, sent: Remembered, outcome: Login, seconds: float) -> None:
    """An answer came and was judged in so many seconds; ``outcome`` is the login after it. It
    counts as up by what it proved alone: an identity, or a level that does not do.
    """
    away = (rt.clock() - sent.requested_at).total_seconds()
    metrics.LOGIN_SECONDS.labels("idp").observe(max(0.0, away))
    metrics.LOGIN_SECONDS.labels("answer").observe(seconds)
    has_proof = outcome.identity is not None or outcome.not_understood or outcome.given is not None
    if has_proof and outcome.ended is None and outcome.trouble is None:
        metrics.IDP_UP.labels(sent.provider_id).set(1)


def makelaar_in_trouble(provider_id: str, why: ProviderUnavailable) -> None:
    """The makelaar could not be asked. It counts as down only where that is its own and was seen
    from here: no user rings the alarm of an operator by writing an answer.
    """
    heard = "browser" if why.is_hearsay else "here"
    metrics.IDP_TROUBLES.labels(provider_id, metrics.word(why.reason), heard).inc()
    if why.trouble.side is Side.THEIRS and not why.is_hearsay:
        metrics.IDP_UP.labels(provider_id).set(0)
    log.warning(
        "makelaar.unavailable",
        provider=provider_id,
        reason=why.reason,
        setting=why.measured.get("setting"),
        detail=str(why),
    )


def message_rejected(rt: Runtime, provider_id: str, reason: str) -> None:
    """An answer of this makelaar was refused."""
    record = rt.configuration.providers.get(provider_id)
    protocol = record.kind if record is not None else ""
    metrics.REJECTIONS.labels(protocol, metrics.word(reason)).inc()


def factor_answered(method: str, outcome: Accepted | Wrong | Locked) -> None:
    """A code was judged."""
    metrics.STEP_UPS.labels(method, type(outcome).__name__.lower()).inc()


def mandate_checked(refusal: str | None) -> None:
    """An authority was looked at; ``refusal``: the word for why it does not do."""
    metrics.MANDATE_CHECKS.labels(metrics.word(refusal) or "ok").inc()
