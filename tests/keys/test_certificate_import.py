"""Certificates of an authority: asked with a key that never leaves, and taken once they fit."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy.orm import Session

from keys.certificate_import import Imported, ImportRefused, import_certificate
from keys.certificate_request import (
    CertificateRequest,
    RequestRefused,
    again,
    request_certificate,
)
from keys.certificates import is_of_an_authority, to_pem
from keys.keyring import KeyState, KeyUse, load_keyring
from keys.rotation import (
    NextKeyExists,
    RotationPolicy,
    ensure_keys,
    introduce,
    renewals,
    rotate_due,
)
from keys.sealing import Sealer, WrongMasterKey
from keys.signing_key import SigningKey
from state import audit
from state.audit import EventTag
from tests.attacks.test_damaged_certificates import damaged
from tests.clocks import START, FakeClock
from tests.keys.authority import YEAR, bundle, issued, issuer, usage
from tests.keys.test_rotation import kept_keys
from tests.keys_for_tests import ec_key, make_sealer, rsa_key

__all__ = ["kept_keys"]
SUBJECT = "CN=login.example.nl,serialNumber=00000001234567890000,O=Waterschap Voorbeeld,C=NL"
FROM = START + timedelta(days=30)
SIGNING = KeyUse.SAML_SIGNING


@pytest.fixture(autouse=True)
def _installed(session: Session, clock: FakeClock) -> None:
    ensure_keys(session, make_sealer(), clock)


def asked(session: Session, use: KeyUse = SIGNING, **more: Any) -> CertificateRequest:
    made = request_certificate(session, make_sealer(), use, SUBJECT, START, **more)
    session.commit()
    return made


def public_key(request: CertificateRequest) -> RSAPublicKey:
    found = x509.load_pem_x509_csr(request.pem.encode())
    assert found.is_signature_valid
    key = found.public_key()
    assert isinstance(key, RSAPublicKey)
    return key


def taken(
    session: Session, chain: str, use: KeyUse = SIGNING, at: datetime = FROM, **more: Any
) -> Imported:
    done = import_certificate(session, make_sealer(), use, chain, START, at, **more)
    session.commit()
    return done


def pem_of(name: str, password: bytes | None = None) -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return rsa_key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def states(session: Session, use: KeyUse = SIGNING) -> list[KeyState]:
    return [key.state for key in load_keyring(session, make_sealer()).published(use)]


def test_a_request_names_its_subject_and_is_of_a_key_that_nobody_sees(session: Session) -> None:
    request = asked(session)
    found = x509.load_pem_x509_csr(request.pem.encode())
    names = {one.oid: one.value for one in found.subject}
    assert names[NameOID.COMMON_NAME] == "login.example.nl"
    assert names[NameOID.SERIAL_NUMBER] == "00000001234567890000"  # an OIN
    assert public_key(request).key_size == 2048
    assert states(session) == [KeyState.ACTIVE]
    row = session.get_one(SigningKey, request.kid)
    assert (row.state, row.certificate) == (KeyState.REQUESTED, None)
    (event,) = audit.recent(session, tags=[EventTag.KEY_REQUESTED])
    assert event.details["use"] == "saml_signing"


def test_the_same_request_is_had_again(session: Session) -> None:
    request = asked(session)
    repeated = again(session, make_sealer(), SIGNING, "CN=anders.example.nl")
    assert (repeated.kid, public_key(repeated)) == (request.kid, public_key(request))
    with pytest.raises(RequestRefused, match="leave out --again"):
        again(session, make_sealer(), KeyUse.SAML_ENCRYPTION, SUBJECT)


@pytest.mark.parametrize(
    ("use", "subject", "bits", "told"),
    [
        (KeyUse.OIDC_SIGNING, SUBJECT, 2048, "without a certificate"),
        (SIGNING, "login.example.nl", 2048, "cannot be read"),
        (SIGNING, "O=Waterschap,C=NL", 2048, "no CN"),
        (SIGNING, SUBJECT, 1024, "choose one of 2048"),
    ],
)
def test_a_request_that_cannot_be_says_what_to_do(
    session: Session, use: KeyUse, subject: str, bits: int, told: str
) -> None:
    with pytest.raises(RequestRefused, match=told):
        request_certificate(session, make_sealer(), use, subject, START, bits=bits)
    assert asked(session)


def test_one_request_of_a_use_is_open_at_a_time(session: Session) -> None:
    asked(session)
    with pytest.raises(RequestRefused, match="open already"):
        asked(session)
    assert asked(session, KeyUse.SAML_ENCRYPTION, bits=3072)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 1), (0,)], ids=str)
def test_a_certificate_is_taken_with_its_issuers_in_any_order(
    session: Session, order: tuple[int, ...]
) -> None:
    request = asked(session)
    every = (issued(public_key(request)), issuer(), issuer("root authority"))
    done = taken(session, to_pem(*(every[number] for number in order)))
    assert done == Imported(request.kid, SIGNING, FROM, active=False)
    (_, key) = load_keyring(session, make_sealer()).published(SIGNING)
    assert (key.kid, key.state) == (request.kid, KeyState.NEXT)
    assert (key.certificate, *key.issuers) == every[: len(order)]
    assert is_of_an_authority(every[0])


def test_it_is_used_from_its_date_on(session: Session) -> None:
    done = taken(session, bundle(issued(public_key(asked(session)))))
    before = load_keyring(session, make_sealer(), FROM - timedelta(seconds=1))
    after = load_keyring(session, make_sealer(), FROM)
    assert before.active(SIGNING, "RSA").kid != done.kid == after.active(SIGNING, "RSA").kid
    moved = [move.to for move in rotate_due(session, FROM)]
    assert moved == [KeyState.RETIRING, KeyState.ACTIVE]


def test_the_next_may_come_once_this_one_is_used_whoever_wrote_that_down(session: Session) -> None:
    """No worker ran since the day; what is done by hand then knows it all the same."""
    first = taken(session, bundle(issued(public_key(asked(session)))))
    later = FROM + YEAR
    request = request_certificate(session, make_sealer(), SIGNING, SUBJECT, later)
    chain = bundle(issued(public_key(request)))
    import_certificate(session, make_sealer(), SIGNING, chain, later, later + timedelta(days=60))
    session.commit()
    ring = load_keyring(session, make_sealer())
    assert ring.active(SIGNING, "RSA").kid == first.kid
    assert states(session) == [KeyState.ACTIVE, KeyState.NEXT, KeyState.RETIRING]


def test_a_key_of_elsewhere_is_taken_with_its_certificate(session: Session) -> None:
    chain = bundle(issued(rsa_key("elsewhere").public_key()))
    done = taken(session, chain, key_pem=pem_of("elsewhere"))
    assert states(session) == [KeyState.ACTIVE, KeyState.NEXT]
    assert done.activates_at == FROM


def test_a_private_key_with_a_password_is_opened_with_it(session: Session) -> None:
    chain = bundle(issued(rsa_key("elsewhere").public_key()))
    sealed = pem_of("elsewhere", b"geheim")
    for password, told in ((None, "has a password"), (b"anders", "cannot be read")):
        with pytest.raises(ImportRefused, match=told):
            taken(session, chain, key_pem=sealed, password=password)
        session.rollback()
    assert taken(session, chain, key_pem=sealed, password=b"geheim")


def test_the_first_of_its_use_is_used_at_once(session: Session) -> None:
    """A client certificate for TLS: there is none before somebody wants one."""
    use = KeyUse.SAML_TLS_CLIENT
    allowed = issued(public_key(asked(session, use)), purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,))
    done = taken(session, bundle(allowed), use)
    assert (done.active, done.activates_at) == (True, START)
    key = load_keyring(session, make_sealer()).active(use, "RSA")
    assert (key.certificate, key.issuers) == (allowed, (issuer(), issuer("root authority")))


Make = Callable[[RSAPublicKey], str]
REFUSED: dict[str, tuple[Make, str]] = {
    "no PEM": (lambda key: "certificate", "no certificate in PEM"),
    "of another request": (
        lambda key: bundle(issued(rsa_key("other").public_key())),
        "none belongs to the private key",
    ),
    "twice": (lambda key: bundle(issued(key)) + to_pem(issued(key)), "2 belongs"),
    "beside a stranger": (
        lambda key: to_pem(issued(key), issuer("stranger", by="stranger")),
        "did not issue",
    ),
    "too many": (lambda key: to_pem(*[issued(key)] * 11), "11 certificates"),
    "ended": (
        lambda key: bundle(issued(key, begin=START - 2 * YEAR, end=START)),
        "it ended on",
    ),
    "ends before its date": (
        lambda key: bundle(issued(key, end=FROM)),
        "choose another day with --from",
    ),
    "begins after its date": (
        lambda key: bundle(issued(key, begin=FROM + timedelta(days=1))),
        "choose another day with --from",
    ),
    "of an authority": (lambda key: bundle(issued(key, ca=True)), "of an authority"),
    "may not sign": (
        lambda key: bundle(issued(key, allows=usage(signs=False))),
        "lacks digitalSignature",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_be_refused_later_is_refused_now(session: Session, case: str) -> None:
    make, told = REFUSED[case]
    key = public_key(asked(session))
    with pytest.raises(ImportRefused, match=told):
        taken(session, make(key))
    session.rollback()
    assert states(session) == [KeyState.ACTIVE]
    assert taken(session, bundle(issued(key, allows=usage()))).activates_at == FROM


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.timeout(300)
def test_a_certificate_that_is_damaged_anywhere_is_taken_or_refused(session: Session) -> None:
    refused = 0
    for raw in list(damaged())[::11]:
        pem = base64.b64encode(raw).decode()
        chain = f"-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n"
        try:
            import_certificate(
                session, make_sealer(), SIGNING, chain, START, FROM, key_pem=pem_of("party")
            )
            session.flush()
            load_keyring(session, make_sealer())
        except ImportRefused:
            refused += 1
        session.rollback()
    assert refused > 20


@pytest.mark.parametrize(
    ("use", "certificate", "told"),
    [
        (KeyUse.SAML_ENCRYPTION, {"allows": usage(seals=False)}, "lacks keyEncipherment"),
        (
            KeyUse.SAML_TLS_CLIENT,
            {"purposes": (ExtendedKeyUsageOID.SERVER_AUTH,)},
            "lacks clientAuth",
        ),
        (KeyUse.CLIENT_SIGNING, {}, "without a certificate"),
    ],
)
def test_a_certificate_is_for_what_its_authority_allows(
    session: Session, use: KeyUse, certificate: dict[str, Any], told: str
) -> None:
    key = rsa_key("elsewhere")
    with pytest.raises(ImportRefused, match=told):
        taken(
            session,
            bundle(issued(key.public_key(), **certificate)),
            use,
            key_pem=pem_of("elsewhere"),
        )


@pytest.mark.parametrize(
    ("pem", "told"),
    [
        (
            ec_key("e").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "not RSA",
        ),
        (b"-----BEGIN PRIVATE KEY-----", "cannot be read"),
    ],
    ids=["elliptic", "cut off"],
)
def test_a_private_key_that_nobody_knows_is_refused(
    session: Session, pem: bytes, told: str
) -> None:
    with pytest.raises(ImportRefused, match=told):
        taken(session, bundle(issued(rsa_key("e").public_key())), key_pem=pem)


def test_K_05_a_key_that_was_here_before_is_refused(session: Session) -> None:
    chain = bundle(issued(rsa_key("elsewhere").public_key()))
    taken(session, chain, key_pem=pem_of("elsewhere"))
    with pytest.raises(ImportRefused, match="a key of its own"):
        taken(session, chain, KeyUse.SAML_ENCRYPTION, key_pem=pem_of("elsewhere"))


def test_without_a_request_it_asks_for_the_key(session: Session) -> None:
    with pytest.raises(ImportRefused, match="begin with sluis keys request"):
        taken(session, bundle(issued(rsa_key("elsewhere").public_key())))


def test_beside_a_next_key_there_is_no_other(session: Session) -> None:
    introduce(session, make_sealer(), SIGNING, "RSA", START)
    request = asked(session)
    with pytest.raises(NextKeyExists):
        taken(session, bundle(issued(public_key(request))))


def test_K_06_under_another_master_key_nothing_is_asked_or_taken(session: Session) -> None:
    chain = bundle(issued(public_key(asked(session))))
    with pytest.raises(WrongMasterKey):
        import_certificate(session, Sealer(b"2" * 32), SIGNING, chain, START, FROM)
    with pytest.raises(WrongMasterKey):
        request_certificate(session, Sealer(b"2" * 32), KeyUse.SAML_ENCRYPTION, SUBJECT, START)


def test_no_certificate_of_ours_follows_one_of_an_authority_by_itself(session: Session) -> None:
    taken(session, bundle(issued(public_key(asked(session)))))
    rotate_due(session, FROM)
    session.commit()
    keys = session.query(SigningKey).filter(SigningKey.state == KeyState.ACTIVE).all()
    due = {use for use, _ in renewals(keys, FROM + YEAR, RotationPolicy.renewing_after(365))}
    assert due == {key.use for key in keys} - {SIGNING}
