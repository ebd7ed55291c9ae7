"""How joserfc is to verify a signature of others: these algorithms and no others, and a header that
may hold what nobody reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from joserfc.jws import JWSRegistry


class _Registry(JWSRegistry):
    def get_alg(self, name: str) -> Any:
        """Of EdDSA joserfc warns that RFC 9864 names it by its curve. Products name it so all the
        same, and here the key has one curve.
        """
        if name == "EdDSA" and name in (self.allowed or ()):
            return self.algorithms[name]
        return super().get_alg(name)


def verifying(algorithms: Iterable[str], max_header: int) -> JWSRegistry:
    """``max_header``: of a header, in signs of base64url."""
    registry = _Registry(algorithms=list(algorithms), strict_check_header=False)
    registry.max_header_length = max_header
    return registry
