"""What says who somebody is and is not sealed stands in SECURITY.md, and nothing comes beside it
unnoticed.
"""

from __future__ import annotations

import re

from sqlalchemy import JSON, Enum, String, Text

from admin.tables import MODULES
from state.db import Base
from tests.architecture.source_tree import ROOT

# Texts of machines and numbers of things: by the name of the column, in whatever table.
OF_MACHINES = frozenset(
    {
        *("algorithm", "anchor", "branches", "certificate", "channel", "checkpoint", "code_hash"),
        *(
            "credential_hash",
            "details",
            "document",
            "end_reason",
            "factors",
            "group",
            "hash",
            "key",
        ),
        *("index_hash", "name_hash"),
        *("kid", "link_hash", "outcome", "password_hash", "previous", "reason", "recovery_hash"),
        *("reference", "root", "sealed_people", "secret_hash", "serial", "service_uuid", "shown"),
        *("standing", "steps", "subject_hash"),
        *(
            "etag",
            "last_modified",
            "origin",
            "rejected",
            "trouble",
            "waiting",
            "waiting_reason",
            "withdrawn",
        ),
    }
)
ALSO_OF_MACHINES = {
    "trace.cause": "a machine word",
    "identity_document.media_type": "what kind of file",
    "identity_document.scanner": "the name of a program",
    "registration.name": "the key of a service, portal or makelaar",
    "session_name.holder": "the id of a session or of a grant",
    "session_name.party": "the id of a portal or makelaar",
    "party_metadata.name": "the key of a portal or makelaar",
    **dict.fromkeys(
        (
            *("federation_list.digest", "federation_list.left_out_first", "federation_list.name"),
            "federation_list.source",
            *("federation_member.categories", "federation_member.digest"),
            *("federation_member.federation", "federation_member.metadata_xml"),
            *("federation_member.name_en", "federation_member.name_nl"),
            *("federation_member.registration_authority", "federation_member.scopes"),
            *("federation_member.search", "federation_member.sort"),
        ),
        "published by a federation of its makelaars; what it says of contacts is not kept",
    ),
    "consent.claims": "names of claims, not their values",
    **dict.fromkeys(
        ("account.provider_oin", "means.provider_oin", "means_request.provider_oin"),
        "the number of a provider of services",
    ),
    "chain_request.revoke_hash": "of a link",
    "chain_request.services": "UUIDs of services",
    "means_letter.mail_hash": "keyed, of a code",
    "means_request.organisations": "ids of organisations",
    "account_browser.browser": "a random name that we gave a browser",
    "certificate_reader.party": "the key of a portal or makelaar",
}


def _texts() -> set[str]:
    """Columns of text that name no other row."""
    assert MODULES
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | Text | JSON) and not isinstance(column.type, Enum)
        if column.name != "id" and not column.name.endswith(("_id", "_by"))
    }


def _told() -> set[str]:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    return set(
        re.findall(
            r"`([a-z_]+\.[a-z_]+)`", page.partition("in the clear\n")[2].partition("\n## ")[0]
        )
    )


def test_every_text_about_people_is_told() -> None:
    personal = {one for one in _texts() if one.partition(".")[2] not in OF_MACHINES}
    assert personal - set(ALSO_OF_MACHINES) == _told()
    assert set(ALSO_OF_MACHINES) <= personal


def test_no_word_is_kept_for_a_column_that_is_gone() -> None:
    assert {one.partition(".")[2] for one in _texts()} >= OF_MACHINES
