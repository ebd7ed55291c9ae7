"""Every machine reason that the product can say, read from its code.

A reason is an argument of one of a few calls. Where it is a constant it is looked up in its module;
where a function hands on what it was given, the calls of that function are read in its place. What
is computed otherwise must be declared in ``COMPUTED``: the words, or that they are said elsewhere.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Final

from broker.journey import passive
from broker.sso import standing
from consent.authority import RefusalReason
from providers.oidc import representation
from providers.saml import mandate, status
from providers.trouble import Trouble
from tests.architecture.source_tree import module_name, python_files, tree

TOPS: Final = ("providers", "keys", "broker", "admin")


@dataclass(frozen=True)
class Saying:
    """Where a call holds its reason: the place of the argument, and its name."""

    place: int
    name: str


SAYINGS: Final[Mapping[str, Saying]] = {
    "ProviderRefused": Saying(0, "reason"),
    "WireRefused": Saying(0, "reason"),
    "XmlRefused": Saying(0, "reason"),
    "NothingWorth": Saying(0, "reason"),
    "JudgedCallback": Saying(1, "reason"),
    "Stopped": Saying(1, "reason"),
    "Ended": Saying(1, "reason"),
    "LoginRefused": Saying(1, "public_key"),
    "PageError": Saying(1, "public_key"),
    "UnknownTarget": Saying(0, "public_key"),
}
_ELSEWHERE: Final[frozenset[str]] = frozenset()  # handed on: whoever said it first is read
_DIALECTS: Final = (mandate.DIALECT, representation.DIALECT)
_PARTY: Final = frozenset(one.party for one in _DIALECTS)
_INTERMEDIARY: Final = frozenset(one.intermediary for one in _DIALECTS)
COMPUTED: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("providers.authority", "dialect.branch"): frozenset(one.branch for one in _DIALECTS),
    ("providers.authority", "reason"): _PARTY | _INTERMEDIARY,
    ("providers.saml.sealed", "refused.reason"): _ELSEWHERE,
    ("providers.saml.other_dialects", "reason"): _PARTY
    | _INTERMEDIARY
    | frozenset(one.branch for one in _DIALECTS),
    ("providers.saml.provider", "refused.reason"): _ELSEWHERE,
    ("providers.saml.response", "refused.reason"): _ELSEWHERE,
    ("providers.saml.artifact_resolution", "refused.reason"): _ELSEWHERE,
    ("providers.saml.artifact_response", "refused.reason"): _ELSEWHERE,
    ("providers.saml.wire.redirect", "reason"): frozenset({"relay_state", "encoding"}),
    ("providers.saml.status", "reason or 'status_not_success'"): frozenset(
        {*status.REASONS.values(), "status_not_success"}
    ),
    ("broker.journey.callbacks", "refused.reason"): _ELSEWHERE,
    ("broker.journey.callbacks", "unavailable.reason"): _ELSEWHERE,
    ("broker.journey.callbacks", "outcome.ended.public_key"): _ELSEWHERE,
    ("broker.journey.completion", "why.public_key"): _ELSEWHERE,
    ("broker.journey.completion", "standing.explained(why)"): frozenset(
        standing.explained(str(one)) for one in RefusalReason
    ),
    ("broker.journey.context", "nothing.reason"): _ELSEWHERE,
    ("broker.journey.gone", "page.public_key"): _ELSEWHERE,
    ("broker.journey.gone", "_ENDED.get(code, 'login_refused')"): frozenset({"login_refused"}),
    ("broker.journey.passive", "reason"): frozenset({*passive.refusals(), passive.UNKNOWN}),
    ("broker.journey.steps.choose_mandate", "stopped.reason"): _ELSEWHERE,
    ("broker.journey.steps.means_status", "stopped.reason"): _ELSEWHERE,
    ("broker.journey.steps.ended", "ended.public_key or 'cancelled'"): frozenset({"cancelled"}),
    ("broker.journey.steps.step_up", "stopped.reason"): _ELSEWHERE,
    ("broker.journey.trouble", "trouble.value"): frozenset(one.value for one in Trouble),
    ("broker.journey.views", "login.stopped.reason"): _ELSEWHERE,
}


@dataclass(frozen=True)
class Said:
    """A reason, the call that says it, and where."""

    reason: str
    call: str
    module: str


@dataclass(frozen=True)
class Unread:
    """An argument that is neither a constant nor handed on."""

    module: str
    text: str
    line: int


@dataclass(frozen=True)
class _Call:
    module: str
    name: str
    node: ast.Call
    argument: ast.expr
    inside: ast.FunctionDef | None
    saying: str


@cache
def said() -> tuple[frozenset[Said], frozenset[Unread], frozenset[tuple[str, str]]]:
    """What is said, what could not be read, and the declarations of COMPUTED that are needed."""
    found = {Said(one.value, "ProviderUnavailable", "providers.trouble") for one in Trouble}
    unread: set[Unread] = set()
    used: set[tuple[str, str]] = set()
    waiting = [call for name, place in SAYINGS.items() for call in _calls(name, place, name)]
    followed: set[tuple[str, str, str]] = set()
    while waiting:
        call = waiting.pop()
        words = _words(call.argument, call.module)
        if words is not None:
            found |= {Said(word, call.saying, call.module) for word in words}
            continue
        place = _parameter(call)
        key = (call.module, ast.unparse(call.argument))
        if key in COMPUTED:
            used.add(key)
            found |= {Said(word, call.saying, call.module) for word in COMPUTED[key]}
        elif place is not None and call.inside is not None:
            if (call.module, call.inside.name, call.saying) not in followed:
                followed.add((call.module, call.inside.name, call.saying))
                waiting += _handed_on(call, place)
        else:
            unread.add(Unread(*key, call.node.lineno))
    return frozenset(found), frozenset(unread), frozenset(used)


def _handed_on(call: _Call, place: Saying) -> list[_Call]:
    """The calls of the function around it; of a private one those of its module."""
    assert call.inside is not None
    found = _calls(call.inside.name, place, call.saying)
    is_private = call.inside.name.startswith("_")
    return [one for one in found if not is_private or one.module == call.module]


def _calls(name: str, at: Saying, saying: str) -> Iterator[_Call]:
    """Every call of this name, also as an attribute."""
    for module, node, inside in calls_by_name().get(name, ()):
        argument = next((k.value for k in node.keywords if k.arg == at.name), None)
        if argument is None and len(node.args) > at.place:
            argument = node.args[at.place]
        if argument is not None and not isinstance(argument, ast.Starred):
            yield _Call(module, name, node, argument, inside, saying)


@cache
def calls_by_name() -> Mapping[str, list[tuple[str, ast.Call, ast.FunctionDef | None]]]:
    """Every call of the product by the last word of its name, and the function around it."""
    found: dict[str, list[tuple[str, ast.Call, ast.FunctionDef | None]]] = {}

    def walk(node: ast.AST, module: str, inside: ast.FunctionDef | None) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                name = getattr(child.func, "id", getattr(child.func, "attr", ""))
                found.setdefault(name, []).append((module, child, inside))
            walk(child, module, child if isinstance(child, ast.FunctionDef) else inside)

    for path in python_files(*TOPS):
        walk(tree(path), module_name(path), None)
    return found


def _parameter(call: _Call) -> Saying | None:
    """The place of the parameter of the function around it that is handed on here."""
    if call.inside is None or not isinstance(call.argument, ast.Name):
        return None
    arguments = call.inside.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    is_method = bool(names) and names[0] in ("self", "cls")
    name = call.argument.id
    if name in names:
        return Saying(names.index(name) - is_method, name)
    if name in [one.arg for one in arguments.kwonlyargs]:
        return Saying(len(names) + 1000, name)
    return None


def _words(node: ast.expr, module: str) -> frozenset[str] | None:
    """The words of a constant expression; None where it is computed."""
    if isinstance(node, ast.IfExp):
        one, other = _words(node.body, module), _words(node.orelse, module)
        return one | other if one is not None and other is not None else None
    if isinstance(node, ast.Constant):
        return frozenset({node.value}) if isinstance(node.value, str) else frozenset()
    value = _value(node, importlib.import_module(module))
    return frozenset({str(value)}) if isinstance(value, str) else None


def _value(node: ast.expr, module: ModuleType) -> Any:
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, module), node.attr, None)
    return None
