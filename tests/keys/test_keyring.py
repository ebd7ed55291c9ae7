from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from keys.certificates import to_pem
from keys.keyring import KeyMissing, KeyRing, KeyState, KeyUse, load_keyring, seal_key
from keys.rotation import NEEDED, live_keys
from keys.sealing import SealBroken, Sealer, WrongMasterKey
from keys.signing_key import SigningKey
from tests.clocks import START
from tests.keys_for_tests import make_keyring, make_private_key, make_sealer


def row_of(ring: KeyRing, wanted: KeyUse, **changes: object) -> SigningKey:
    key = next(key for key in ring.keys if key.use is wanted)
    values: dict[str, object] = {
        "kid": key.kid,
        "use": key.use,
        "algorithm": key.algorithm,
        "state": key.state,
        "sealed": seal_key(key.key, key.kid, key.use, make_sealer()),
        "certificate": to_pem(key.certificate) if key.certificate else None,
        "created_at": START,
        "state_since": START,
    }
    return SigningKey(**(values | changes))


def test_the_active_key_of_each_use_is_found() -> None:
    ring = make_keyring()
    assert ring.active(KeyUse.OIDC_SIGNING, "ES256").algorithm == "ES256"
    rs256 = ring.active(KeyUse.OIDC_SIGNING, "RS256")
    assert ring.active(KeyUse.OIDC_SIGNING, "PS256") is rs256
    for use in (KeyUse.SAML_SIGNING, KeyUse.SAML_ENCRYPTION, KeyUse.SAML_IDP_SIGNING):
        key = ring.active(use, "RSA")
        assert key.certificate is not None
        assert key.certificate.public_key() == key.key.public_key()
    assert {key.use for key in ring.keys} == set(KeyUse) - {KeyUse.SAML_TLS_CLIENT}
    assert len({key.kid for key in ring.keys}) == len(NEEDED)


def test_a_key_that_is_not_there_is_missing() -> None:
    with pytest.raises(KeyMissing):
        make_keyring().active(KeyUse.SAML_SIGNING, "ES256")
    with pytest.raises(KeyMissing):
        KeyRing(()).active(KeyUse.OIDC_SIGNING, "RS256")


def test_partners_see_the_active_key_first_and_then_the_others() -> None:
    states = (KeyState.RETIRING, KeyState.NEXT, KeyState.ACTIVE)
    keys = [make_private_key(KeyUse.OIDC_SIGNING, "ES256", state) for state in states]
    ring = KeyRing((*keys, make_private_key(KeyUse.CLIENT_SIGNING, "RS256")))
    published = ring.published(KeyUse.OIDC_SIGNING)
    expected = [KeyState.ACTIVE, KeyState.NEXT, KeyState.RETIRING]
    assert [key.state for key in published] == expected
    assert ring.active(KeyUse.OIDC_SIGNING, "ES256").state is KeyState.ACTIVE


def test_a_ring_is_loaded_equal_and_with_the_same_key_objects(session: Session) -> None:
    uses = {use for use, _ in NEEDED}
    session.add_all(row_of(make_keyring(), use) for use in uses)
    session.commit()
    first, second = (load_keyring(session, make_sealer()) for _ in range(2))
    assert first == second and first is not second
    assert len(first.keys) == len(uses)
    assert all(a.key is b.key for a, b in zip(first.keys, second.keys, strict=True))
    changed = replace(first.keys[0], state=KeyState.RETIRING)
    assert KeyRing((changed, *first.keys[1:])) != first


def test_a_next_key_is_the_active_one_from_its_date_on(session: Session) -> None:
    """Also where no worker wrote that down: every process finds it by its own clock."""
    later = START + timedelta(days=30)
    following = make_private_key(KeyUse.SAML_SIGNING, "RSA", KeyState.NEXT)
    session.add(row_of(make_keyring(), KeyUse.SAML_SIGNING))
    session.add(row_of(KeyRing((following,)), KeyUse.SAML_SIGNING, activates_at=later))
    session.commit()
    seconds = timedelta(seconds=1)
    before, at = (load_keyring(session, make_sealer(), now) for now in (later - seconds, later))
    current = make_keyring().active(KeyUse.SAML_SIGNING, "RSA").kid
    assert before.active(KeyUse.SAML_SIGNING, "RSA").kid == current
    assert at.active(KeyUse.SAML_SIGNING, "RSA").kid == following.kid
    states = [(key.kid, key.state) for key in at.published(KeyUse.SAML_SIGNING)]
    assert states == [(following.kid, KeyState.ACTIVE), (current, KeyState.RETIRING)]
    assert load_keyring(session, make_sealer()) == before != at  # as it is written down


def test_a_key_that_waits_for_its_certificate_is_not_loaded(session: Session) -> None:
    session.add(
        row_of(make_keyring(), KeyUse.SAML_SIGNING, state=KeyState.REQUESTED, certificate=None)
    )
    session.commit()
    assert load_keyring(session, make_sealer()).keys == ()


def test_what_is_retired_is_not_loaded(session: Session) -> None:
    session.add(row_of(make_keyring(), KeyUse.CLIENT_SIGNING, state=KeyState.RETIRED, sealed=None))
    session.commit()
    assert load_keyring(session, make_sealer()).keys == ()


def test_a_key_for_what_only_a_newer_version_does_is_left_alone(session: Session) -> None:
    known, newer = KeyUse.OIDC_SIGNING, KeyUse.CLIENT_SIGNING
    session.add_all([row_of(make_keyring(), known), row_of(make_keyring(), newer)])
    session.commit()
    session.expunge_all()
    session.execute(text("UPDATE signing_key SET use = 'tomorrow' WHERE use = 'client_signing'"))
    assert [key.use for key in load_keyring(session, make_sealer()).keys] == [known]
    assert [key.use for key in live_keys(session)] == [known]


def test_K_06_under_another_master_key_no_ring_is_loaded(session: Session) -> None:
    session.add(row_of(make_keyring(), KeyUse.CLIENT_SIGNING))
    session.commit()
    assert len(load_keyring(session, make_sealer()).keys) == 1
    with pytest.raises(WrongMasterKey, match="sealed under master key"):
        load_keyring(session, Sealer(b"2" * 32))


def test_K_05_a_key_cannot_be_moved_to_another_use(session: Session) -> None:
    moved = row_of(make_keyring(), KeyUse.CLIENT_SIGNING, use=KeyUse.SAML_SIGNING)
    session.add(moved)
    session.commit()
    with pytest.raises(SealBroken):
        load_keyring(session, make_sealer())
    moved.use = KeyUse.CLIENT_SIGNING
    session.commit()
    assert len(load_keyring(session, make_sealer()).keys) == 1


def test_K_05_one_key_has_one_use(session: Session) -> None:
    session.add(row_of(make_keyring(), KeyUse.CLIENT_SIGNING))
    session.commit()
    session.expunge_all()
    session.add(row_of(make_keyring(), KeyUse.CLIENT_SIGNING, use=KeyUse.SAML_SIGNING))
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()


def test_K_01_a_key_does_not_show_itself() -> None:
    key = make_keyring().active(KeyUse.OIDC_SIGNING, "RS256")
    assert isinstance(key.key, RSAPrivateKey)
    assert str(key.key.private_numbers().d) not in repr(key)
    assert "object" not in repr(key)
