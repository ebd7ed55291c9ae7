"""Changes to a response, by path from its root: ``put(CONDITIONS, "NotBefore", None)``."""

from __future__ import annotations

from copy import deepcopy
from typing import Final

from lxml import etree

from tests.providers.saml.maker import NAMES, Edit

RESPONSE: Final = "."
ASSERTION: Final = "saml:Assertion"
ISSUER: Final = f"{ASSERTION}/saml:Issuer"
SUBJECT: Final = f"{ASSERTION}/saml:Subject"
NAME_ID: Final = f"{SUBJECT}/saml:NameID"
CONFIRMATION: Final = f"{SUBJECT}/saml:SubjectConfirmation"
CONFIRMATION_DATA: Final = f"{CONFIRMATION}/saml:SubjectConfirmationData"
CONDITIONS: Final = f"{ASSERTION}/saml:Conditions"
RESTRICTION: Final = f"{CONDITIONS}/saml:AudienceRestriction"
AUDIENCE: Final = f"{RESTRICTION}/saml:Audience"
AUTHN: Final = f"{ASSERTION}/saml:AuthnStatement"
CONTEXT: Final = f"{AUTHN}/saml:AuthnContext"
CLASS_REF: Final = f"{CONTEXT}/saml:AuthnContextClassRef"
STATEMENT: Final = f"{ASSERTION}/saml:AttributeStatement"
STATUS: Final = "samlp:Status"
CODE: Final = f"{STATUS}/samlp:StatusCode"


def at(root: etree._Element, path: str) -> etree._Element:
    found = root if path == RESPONSE else root.find(path, NAMES)
    assert found is not None, path
    return found


def parsed(xml: str) -> etree._Element:
    """XML with the usual prefixes."""
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMES.items())
    return etree.fromstring(f"<x {names}>{xml}</x>")[0]


def put(path: str, name: str, value: str | None) -> Edit:
    """Set an attribute; None takes it away."""

    def edit(root: etree._Element) -> None:
        element = at(root, path)
        if value is None:
            del element.attrib[name]
        else:
            element.set(name, value)

    return edit


def text(path: str, value: str) -> Edit:
    def edit(root: etree._Element) -> None:
        at(root, path).text = value

    return edit


def drop(path: str) -> Edit:
    def edit(root: etree._Element) -> None:
        element = at(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return edit


def add(path: str, xml: str | etree._Element, position: int | None = None) -> Edit:
    """One more child, at the end unless a position is given."""

    def edit(root: etree._Element) -> None:
        child = parsed(xml) if isinstance(xml, str) else deepcopy(xml)
        parent = at(root, path)
        parent.insert(len(parent) if position is None else position, child)

    return edit


def attribute(name: str, *values: str, **more: str) -> Edit:
    """One more attribute with these values, as XML."""
    named = "".join(f' {key}="{value}"' for key, value in more.items())
    inner = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
    return add(STATEMENT, f'<saml:Attribute Name="{name}"{named}>{inner}</saml:Attribute>')


def name_id(value: str, qualifier: str) -> str:
    return f'<saml:NameID NameQualifier="{qualifier}">{value}</saml:NameID>'
