"""In each role we speak SAML with keys of that role: what signs for makelaars signs nothing for
portals.
"""

from __future__ import annotations

import re

import pytest

from tests.architecture.source_tree import ROOT, python_files

OTHERS = {
    "broker/saml": ("SAML_SIGNING", "SAML_ENCRYPTION", "OwnRole.SP"),
    "providers/saml": ("SAML_IDP_SIGNING", "OwnRole.IDP"),
}


@pytest.mark.parametrize("room", OTHERS)
def test_a_role_names_no_key_of_the_other(room: str) -> None:
    paths = [path for path in python_files(room.partition("/")[0]) if str(path).startswith(room)]
    assert len(paths) > 5
    found = {
        f"{path}: {name}"
        for path in paths
        for name in OTHERS[room]
        if re.search(rf"\b{re.escape(name)}\b", (ROOT / path).read_text(encoding="utf-8"))
    }
    assert not found, f"sign and decrypt with keys of the role, by keys.saml_keys: {found}"
