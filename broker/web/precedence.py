"""Who goes first where requests wait: a login that is nearly done before one that begins, as in a
shop where who was called first is helped to the end. Whether we live is answered before all.
"""

from __future__ import annotations

from typing import Final

STEP: Final = 0.25  # seconds; so nobody waits for long because of those who came later
# Addresses, or how they begin, of the steps of a login after the first, in their order.
STEPS: Final = (
    ("/saml/acs", "/oidc/callback/"),
    ("/login/",),
    ("/token", "/saml/idp/artifact", "/userinfo"),
    ("/health/",),
)


def ahead(path: str) -> float:
    """Seconds that a request for this path goes before one of no login that came when it did."""
    for step, beginnings in enumerate(STEPS, 1):
        if path.startswith(beginnings):
            return step * STEP
    return 0.0
