"""For developers of portals, without a login: what this server is called, what it takes, what its
errors mean, and recipes with its addresses. Nothing here is of one portal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, abort
from flask_babel import gettext
from werkzeug.wrappers import Response

from assurance.levels import AssuranceLevel
from broker.journey import passive
from broker.oidc.discovery import metadata, reach
from broker.oidc.errors import OF_REFUSAL
from broker.oidc.scopes import SERVICE_SCOPE
from broker.recipes import rendering
from broker.recipes.catalogue import BY_NAME, RECIPES, Counterpart
from broker.recipes.values import known as known_of
from broker.runtime import Runtime, runtime
from broker.saml import addresses as saml
from broker.texts import reasons
from broker.texts.developers import PORTAL_CLAIMS, PORTAL_ERRORS, PortalClaim
from broker.texts.errors import ERRORS
from broker.texts.reasons import FIXERS, page_reason
from broker.web.endpoints import Endpoint, declare_blueprint
from broker.web.language import locale
from broker.web.responses import show

blueprint = Blueprint("developers", __name__, url_prefix="/ontwikkelaars")
declare_blueprint(
    blueprint,
    Endpoint(limit=None, because="from memory, the same for everybody", only_reads=True),
)


@dataclass(frozen=True)
class ToFillIn:
    """One thing to fill in: what it is called in the standards, and what it is here."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class DevelopersPage:
    oidc: tuple[ToFillIn, ...]
    saml: tuple[ToFillIn, ...]
    accepted: tuple[ToFillIn, ...]
    levels: tuple[AssuranceLevel, ...]
    recipes: tuple[tuple[str, str], ...]
    claims: tuple[PortalClaim, ...] = PORTAL_CLAIMS
    template: str = "recipes/developers.html"


@dataclass(frozen=True)
class ErrorRow:
    """``seen``: what the user or the program read; the rest is for who must mend it."""

    code: str
    seen: str
    cause: str
    remedy: str
    fixer: str


@dataclass(frozen=True)
class ErrorCodesPage:
    answers: tuple[ErrorRow, ...]
    without_pages: tuple[ErrorRow, ...]
    pages: tuple[ErrorRow, ...]
    template: str = "recipes/error_codes.html"


@blueprint.get("/")
def index() -> Response:
    """Addresses and values of this server."""
    rt = runtime()
    supported = _discovery(rt)
    classes = set(supported["acr_values_supported"])
    levels = tuple(level for level in AssuranceLevel if level.eidas in classes)
    portals = (one for one in RECIPES if one.counterpart is Counterpart.PORTAL)
    page = DevelopersPage(
        oidc=tuple(_oidc_addresses(supported)),
        saml=tuple(_saml_addresses(rt.base_url)),
        accepted=tuple(_accepted(supported)),
        levels=levels,
        recipes=tuple((one.name, one.product) for one in portals),
    )
    return show(page)


@blueprint.get("/foutcodes")
def error_codes() -> Response:
    """Every code: what was read, why, who mends it, what to do."""
    answers = tuple(
        ErrorRow(one.error, "", str(one.means), str(one.remedy), gettext(FIXERS[one.fixer]))
        for one in PORTAL_ERRORS
    )
    return show(ErrorCodesPage(answers, tuple(_without_pages()), tuple(_pages())))


@blueprint.get("/recepten/<name>")
def recipe(name: str) -> Response:
    """How to connect this product as a portal, in Markdown."""
    known = BY_NAME.get(name)
    if known is None or known.counterpart is not Counterpart.PORTAL:
        abort(404)
    rt = runtime()
    page = _rendered(name, rt.base_url, locale(), rt.settings.development.own_portal)
    return Response(page, mimetype="text/plain")


@lru_cache(maxsize=2 * len(RECIPES))
def _rendered(name: str, base_url: str, language: str, own_portal: str | None) -> str:
    recipe = BY_NAME[name]
    return rendering.rendered(recipe, base_url, language, known_of(recipe, own_portal))


def _discovery(rt: Runtime) -> dict[str, list[str]]:
    known = rt.configuration
    names = frozenset(c.name for client in known.oidc_clients.values() for c in client.claims)
    highest = reach(known.providers.values(), known.services.values())
    return metadata(rt.base_url, names, highest)


def _oidc_addresses(supported: dict[str, list[str]]) -> Iterator[ToFillIn]:
    issuer = str(supported["issuer"])
    yield ToFillIn("issuer", (issuer,))
    yield ToFillIn("discovery", (f"{issuer}/.well-known/openid-configuration",))
    for name in ("authorization", "token", "userinfo", "end_session"):
        yield ToFillIn(f"{name}_endpoint", (str(supported[f"{name}_endpoint"]),))
    yield ToFillIn("jwks_uri", (str(supported["jwks_uri"]),))


def _saml_addresses(base_url: str) -> Iterator[ToFillIn]:
    yield ToFillIn("entityID, metadata", (saml.idp_entity_id(base_url),))
    yield ToFillIn("SingleSignOnService", (saml.sso_url(base_url),))
    yield ToFillIn("SingleLogoutService", (saml.slo_url(base_url),))
    yield ToFillIn("ArtifactResolutionService", (saml.artifact_url(base_url),))


def _accepted(supported: dict[str, list[str]]) -> Iterator[ToFillIn]:
    yield ToFillIn("scope", (*supported["scopes_supported"], f"{SERVICE_SCOPE}<ServiceUUID>"))
    for name, key in (
        ("response_type", "response_types_supported"),
        ("code_challenge_method", "code_challenge_methods_supported"),
        ("token_endpoint_auth_method", "token_endpoint_auth_methods_supported"),
        ("id_token_signed_response_alg", "id_token_signing_alg_values_supported"),
        ("prompt", "prompt_values_supported"),
        ("ui_locales", "ui_locales_supported"),
    ):
        yield ToFillIn(name, tuple(supported[key]))


def _without_pages() -> Iterator[ErrorRow]:
    """Which rule stands in the way of ``prompt=none``; the portal reads the error alone."""
    for word, code in passive.refusals().items():
        told = reasons.told(reasons.OF_PASSIVE[word], gettext)
        yield ErrorRow(word, OF_REFUSAL[code], told.cause, told.remedy, gettext(FIXERS[told.fixer]))


def _pages() -> Iterator[ErrorRow]:
    for key, text in sorted(ERRORS.items(), key=lambda item: item[1].code):
        found = reasons.find(page_reason(key))
        assert found is not None  # a test of the texts wants one for each
        told = reasons.told(found, gettext)
        who = gettext(FIXERS[found.fixer])
        yield ErrorRow(text.code, f"{text.title}. {text.what}", told.cause, told.remedy, who)
