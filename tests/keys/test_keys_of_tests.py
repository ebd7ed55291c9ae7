"""The keys that tests are given differ, whoever asks for them."""

from __future__ import annotations

from tests.rsa_keys import rsa_keys


def test_who_asks_beside_another_gets_other_keys() -> None:
    one, other = rsa_keys(2048), rsa_keys(2048)
    made = [next(one), next(other), next(one), next(other), next(rsa_keys(2048))]
    assert len({key.public_key().public_numbers().n for key in made}) == 5
