"""The signing keys of a makelaar: its JWK set, and one key of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from keys.jwk_sets import KeySetMalformed, PublishedKey, read_key_set
from keys.public_jwks import MAX_KEYS, VerifyingKey, algorithms_of
from providers import received
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.trouble import Trouble

__all__ = ["MAX_KEYS", "PublishedKeys", "VerifyingKey", "read_jwks"]
MAX_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class PublishedKeys:
    keys: tuple[PublishedKey, ...]

    def choose(self, kid: str | None, alg: str) -> VerifyingKey | None:
        """The key for this header, None where it is not here. Raises ProviderRefused(kid_missing).

        Without ``kid`` only where there is one key it can be (OpenID Connect Core §10.1). Where the
        key set gives no name to the only one that fits, that one, whatever the token calls it.
        """
        fitting = [k for k in self.keys if alg in algorithms_of(k.key) and k.alg in (None, alg)]
        if kid is not None:
            is_nameless = len(fitting) == 1 and fitting[0].kid is None
            return next((k.key for k in fitting if is_nameless or k.kid == kid), None)
        if len(fitting) > 1:
            what = f"{len(fitting)} keys could have signed"
            raise ProviderRefused("kid_missing", what, element="kid", seen="none")
        return fitting[0].key if fitting else None

    def names(self, alg: str) -> tuple[str, ...]:
        """The ``kid`` of each key that can have signed so."""
        return tuple(k.kid for k in self.keys if k.kid and alg in algorithms_of(k.key))


def read_jwks(document: Mapping[str, Any]) -> PublishedKeys:
    """The keys that can verify; none where the makelaar withdrew them all.

    Raises ProviderUnavailable for what is no key set.
    """
    try:
        return PublishedKeys(read_key_set(document))
    except KeySetMalformed as malformed:
        raise ProviderUnavailable(
            f"key set: {malformed}",
            Trouble.KEYS,
            measured={"endpoint": "jwks_uri", "seen": received.masked(str(malformed))},
        ) from None
