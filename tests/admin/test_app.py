"""The whole application has every console of administration, and each of their addresses."""

from __future__ import annotations

import ast
from inspect import iscoroutinefunction
from pathlib import Path

import pytest

from admin.app import CONSOLES, create_app
from broker.process import Process
from directory.consoles import BEHEER, JOINING, OPERATOR
from tests.architecture.source_tree import python_files, tree


def rooms_with_a_console() -> set[str]:
    """Folders of ``admin`` that put their addresses on a blueprint."""
    found = (path for path in python_files("admin") if path.name == "routes.py")
    return {path.parent.name for path in found}


def makes_addresses(path: Path) -> bool:
    """Does this module decorate a view with a route of a blueprint?"""
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and isinstance(one.func.value, ast.Name)
        and one.func.value.id == "blueprint"
        and one.func.attr in ("get", "post", "route", "add_url_rule")
        for one in ast.walk(tree(path))
    )


def test_every_console_of_administration_is_registered(process: Process) -> None:
    app = create_app(process)
    assert {console.import_name.split(".")[1] for console in CONSOLES} == rooms_with_a_console()
    for console in CONSOLES:
        assert app.blueprints[console.name] is console
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert {BEHEER.path, JOINING.path, OPERATOR.path} <= {rule.rstrip("/") for rule in rules}


@pytest.mark.parametrize("room", ["joining", "operator_console", "organisation_console"])
def test_every_view_of_a_console_has_its_address(process: Process, room: str) -> None:
    """A module that nobody imports would put none on the blueprint."""
    served = {
        view.__module__
        for name, view in create_app(process).view_functions.items()
        if name.partition(".")[0] in {console.name for console in CONSOLES}
    }
    expected = {
        f"admin.{room}.{path.stem}"
        for path in python_files("admin")
        if path.parts[1] == room and makes_addresses(path)
    }
    assert expected and expected <= served


def test_nothing_on_the_way_of_a_request_is_a_coroutine(process: Process) -> None:
    """Flask would ask that of each at each request, and is told not to (``BoundFlask``)."""
    app = create_app(process)
    around = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    handlers = [one for by_code in app.error_handler_spec.values() for one in by_code.values()]
    ways = [
        *app.view_functions.values(),
        *(one for by_name in around for many in by_name.values() for one in many),
        *(one for by_class in handlers for one in by_class.values()),
        *app.teardown_appcontext_funcs,
    ]
    assert len(ways) > len(app.view_functions)
    assert not [one for one in ways if iscoroutinefunction(one)]
