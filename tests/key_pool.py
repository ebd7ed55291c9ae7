"""RSA keys from a pool: a world needs twelve, and each takes a tenth of a second.

For what the product and the sandbox make at their start. Each has a pool of its own, large enough
that no world meets a key twice; keys that a test makes itself (``keys_for_tests``, or by hand) come
from neither. What many tests copy has pools of its own again (``tests.installed``): however many
keys a test adds to its copy, none of them is there already.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

import keys.certificate_request
import keys.rotation
import sandbox.keys
from tests.rsa_keys import rsa_keys

SIZE: Final = 64


class _Pool:
    def __init__(self) -> None:
        self._keys: dict[int, list[RSAPrivateKey]] = {}
        self._new: dict[int, Iterator[RSAPrivateKey]] = {}
        self._asked = count()

    def generate_private_key(self, public_exponent: int, key_size: int) -> RSAPrivateKey:
        made = self._keys.setdefault(key_size, [])
        if len(made) < SIZE:
            new = self._new.setdefault(key_size, rsa_keys(key_size, public_exponent))
            made.append(next(new))
            return made[-1]
        return made[next(self._asked) % SIZE]


class Pools:
    """One for the product and one for the sandbox."""

    def __init__(self) -> None:
        product = _Pool()
        self._pools = {
            keys.rotation: product,
            keys.certificate_request: product,
            sandbox.keys: _Pool(),
        }

    @contextmanager
    def used(self) -> Iterator[None]:
        """Inside this block; those of a block inside it come first."""
        with pytest.MonkeyPatch.context() as patch:
            for module, pool in self._pools.items():
                names = {**vars(rsa), "generate_private_key": pool.generate_private_key}
                patch.setattr(module, "rsa", SimpleNamespace(**names))
            yield
