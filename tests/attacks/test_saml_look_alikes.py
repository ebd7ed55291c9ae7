"""Names that libraries may read differently (S-14, S-15, S-18)."""

from __future__ import annotations

from copy import deepcopy

import pytest
from lxml import etree

from tests.providers.saml.edits import (
    ASSERTION,
    NAME_ID,
    RESPONSE,
    STATUS,
    add,
    at,
    put,
    text,
)
from tests.providers.saml.maker import (
    NAMES,
    Edit,
    Recipe,
    assertion_of,
    assertion_xml,
    tampered,
)
from tests.providers.saml.verdicts import refused, refused_bytes

VICTIM = "victim"
ASSERTION_SIGNED = {"signs": "assertion", "settings": {"require_signed": "assertion"}}

ASSERTION_SIGNATURE = f"{ASSERTION}/ds:Signature"
DETAIL = f"{STATUS}/samlp:StatusDetail"
LOOK_ALIKE = "http://www.w3.org/2000/09/xmldsig"
SAML = NAMES["saml"]


def renamed(path: str, namespace: str) -> Edit:
    """The element and its children under a namespace that looks the same."""

    def edit(root: etree._Element) -> None:
        for element in at(root, path).iter():
            element.tag = f"{{{namespace}}}{etree.QName(element).localname}"

    return edit


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        pytest.param(
            tampered(put(ASSERTION, f"{{{SAML}}}ID", "_the-assertion"), **ASSERTION_SIGNED),
            "id",
            id="S-14 an ID in the namespace of the assertion",
        ),
        pytest.param(
            tampered(
                put(ASSERTION, "{http://www.w3.org/XML/1998/namespace}id", "_x"),
                **ASSERTION_SIGNED,
            ),
            "id",
            id="S-14 an xml:id",
        ),
        pytest.param(
            tampered(put(ASSERTION, "Id", "_x"), **ASSERTION_SIGNED),
            "schema",
            id="S-14 an Id in other letters",
        ),
        pytest.param(
            tampered(renamed(ASSERTION_SIGNATURE, LOOK_ALIKE), **ASSERTION_SIGNED),
            "schema",
            id="S-15 a signature in a look-alike namespace",
        ),
        pytest.param(
            tampered(
                add(RESPONSE, assertion_xml(VICTIM), 3),
                renamed(ASSERTION, SAML.upper()),
                **ASSERTION_SIGNED,
            ),
            "schema",
            id="S-15 an assertion in a look-alike namespace",
        ),
        pytest.param(
            tampered(
                add(STATUS, "<samlp:StatusDetail/>"),
                lambda root: at(root, DETAIL).append(
                    deepcopy(at(root, ASSERTION_SIGNATURE)),
                ),
                lambda root: assertion_of(root).remove(at(root, ASSERTION_SIGNATURE)),
                text(NAME_ID, VICTIM),
                **ASSERTION_SIGNED,
            ),
            "signature_elsewhere",
            id="S-18 the signature in a status detail",
        ),
    ],
)
def test_names_that_libraries_may_read_differently_are_refused(recipe: Recipe, reason: str) -> None:
    refused(recipe, reason)


def test_S_15_an_undeclared_prefix_is_refused() -> None:
    refused_bytes(lambda raw: raw.replace(b"saml:Assertion", b"other:Assertion"), "not_well_formed")


def test_S_18_a_namespace_with_other_characters_is_refused() -> None:
    detail = '<samlp:StatusDetail><x xmlns="urn:\u00e9:x"/></samlp:StatusDetail></samlp:Status>'
    refused_bytes(
        lambda raw: raw.replace(b"</samlp:Status>", detail.encode()),
        "not_well_formed",
        Recipe(**ASSERTION_SIGNED),
    )
