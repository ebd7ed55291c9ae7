"""The way there and back: the authorization request, and what the browser brings home.

OpenID Connect Core §3.1.2, PKCE (RFC 7636, S256 only), ``iss`` of the answer (RFC 9207).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from assurance.acr import level_of, name_of, sufficient
from assurance.levels import AssuranceLevel
from providers import received
from providers.interface import (
    AuthenticationRequest,
    Callback,
    Departure,
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderRefused,
    Remembered,
)
from providers.oidc import errors
from providers.oidc.discovery import ProviderMetadata
from providers.registry import OidcSettings, ProviderRecord

FORM_POST: Final = "form_post"
MAX_CODE: Final = 2048
_CODE: Final = re.compile(r"[\x21-\x7e]+")  # RFC 6749 appendix A.11, without the space


@dataclass(frozen=True)
class OidcRequest:
    """An authorization request: its parameters, and what must be remembered of it."""

    query: Mapping[str, str] = field(repr=False)
    remembered: Remembered


def asked(
    ask: AuthenticationRequest,
    *,
    record: ProviderRecord,
    settings: OidcSettings,
    metadata: ProviderMetadata,
    redirect_uri: str,
    now: datetime,
) -> OidcRequest:
    """The authorization request of this login."""
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    max_age = 0 if ask.force_authn else ask.max_age
    by_form = settings.response_mode == FORM_POST
    query = {
        "response_type": "code",
        "response_mode": FORM_POST if by_form else None,
        "client_id": settings.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(dict.fromkeys(("openid", *settings.scopes))),
        "state": ask.relay_state,
        "nonce": nonce,
        "code_challenge": str(create_s256_code_challenge(verifier)),
        "code_challenge_method": "S256",
        "acr_values": _wanted_acr(record, settings, metadata, ask.level),
        "ui_locales": ask.locale,
        "prompt": "login" if ask.force_authn else None,
        "max_age": None if max_age is None else str(max_age),
        "login_hint": ask.login_hint,
    }
    values = {
        "state": ask.relay_state,
        "code_verifier": verifier,
        "redirect_uri": redirect_uri,
        "service_uuid": ask.service_uuid,
        "force_authn": "1" if ask.force_authn else "",
        "max_age": "" if ask.max_age is None else str(ask.max_age),
    }
    if ask.service_id is not None:
        values["service_id"] = ask.service_id
    if by_form:
        values["response_mode"] = FORM_POST
    return OidcRequest(
        {name: value for name, value in query.items() if value},
        Remembered(
            provider_id=record.id,
            request_id=nonce,
            requested_at=now,
            level=ask.level,
            values=values,
        ),
    )


def departure(query: Mapping[str, str], remembered: Remembered, endpoint: str) -> Departure:
    """The browser leaves for the authorization endpoint with this query."""
    joint = "&" if urlsplit(endpoint).query else "?"
    return Departure(url=f"{endpoint}{joint}{urlencode(query)}", remembered=remembered)


def comes_by_form(remembered: Remembered) -> bool:
    """Was an answer by POST asked?"""
    return remembered.values.get("response_mode") == FORM_POST


def _wanted_acr(
    record: ProviderRecord,
    settings: OidcSettings,
    metadata: ProviderMetadata,
    level: AssuranceLevel,
) -> str:
    """Empty where nothing is asked."""
    return " ".join(acceptable_acr(record, metadata, level)) if settings.asks_level else ""


def acceptable_acr(
    record: ProviderRecord, metadata: ProviderMetadata, asked: AssuranceLevel
) -> list[str]:
    """Every ``acr`` that suffices, lowest first.

    In the makelaar's own words, else those that it says it supports, else those of eIDAS.
    """
    known = [(level, word) for word, level in record.levels.items()]
    if not known:
        supported = ((level_of(word), word) for word in metadata.acr_values)
        known = [(level, word) for level, word in supported if level is not None]
    if not known:
        known = [(level, word) for level in AssuranceLevel if (word := name_of(level, "eidas"))]
    return sufficient(known, asked)


def take_code(
    callback: Callback, remembered: Remembered, settings: OidcSettings, metadata: ProviderMetadata
) -> str:
    """The authorization code, once the answer is sure to be the one that was asked for.

    Raises ProviderRefused, ProviderCancelled, ProviderLevelTooLow, ProviderUnavailable.
    """
    method = "POST" if comes_by_form(remembered) else "GET"
    if callback.method != method:
        raise ProviderRefused("response_mode", "another way than was asked")
    _check_address(callback, remembered)
    _check_issuer(callback.one("iss"), settings, metadata)
    code, error = callback.one("code"), callback.one("error")
    if code is not None and error is not None:
        raise ProviderRefused("code_and_error")
    if error is not None:
        raise _as_exception(error, callback.one("error_description"), remembered, settings)
    if not code or len(code) > MAX_CODE or not _CODE.fullmatch(code):
        raise ProviderRefused("code_malformed")
    return code


def _check_address(callback: Callback, remembered: Remembered) -> None:
    if callback.url != remembered.values["redirect_uri"]:
        raise ProviderRefused("redirect_uri_mismatch")
    state = callback.one("state") or ""
    if not hmac.compare_digest(state.encode(), remembered.values["state"].encode()):
        raise ProviderRefused("state_mismatch")


def _check_issuer(iss: str | None, settings: OidcSettings, metadata: ProviderMetadata) -> None:
    """RFC 9207 §2.4: compared exactly, also in an answer that is an error."""
    if iss is None and metadata.answers_with_iss:
        raise ProviderRefused("issuer_missing", "iss was promised", expected=settings.issuer)
    if iss is not None and iss != settings.issuer:
        raise ProviderRefused(
            "issuer_mismatch",
            setting="oidc.issuer",
            expected=settings.issuer,
            seen=received.masked(iss),
        )


def _as_exception(
    error: str, description: str | None, remembered: Remembered, settings: OidcSettings
) -> Exception:
    """OAuth's error as ours. What the sender wrote beside it is for the trace alone."""
    if error in errors.STOPPED:
        return ProviderCancelled(error)
    if error == "unmet_authentication_requirements":
        return ProviderLevelTooLow(remembered.level, None)
    told = errors.said(error, description)
    trouble = errors.trouble_of(error, description)
    if trouble is not None:
        ours = remembered.values["redirect_uri"]
        return errors.not_accepted(
            errors.AUTHORIZATION, trouble, settings, redirect_uri=ours, **told
        )
    known = error if errors.is_known(error) else "an unknown error"
    return ProviderRefused("makelaar_error", known, **told)
