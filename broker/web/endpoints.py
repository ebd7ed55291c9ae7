"""Endpoints: each declares its own limit, CSRF rule, audience and readers where it is defined.

An ``Endpoint`` stands as a decorator under the route of a view. A blueprint may declare one for all
its views (``declare_blueprint``); a view that declares its own leaves nothing to its blueprint. No
application is made around a view for which nothing was declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, TypeVar, cast

from flask import Blueprint, Flask

from broker.web.current_request import current_request

View = TypeVar("View", bound=Callable[..., Any])
FRONT: Final = "front.index"
ITSELF: Final = "."  # as in a path: the address that was asked
_DECLARED: Final = "declared_endpoint"  # on a view or a blueprint
_EXTENSION: Final = "sluis.endpoints"


class Audience(Enum):
    """Who asks, and so what an error looks like."""

    PEOPLE = "people"  # a page
    PROGRAMS = "programs"  # JSON, also at addresses near it that do not exist
    SOAP = "soap"  # the same, and at its own address a fault


class Readers(Enum):
    """Who may read an answer, and so who may keep it."""

    VISITOR = "visitor"  # who asked; no cache
    SITE = "site"  # our own pages; any cache
    ANYBODY = "anybody"  # pages of other origins as well; any cache


@dataclass(frozen=True)
class Endpoint:
    """What one endpoint declares of itself; what is left out is the strict choice.

    Raises ValueError where it is free of a limit or of CSRF protection and does not say why.
    """

    limit: str | None  # the kind of limit that an address spends; None: costs and tells nothing
    csrf: bool = True  # False: authenticated by the message itself, never by a cookie
    because: str = ""
    per_portal: bool = False  # all logins of a portal come from one address: its limit counts
    audience: Audience = Audience.PEOPLE
    readers: Readers = Readers.VISITOR
    by_address: bool = False  # asked under any host name and without https
    sets_language: bool = True  # ``ui`` in its address is the wish of the user
    kept: tuple[str, ...] = ()  # names in the query that a change of language keeps
    shown_at: str = FRONT  # the endpoint that shows the page of a form again
    only_reads: bool = False  # asked with HEAD as well, by who only looks whether it is there

    @property
    def answers_head(self) -> bool:
        """HEAD is the GET without its body, so only where that has no effect (RFC 9110 §9.3.2)."""
        return self.only_reads or self.readers is not Readers.VISITOR

    def __post_init__(self) -> None:
        if (self.limit is None or not self.csrf) and not self.because:
            raise ValueError("an endpoint without a limit or CSRF protection says why")

    def __call__(self, view: View) -> View:
        """Declare this of a view."""
        setattr(view, _DECLARED, self)
        return view


class NotDeclared(Exception):
    """An application has a view for which nothing was declared."""


NOWHERE: Final = Endpoint(limit=None, because="no endpoint answers", only_reads=True)
STATIC: Final = Endpoint(  # a view of Flask's own
    limit=None, because="a file, the same for everybody", readers=Readers.SITE
)


def declare_blueprint(blueprint: Blueprint, endpoint: Endpoint) -> None:
    """For every view of this blueprint that declares nothing itself."""
    setattr(blueprint, _DECLARED, endpoint)


@dataclass(frozen=True)
class Endpoints:
    """The declarations of one application."""

    named: Mapping[str, Endpoint]  # by Flask's name of the endpoint
    of_programs: tuple[str, ...]  # addresses that programs ask, with all below

    def asked(self) -> Endpoint:
        """The endpoint of this request; NOWHERE where there is none."""
        return self.named.get(current_request().endpoint or "", NOWHERE)

    def programs_ask(self, path: str) -> bool:
        """Do programs ask this address? Also those below it that do not exist."""
        return any(_is_within(path, known) for known in self.of_programs)


def endpoints_of(app: Flask) -> Endpoints:
    """The declarations, read once; first asked when all views are there. Raises NotDeclared."""
    if _EXTENSION not in app.extensions:
        app.extensions[_EXTENSION] = _read(app)
    return cast(Endpoints, app.extensions[_EXTENSION])


def _read(app: Flask) -> Endpoints:
    named = {name: _declaration(app, name) for name in app.view_functions}
    audiences = {rule.rule: named[rule.endpoint].audience for rule in app.url_map.iter_rules()}
    return Endpoints(MappingProxyType(named), _of_programs(audiences))


def _declaration(app: Flask, name: str) -> Endpoint:
    if name == "static":
        return STATIC
    blueprint = app.blueprints.get(name.rpartition(".")[0])
    for said in (app.view_functions[name], blueprint):
        endpoint = getattr(said, _DECLARED, None)
        if isinstance(endpoint, Endpoint):
            return endpoint
    raise NotDeclared(name)


def _of_programs(audiences: Mapping[str, Audience]) -> tuple[str, ...]:
    """For each address of programs the highest folder that holds no page for people."""
    pages = [path for path, audience in audiences.items() if audience is Audience.PEOPLE]
    found = set()
    for path, audience in audiences.items():
        if audience is not Audience.PEOPLE:
            fit = (f for f in _folders(path) if not any(_is_within(page, f) for page in pages))
            found.add(next(fit, path))
    return tuple(sorted(found))


def _folders(path: str) -> Iterator[str]:
    """``/a``, ``/a/b``, ``/a/b/c``."""
    parts = path.split("/")
    return ("/".join(parts[: length + 1]) for length in range(1, len(parts)))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
