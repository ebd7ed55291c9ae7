"""Everything that is sealed is known to who replaces the master key."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import LargeBinary

from admin.tables import MODULES
from keys.resealing import SealedColumn, sealed_columns
from state.db import Base
from tests.architecture.source_tree import PRODUCT, ROOT

NOT_SEALED = {
    "audit_event.digest": "a hash",
    "identity_document.content": "sealed with the key of its person, which is sealed itself",
    "passkey.credential_id": "public",
    "passkey.public_key": "public",
    "ephemeral.value": "the expiring store: what is sealed there ends by itself within a day",
}
SEALS = {
    "assurance/devices.py": "otp_device",
    "assurance/means_requests.py": "means_request",
    "assurance/second_factor.py": "factor",
    "assurance/session_lifetime.py": "session",
    "assurance/session_names.py": "session_name",
    "admin/audit/chain.py": "audit_signer",
    "admin/organisations/billing.py": "billing",
    "admin/change_forms/forms.py": "change_form",
    "keys/keyring.py": "signing_key",
    "keys/person_key.py": "person_key",
    "state/outbox.py": "outbox",
    "directory/evidence.py": "login_evidence",
    "keys/resealing.py": "every kind, anew",
    "broker/console/downstream.py": "a cookie of one session, at most 12 hours",
    "broker/saml/kept_answers.py": "the store, for a quarter of an hour at most",
    "broker/oidc/userinfo.py": "the store, as long as a code and an access token",
    "broker/oidc/pushed_requests.py": "the store, for a minute and a half",
    "broker/journey/login_store.py": "the store, until a login ended",
    "broker/account/pending_enrolment.py": "the store, for ten minutes",
    "broker/account/activation_state.py": "the store, for a day",
    "admin/drafts.py": "the store, for a week",
    "admin/operator_console/set_up_codes.py": "the store, for half an hour",
    "broker/web/sealed_cookie.py": "cookies, for a day at most",
}
CALL = re.compile(r"sealer\.seal\(")


def test_every_column_of_bytes_is_declared_sealed_or_not() -> None:
    assert MODULES
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    sealed = {f"{one.kind}.{one.column.name}" for one in sealed_columns()}
    assert columns - sealed == set(NOT_SEALED), "declare it with state.db.sealed_column, or here"
    assert sealed <= columns


def test_every_place_that_seals_is_known() -> None:
    """What is sealed into another column than one of bytes would be found by nobody else."""
    found = {
        str(file.relative_to(ROOT))
        for package in PRODUCT
        for file in (ROOT / package).rglob("*.py")
        if CALL.search(file.read_text(encoding="utf-8"))
    }
    assert found == set(SEALS)
    kinds = {one.kind for one in sealed_columns()}
    assert kinds <= set(SEALS.values())


@pytest.mark.parametrize("one", sealed_columns(), ids=lambda one: str(one.kind))
def test_a_context_names_the_row(one: SealedColumn) -> None:
    """With one for all rows, a sealed value could take the place of another's."""
    assert one.key in one.parts
