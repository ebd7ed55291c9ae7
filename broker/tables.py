"""Every module that declares a table: SQLAlchemy and the migrations know a table once its module is
imported.
"""

from __future__ import annotations

from admin import factor_resets, operators, set_up_links
from assurance import means, sessions
from broker import grants
from broker.audit import batches
from consent import chains, mandates, register
from consent import requests as mandate_requests
from directory import history, organisations, people
from keys import person_key, signing_key
from providers import accounts
from state import audit, outbox, registrations, trace
from state.db import Base
from state.stores import birth, sql

MODULES = (
    *(
        means,
        sessions,
        grants,
        chains,
        mandates,
        register,
        mandate_requests,
        history,
        organisations,
        people,
    ),
    *(factor_resets, operators, set_up_links, batches, person_key),
    *(signing_key, accounts, audit, outbox, registrations, trace, birth, sql),
)
TABLES = tuple(Base.metadata.tables)
