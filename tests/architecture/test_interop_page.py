"""docs/interop.md names every test of other people's software, and the versions that are pinned."""

from __future__ import annotations

import json
import re

from tests.architecture.source_tree import ROOT
from tools.sbom import locked

PAGE = (ROOT / "docs/interop.md").read_text(encoding="utf-8")
PORTAL = ROOT / "tests/interop/openid_client_portal"


def _row(name: str) -> str:
    (found,) = re.findall(rf"^\| {re.escape(name)}.*$", PAGE, re.M)
    return found


def test_every_product_that_is_tried_has_a_row_with_its_test() -> None:
    tried = {f"tests/interop/{path.name}" for path in (ROOT / "tests/interop").glob("test_*.py")}
    assert tried == set(re.findall(r"tests/interop/test_\w+\.py", PAGE))


def test_the_versions_are_those_that_are_locked() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    python3_saml = next(one for one in locked(lock) if one.name == "python3-saml")
    assert f"| {python3_saml.version} |" in _row("python3-saml")
    django = (ROOT / "tests/interop/django_digid_portal/requirements.txt").read_text(
        encoding="utf-8"
    )
    product = next(one for one in locked(django) if one.name == "django-digid-eherkenning")
    assert f"| {product.version} |" in _row("django-digid-eherkenning")
    packages = json.loads((PORTAL / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert f"| {packages['node_modules/openid-client']['version']} |" in _row("openid-client")


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))
    assert named and all((ROOT / path).exists() for path in named)
