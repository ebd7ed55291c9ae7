"""Assertions in Advice are evidence, and never the answer (S-04, S-07, S-09, S-12)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest
from lxml import etree

from providers.interface import ProviderRefused
from tests.attacks.etd_verdicts import refused
from tests.providers.saml.edits import ASSERTION, STATEMENT, add, at
from tests.providers.saml.etd import (
    DIRECT,
    ETD,
    SERVICE_NAMED,
    Etd,
    logged_in,
    person,
)
from tests.providers.saml.maker import NAMES, Edit, Recipe, finish, spoilt
from tests.providers.saml.signing import sign

# Evidence.


def test_S_12_evidence_is_no_answer() -> None:
    """Its people, companies and levels are of others; without it nothing changes."""
    found = logged_in(DIRECT)
    assert "somebody-else" not in found.subject
    assert [one.represented.value for one in found.authority] == ["90001201"]


def test_S_12_only_evidence_is_no_answer_either() -> None:
    refused(Etd((person(), *SERVICE_NAMED), first=(_acts_in_advice,)), "legal_subject")


def _acts_in_advice(root: etree._Element) -> None:
    """The company stands in the evidence, and the answer says only that somebody is represented."""
    add(
        STATEMENT,
        f'<saml:Attribute Name="{ETD}core:Representation">'
        "<saml:AttributeValue>true</saml:AttributeValue></saml:Attribute>",
    )(root)


def _moved(path: str) -> Callable[[etree._Element], None]:
    """The inner assertion somewhere else than in the Advice of the answer."""

    def edit(root: etree._Element) -> None:
        inner = at(root, f"{ASSERTION}/saml:Advice/saml:Assertion")
        target = root if path == "." else at(root, path)
        target.append(deepcopy(inner))
        at(root, f"{ASSERTION}/saml:Advice").remove(inner)

    return edit


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        pytest.param(_moved("."), "assertion_count", id="S-09 beside the answer"),
        pytest.param(
            lambda root: _wrapped(root), "issuer_mismatch", id="S-04 the answer in its evidence"
        ),
        pytest.param(
            lambda root: _in_extensions(root), "assertion_elsewhere", id="S-07 in Extensions"
        ),
        pytest.param(
            lambda root: _in_another_advice(root),
            "assertion_elsewhere",
            id="S-12 in an Advice that is not of the answer",
        ),
    ],
)
def test_the_answer_is_the_child_of_the_response(edit: Edit, reason: str) -> None:
    refused(replace(DIRECT, first=(edit,)), reason)


def _wrapped(root: etree._Element) -> None:
    """What an authenticatiedienst said stands where the answer belongs, with the answer inside."""
    answer = at(root, ASSERTION)
    inner = at(root, f"{ASSERTION}/saml:Advice/saml:Assertion")
    root.replace(answer, inner)
    etree.SubElement(inner, f"{{{NAMES['saml']}}}Advice").append(answer)
    inner.insert(2, inner[-1])


def _in_another_advice(root: etree._Element) -> None:
    """In an Advice, but of nothing that anybody signed as the answer."""
    _in_extensions(root)
    extensions = root[1]
    advice = etree.SubElement(extensions, f"{{{NAMES['saml']}}}Advice")
    advice.append(extensions[0])


def _in_extensions(root: etree._Element) -> None:
    inner = at(root, f"{ASSERTION}/saml:Advice/saml:Assertion")
    extensions = etree.Element(f"{{{root.nsmap['samlp']}}}Extensions")
    extensions.append(inner)
    root.insert(1, extensions)


def _forged(root: etree._Element) -> None:
    """XSW: an answer of a thief, with the signed one in its Advice."""
    answer = at(root, ASSERTION)
    evil = deepcopy(answer)
    for number, element in enumerate(evil.iter()):
        for name in {"ID", "Id"} & set(element.keys()):
            element.set(name, f"_evil{number}")
    advice = at(root, f"{ASSERTION}/saml:Advice")
    for child in list(advice):
        advice.remove(child)
    for child in list(evil.find("saml:Advice", root.nsmap)):
        evil.find("saml:Advice", root.nsmap).remove(child)
    root.replace(answer, evil)
    evil.find("saml:Advice", root.nsmap).append(answer)


def test_S_04_an_answer_that_holds_the_signed_one_as_evidence_is_refused() -> None:
    good = replace(DIRECT, signs="assertion")
    assert logged_in(good).authority
    for edits in ((_forged,), (_forged, _unsigned)):
        with pytest.raises(ProviderRefused) as caught:
            logged_in(replace(good, after=edits))
        assert caught.value.reason in ("signature_reference", "signature_missing")


def _unsigned(root: etree._Element) -> None:
    evil = at(root, ASSERTION)
    evil.remove(at(root, f"{ASSERTION}/ds:Signature"))


def test_S_12_evidence_in_its_own_evidence_stays_evidence() -> None:
    def deeper(root: etree._Element) -> None:
        inner = at(root, f"{ASSERTION}/saml:Advice/saml:Assertion")
        more = etree.SubElement(inner, f"{{{inner.nsmap['saml']}}}Advice")
        made = etree.SubElement(more, f"{{{inner.nsmap['saml']}}}Assertion", ID="_deep")
        made.set("Version", "2.0")
        sign(made)

    found = logged_in(replace(DIRECT, first=(deeper,)))
    assert [one.represented.value for one in found.authority] == ["90001201"]


@pytest.mark.parametrize("dialect", ["saml2int", None])
def test_S_12_other_makelaars_send_no_evidence(dialect: str | None) -> None:
    def advised(root: etree._Element) -> None:
        advice = etree.fromstring(
            '<saml:Advice xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Assertion '
            'ID="_x" Version="2.0" IssueInstant="2026-11-02T09:00:00Z"><saml:Issuer>x</saml:Issuer>'
            "</saml:Assertion></saml:Advice>"
        )
        at(root, f"{ASSERTION}/saml:Conditions").addnext(advice)

    settings = {"dialect": dialect, "subject": "nameid"}
    assert finish(Recipe(settings=settings)).subject
    with pytest.raises(ProviderRefused) as caught:
        finish(spoilt(advised, settings=settings))
    assert caught.value.reason == "assertion_elsewhere"
