"""RSA keys for tests at a fraction of what they cost: to look for primes is nearly all of it, and
thirty primes make 435 keys. All who ask draw from the same ones, so that a process looks for few.
Two keys that share a prime give each other away, which no test minds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from threading import Lock
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_ONE_AT_A_TIME: Final = Lock()


def rsa_keys(bits: int, public_exponent: int = 65537) -> Iterator[RSAPrivateKey]:
    """Without end, and no two the same, whoever else in this process asks for some."""
    made = _pairs(bits, public_exponent)
    while True:
        with _ONE_AT_A_TIME:
            key = next(made)
        yield key


@cache
def _pairs(bits: int, public_exponent: int) -> Iterator[RSAPrivateKey]:
    primes: list[int] = []
    for number in count(1):
        if number > len(primes) - 1:
            made = rsa.generate_private_key(public_exponent, bits).private_numbers()
            primes += (made.p, made.q)
        for other in range(number):
            yield _key(primes[other], primes[number], public_exponent)


def _key(one: int, other: int, public_exponent: int) -> RSAPrivateKey:
    exponent = rsa.rsa_recover_private_exponent(public_exponent, one, other)
    public = rsa.RSAPublicNumbers(public_exponent, one * other)
    return rsa.RSAPrivateNumbers(
        p=one,
        q=other,
        d=exponent,
        dmp1=rsa.rsa_crt_dmp1(exponent, one),
        dmq1=rsa.rsa_crt_dmq1(exponent, other),
        iqmp=rsa.rsa_crt_iqmp(one, other),
        public_numbers=public,
    ).private_key(unsafe_skip_rsa_key_validation=True)
