"""Who may import whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.ladder import may_import, package_of
from tests.architecture.source_tree import PRODUCT, imports, is_below, module_name, python_files

# The first two are the doors to HTTP; below them a request arrives as plain values.
WITHOUT_REQUESTS = tuple(package for package in PRODUCT if package not in ("broker", "admin"))

# module -> why it stays out of the product
BANNED = {
    "saml2.client": "what is received never passes through it, and it costs a second at start",
    "saml2.sigver": "signatures are checked in process, by keys.xml",
    "authlib.jose": "deprecated; joserfc does this work",
}


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("admin.cli.serving", "broker.app", True),
        ("broker.app", "admin.cli.serving", False),
        ("admin.registrations.apply", "admin.cli.commands", False),
        ("admin.operator_console.traces", "admin.organisation_console.mandates", False),
        ("broker.journey.flow", "broker.oidc.jwt", False),
        ("broker.oidc.jwt", "broker.journey.flow", False),
        ("broker.sso.logout", "broker.oidc.jwt", False),
        ("broker.web.cookies", "broker.journey.login", False),
        ("broker.journey.flow", "broker.journey.login", True),
        ("state.db", "assurance.levels", True),
        ("state.db", "assurance.totp", False),
        ("keys.sealing", "state.clock", False),
        ("keys.sealing", "assurance.levels", False),
        ("assurance.levels", "keys.sealing", False),
        ("keys.keyring", "keys.sealing", True),
        ("consent.mandates", "providers.interface", False),
        ("providers.saml.response", "providers.interface", True),
        ("state.db", "sqlalchemy", True),
    ],
)
def test_the_ladder_goes_down_only(importer: str, imported: str, allowed: bool) -> None:
    assert may_import(importer, imported) is allowed


def test_product_imports_go_down_the_ladder() -> None:
    wrong = [
        str(found)
        for path in python_files(*PRODUCT)
        for found in imports(path)
        if not may_import(found.module, found.target)
    ]
    assert not wrong, "imports that go up or sideways:\n" + "\n".join(wrong)


def test_every_room_stands_on_a_rung() -> None:
    # A room that the ladder does not know would be free of every rule.
    unknown = {
        module
        for path in python_files("admin", "broker")
        if (module := module_name(path)) not in ("admin", "broker") and package_of(module) is None
    }
    assert not unknown, f"give these a place in tests/architecture/ladder.py: {unknown}"


def test_the_ground_floor_stands_on_nothing_of_ours() -> None:
    # Importing assurance.levels runs assurance/__init__.py and whatever that imports.
    for package in ("assurance", "keys"):
        assert not list(imports(Path(package, "__init__.py"))), f"{package}/__init__.py imports"


def test_the_product_never_imports_sandbox_tests_benchmarks_or_tools() -> None:
    wrong = [
        str(found)
        for path in python_files(*PRODUCT)
        for found in imports(path)
        if is_below(found.target, "sandbox", "tests", "benchmarks", "tools")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_sandbox_imports_nothing_of_the_product() -> None:
    # It plays the other side; with our code in it, it would share our mistakes.
    wrong = [
        str(found)
        for path in python_files("sandbox")
        for found in imports(path)
        if is_below(found.target, *PRODUCT, "tests", "benchmarks", "tools")
    ]
    assert not wrong, "\n".join(wrong)


def test_no_flask_below_the_packages_that_speak_http() -> None:
    wrong = [
        str(found)
        for path in python_files(*WITHOUT_REQUESTS)
        for found in imports(path)
        if is_below(found.target, "flask")
    ]
    assert not wrong, "\n".join(wrong)


def test_banned_modules_stay_out_of_the_product() -> None:
    wrong = [
        f"{found}: {why}"
        for path in python_files(*PRODUCT)
        for found in imports(path)
        for module, why in BANNED.items()
        if is_below(found.target, module)
        or (found.name is not None and is_below(f"{found.target}.{found.name}", module))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_is_found_by_its_name_in_a_string() -> None:
    # An import that no reader and no test can see would be a hole in every rule above.
    wrong = [
        f"{module_name(path)}:{found.line} imports {found.target}"
        for path in python_files(*PRODUCT)
        for found in imports(path)
        if is_below(found.target, "importlib") and found.name in (None, "import_module")
        if found.target not in ("importlib.resources", "importlib.metadata")
    ]
    assert not wrong, "\n".join(wrong)
