"""One place lets a browser leave our origin: ``broker.web.responses.leave``. Every other redirect
names an address of ours.
"""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source_tree import nodes, python_files, tree

ELSEWHERE = {
    "broker/web/responses.py": "lets the browser leave",
    "broker/web/transport.py": "the same address over https; answers no form",
    "broker/oidc/views.py": "answers the request of a portal; reads no form of ours",
}
OURS = {"url_for", "of_login"}


def redirects(module: ast.Module) -> list[ast.expr]:
    """What the calls of ``redirect`` name first."""
    return [
        call.args[0]
        for call in nodes(module)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "redirect"
    ]


def is_ours(named: ast.expr) -> bool:
    """A view of ours, or the path of a console."""
    if isinstance(named, ast.Call):
        name = named.func
        return (name.attr if isinstance(name, ast.Attribute) else ast.unparse(name)) in OURS
    if isinstance(named, ast.JoinedStr) and isinstance(named.values[0], ast.FormattedValue):
        return ast.unparse(named.values[0].value).endswith(".path")
    return False


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        ("redirect(url_for('login.enter'), 303)", True),
        ("redirect(addresses.of_login(login), 303)", True),
        ("redirect(f'{console.path}/uitgelogd', 303)", True),
        ("redirect(wanted.done_url)", False),
        ("redirect(f'{base}/x')", False),
        ("redirect('https://elders.example')", False),
    ],
)
def test_what_is_ours_is_told_from_what_is_not(source: str, ours: bool) -> None:
    assert [is_ours(named) for named in redirects(ast.parse(source))] == [ours]


def test_redirects_stay_within_our_origin() -> None:
    found = {
        str(path)
        for path in python_files("admin", "broker")
        for named in redirects(tree(path))
        if not is_ours(named)
    }
    assert found == set(ELSEWHERE)
