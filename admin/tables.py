"""Every module that declares a table: SQLAlchemy and the migrations know a table once its module is
imported.
"""

from __future__ import annotations

from admin.audit import chain
from admin.factor_resets import requests as factor_resets
from admin.operators import roles, set_up_links
from admin.terms import notices
from assurance import (
    factors,
    identity_documents,
    means,
    means_letters,
    means_requests,
    session_lifetime,
    session_names,
)
from broker.sso import grants
from consent import (
    allocations,
    chain_requests,
    chains,
    group_mandates,
    mandates,
    register,
    requests,
)
from directory import (
    billing,
    change_forms,
    evidence,
    groups,
    history,
    invitations,
    organisation_records,
    organisations,
    people,
)
from keys import certificate_readers, person_key, signing_key
from providers import accounts, browser_counts, federation_members
from state import audit, outbox, party_metadata, registrations, trace
from state.db import Base
from state.stores import sql, store_generation

MODULES = (
    *(means, means_letters, means_requests, identity_documents),
    *(
        factors,
        session_lifetime,
        session_names,
        grants,
        chains,
        chain_requests,
        group_mandates,
        allocations,
        mandates,
        register,
        requests,
        evidence,
        groups,
        history,
        invitations,
        organisations,
        organisation_records,
        billing,
        change_forms,
        people,
    ),
    *(factor_resets, roles, set_up_links, notices, chain, person_key),
    *(signing_key, certificate_readers, accounts, browser_counts, federation_members, audit),
    *(outbox, party_metadata, registrations, trace, store_generation, sql),
)
TABLES = tuple(Base.metadata.tables)
