"""Signed parts that are moved, doubled or hidden, so that another part is read (S-01 … S-13).

The thief holds a signed message about an own login and wants to be somebody else.
"""

from __future__ import annotations

from copy import deepcopy

import pytest
from lxml import etree

from tests.providers.saml.edits import (
    ASSERTION,
    CONFIRMATION_DATA,
    NAME_ID,
    RESPONSE,
    STATUS,
    add,
    at,
    parsed,
)
from tests.providers.saml.maker import (
    NAMES,
    Edit,
    Recipe,
    assertion_of,
    assertion_xml,
    spoilt,
    tampered,
)
from tests.providers.saml.sealing import Envelope, seal
from tests.providers.saml.signing import sign
from tests.providers.saml.verdicts import refused

VICTIM = "victim"
ASSERTION_SIGNED = {"signs": "assertion", "settings": {"require_signed": "assertion"}}
RESPONSE_SIGNED = {"signs": "response", "settings": {"require_signed": "response"}}
SIGNATURE = "ds:Signature"
ASSERTION_SIGNATURE = f"{ASSERTION}/{SIGNATURE}"


def forged_response(root: etree._Element) -> etree._Element:
    """The root becomes a forgery under another ID; the original, without its signature."""
    original = deepcopy(root)
    original.remove(at(original, SIGNATURE))
    root.set("ID", "_forged-response")
    assertion_of(root).set("ID", "_forged-assertion")
    at(root, NAME_ID).text = VICTIM
    return original


def forged_assertion(root: etree._Element, *, keeps_id: bool = False) -> etree._Element:
    """The assertion becomes a forgery with a copied signature; the original, without its own."""
    original = deepcopy(assertion_of(root))
    original.remove(at(original, SIGNATURE))
    if not keeps_id:
        assertion_of(root).set("ID", "_forged-assertion")
    at(root, NAME_ID).text = VICTIM
    return original


def response_into(place: str) -> Edit:
    """The original response moves into this place of the forged one."""

    def edit(root: etree._Element) -> None:
        original = forged_response(root)
        made(root, place).append(original)

    return edit


def assertion_into(place: str, *, keeps_id: bool = False) -> Edit:
    def edit(root: etree._Element) -> None:
        original = forged_assertion(root, keeps_id=keeps_id)
        made(root, place).append(original)

    return edit


def made(root: etree._Element, place: str) -> etree._Element:
    """The element at this path; its last step is made where it is not there."""
    found = root if place == RESPONSE else root.find(place, NAMES)
    if found is not None:
        return found
    parent, _, last = place.rpartition("/")
    above = at(root, parent or RESPONSE)
    child = parsed(f"<{last}/>")
    above.insert(above.index(at(root, STATUS)) if last == EXTENSIONS else len(above), child)
    return child


def beside_its_signature(root: etree._Element) -> None:
    original = forged_response(root)
    signature = at(root, SIGNATURE)
    root.insert(root.index(signature), original)


def nested(root: etree._Element) -> None:
    """The signed assertion as advice of a forged one without signature."""
    signed = assertion_of(root)
    forged = assertion_xml(VICTIM)
    root.replace(signed, forged)
    advice = parsed("<saml:Advice/>")
    at(forged, "saml:Conditions").addnext(advice)
    advice.append(signed)


def original_at_the_end(root: etree._Element) -> None:
    root.append(forged_assertion(root))


def into_extensions(root: etree._Element) -> None:
    """The forgery in Extensions, the signed one where it belongs."""
    made(root, EXTENSIONS).append(assertion_xml(VICTIM))


EXTENSIONS = "samlp:Extensions"
DETAIL = f"{STATUS}/samlp:StatusDetail"
KEY_INFO = f"{ASSERTION_SIGNATURE}/ds:KeyInfo"
OBJECT = f"{ASSERTION_SIGNATURE}/ds:Object"


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        pytest.param(
            tampered(response_into(SIGNATURE), **RESPONSE_SIGNED),
            "schema",
            id="S-01 the original inside the signature",
        ),
        pytest.param(
            tampered(response_into(f"{SIGNATURE}/ds:Object"), **RESPONSE_SIGNED),
            "assertion_elsewhere",
            id="S-01 the original in an object of the signature",
        ),
        pytest.param(
            tampered(beside_its_signature, **RESPONSE_SIGNED),
            "schema",
            id="S-02 the original beside the signature",
        ),
        pytest.param(
            tampered(add(RESPONSE, assertion_xml(VICTIM), 3), **ASSERTION_SIGNED),
            "assertion_count",
            id="S-03 a forged assertion first",
        ),
        pytest.param(
            tampered(nested, **ASSERTION_SIGNED), "assertion_elsewhere", id="S-04 in the advice"
        ),
        pytest.param(
            tampered(assertion_into(ASSERTION), **ASSERTION_SIGNED),
            "schema",
            id="S-04 as a child of the forged one",
        ),
        pytest.param(
            tampered(original_at_the_end, **ASSERTION_SIGNED),
            "assertion_count",
            id="S-05 the original at the end",
        ),
        pytest.param(
            tampered(assertion_into(ASSERTION_SIGNATURE), **ASSERTION_SIGNED),
            "schema",
            id="S-06 the original inside the signature of the forged one",
        ),
        pytest.param(
            tampered(into_extensions, **ASSERTION_SIGNED),
            "assertion_elsewhere",
            id="S-07 a forged assertion in extensions",
        ),
        pytest.param(
            tampered(assertion_into(EXTENSIONS), **ASSERTION_SIGNED),
            "assertion_elsewhere",
            id="S-07 the original in extensions",
        ),
        pytest.param(
            tampered(assertion_into(OBJECT), **ASSERTION_SIGNED),
            "assertion_elsewhere",
            id="S-08 the original in an object of the signature",
        ),
        pytest.param(
            tampered(add(RESPONSE, assertion_xml(VICTIM)), **ASSERTION_SIGNED),
            "assertion_count",
            id="S-09 a second assertion behind the signed one",
        ),
        pytest.param(
            tampered(add(RESPONSE, seal(assertion_xml(VICTIM)), 3), **ASSERTION_SIGNED),
            "assertion_count",
            id="S-10 an encrypted forgery before the signed one",
        ),
        pytest.param(
            tampered(add(RESPONSE, seal(assertion_xml(VICTIM))), **ASSERTION_SIGNED),
            "assertion_count",
            id="S-10 an encrypted forgery behind the signed one",
        ),
        pytest.param(
            Recipe(between=[add(RESPONSE, seal(assertion_xml(VICTIM)))]),
            "assertion_count",
            id="S-11 plain and encrypted below one signature",
        ),
        pytest.param(
            Recipe(
                between=[
                    add(RESPONSE, seal(assertion_xml(VICTIM))),
                    add(RESPONSE, assertion_xml(VICTIM, "_third")),
                ]
            ),
            "assertion_count",
            id="S-11 two plain ones and an encrypted one",
        ),
        pytest.param(
            Recipe(
                envelope=Envelope(),
                between=[add(RESPONSE, seal(assertion_xml(VICTIM)))],
            ),
            "assertion_count",
            id="S-11 two encrypted ones",
        ),
    ],
)
def test_of_several_assertions_none_is_read(recipe: Recipe, reason: str) -> None:
    refused(recipe, reason)


def with_advice(root: etree._Element) -> None:
    advice = parsed("<saml:Advice/>")
    more = assertion_xml(VICTIM)
    sign(more)
    advice.append(more)
    at(assertion_of(root), "saml:Conditions").addnext(advice)


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        pytest.param(spoilt(with_advice), "assertion_elsewhere", id="S-12 in the advice"),
        pytest.param(
            spoilt(with_advice, envelope=Envelope()),
            "assertion_elsewhere",
            id="S-12 in encrypted advice",
        ),
        pytest.param(
            spoilt(with_advice, **RESPONSE_SIGNED),
            "assertion_elsewhere",
            id="S-12 in the advice of an assertion without own signature",
        ),
    ],
)
def test_an_assertion_in_the_advice_is_refused(recipe: Recipe, reason: str) -> None:
    refused(recipe, reason)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(DETAIL, id="S-13 in a status detail"),
        pytest.param(CONFIRMATION_DATA, id="S-13 in the confirmation data"),
        pytest.param(KEY_INFO, id="S-13 in the key info"),
        pytest.param(EXTENSIONS, id="S-13 in extensions"),
    ],
)
@pytest.mark.parametrize("kind", [ASSERTION_SIGNED, {}], ids=["assertion signed", "both signed"])
def test_one_id_that_stands_twice_is_refused(place: str, kind: dict[str, object]) -> None:
    refused(tampered(assertion_into(place, keeps_id=True), **kind), "id")
