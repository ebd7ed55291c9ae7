"""What metadata show of our keys, by role and while one follows another."""

from __future__ import annotations

import pytest

from keys.keyring import KeyRing, KeyState, KeyUse
from keys.saml_keys import (
    EncryptionShown,
    OwnRole,
    for_decrypting,
    shown_for_encryption,
    shown_for_signing,
    signing_key,
)
from tests.keys_for_tests import make_private_key

S = KeyState
USES = (KeyUse.SAML_SIGNING, KeyUse.SAML_IDP_SIGNING, KeyUse.SAML_ENCRYPTION)


def ring(*states: KeyState) -> KeyRing:
    return KeyRing(tuple(make_private_key(use, "RSA", state) for use in USES for state in states))


WHOLE = ring(S.RETIRING, S.NEXT, S.ACTIVE)


@pytest.mark.parametrize(
    ("role", "use"),
    [(OwnRole.SP, KeyUse.SAML_SIGNING), (OwnRole.IDP, KeyUse.SAML_IDP_SIGNING)],
)
def test_each_role_has_keys_of_its_own(role: OwnRole, use: KeyUse) -> None:
    shown = shown_for_signing(WHOLE, role)
    assert [key.state for key in shown] == [S.ACTIVE, S.NEXT, S.RETIRING]
    assert {key.use for key in shown} == {use}
    assert signing_key(WHOLE, role) is shown[0]


@pytest.mark.parametrize(
    ("shown", "states", "expected"),
    [
        (EncryptionShown.CURRENT, (S.ACTIVE,), [S.ACTIVE]),
        (EncryptionShown.CURRENT, (S.ACTIVE, S.NEXT, S.RETIRING), [S.ACTIVE]),
        (EncryptionShown.NEXT, (S.ACTIVE, S.RETIRING), [S.ACTIVE]),
        (EncryptionShown.NEXT, (S.ACTIVE, S.NEXT), [S.NEXT]),
        (EncryptionShown.BOTH, (S.ACTIVE, S.NEXT, S.RETIRING), [S.ACTIVE, S.NEXT]),
        (EncryptionShown.BOTH, (S.ACTIVE,), [S.ACTIVE]),
    ],
)
def test_one_key_for_encryption_is_shown_unless_it_is_asked_otherwise(
    shown: EncryptionShown, states: tuple[KeyState, ...], expected: list[KeyState]
) -> None:
    found = shown_for_encryption(ring(*states), shown)
    assert [key.state for key in found] == expected
    assert {key.use for key in found} == {KeyUse.SAML_ENCRYPTION}


def test_whatever_was_shown_can_be_opened() -> None:
    """The next one too, before it is the current one; and the one of before, while it is kept."""
    assert {key.state for key in for_decrypting(WHOLE)} == {S.ACTIVE, S.NEXT, S.RETIRING}
