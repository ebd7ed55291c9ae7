"""RequestedAuthnContext of a request, as a demand (Core §3.3.2.2.1)."""

from __future__ import annotations

from lxml import etree

from assurance.authn_context import Comparison, ContextDemand, demand
from assurance.levels import AssuranceLevel
from broker.saml.errors import NO_AUTHN_CONTEXT, RESPONDER, StatusRefused
from directory.saml_portals import SamlServiceProvider
from providers.saml.wire.names import saml, samlp
from providers.saml.wire.xml_values import collapsed


def context_demand(
    root: etree._Element, portal: SamlServiceProvider, least: AssuranceLevel
) -> ContextDemand:
    """What the level must be at a service that asks ``least``. Raises StatusRefused, also for
    classes that are not known here: never read as no demand.
    """
    element = root.find(samlp("RequestedAuthnContext"))
    if element is None:
        return ContextDemand(least)
    comparison = Comparison(collapsed(element.get("Comparison")) or Comparison.EXACT)
    if comparison is Comparison.EXACT and portal.saml.exact_is_minimum:
        comparison = Comparison.MINIMUM
    classes = [collapsed(one.text) or "" for one in element.findall(saml("AuthnContextClassRef"))]
    found = demand(classes, comparison, least)
    if found is None:
        raise StatusRefused(
            NO_AUTHN_CONTEXT,
            f"no login here can be {comparison} of what RequestedAuthnContext names: the service "
            f"asks {least.label} or higher, and AuthnContextClassRef must be a class that is known"
            f"{_way_out(classes, comparison, least)}",
            first=RESPONDER,
        )
    return found


def _way_out(classes: list[str], comparison: Comparison, least: AssuranceLevel) -> str:
    """What helps a product that asks ``exact`` in every request, where that alone is wrong."""
    if comparison is not Comparison.EXACT or demand(classes, Comparison.MINIMUM, least) is None:
        return ""
    return (
        ". Send minimum, or nothing. Cannot your product do that? Let the operator set "
        "saml.exact_is_minimum"
    )
