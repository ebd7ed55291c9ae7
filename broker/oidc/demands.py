"""What a request demands of the login that answers it, beyond a minimum: which user it must be, and
which words for the level will do.
"""

from __future__ import annotations

import re
from typing import Final

from assurance import acr
from broker.oidc.claims_request import ClaimsRequest, in_common
from broker.oidc.errors import AuthorizationError

_SPACE: Final = re.compile(r"\s")


def users(hinted: str | None, wishes: ClaimsRequest) -> str | None:
    """Who may log in, with a space between; None: anybody. ``hinted``: whom ``id_token_hint``
    names; ``claims`` names others by ``sub`` (Core §3.1.2.2, §5.5.1). Raises AuthorizationError
    where that can be nobody.
    """
    named = in_common(wishes.of("sub"))
    if named is None:
        return hinted
    # No pseudonym of ours holds a space.
    possible = [sub for sub in named if sub and not _SPACE.search(sub) and hinted in (None, sub)]
    if not possible:
        raise AuthorizationError("login_required", "nobody is whom claims and id_token_hint name")
    return " ".join(possible)


def essential_acr(wishes: ClaimsRequest) -> str | None:
    """The values of which one must be the answer (Core §5.5.1.1), with a space between; None where
    none must. Raises AuthorizationError where no value is known here.
    """
    values = in_common(tuple(wish for wish in wishes.of("acr") if wish.essential))
    if values is None:
        return None
    known = [value for value in values if acr.lowest([value]) is not None]
    if not known:
        raise AuthorizationError(
            "unmet_authentication_requirements", "no value of the essential acr is known here"
        )
    return " ".join(known)
