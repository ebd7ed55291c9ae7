"""What SQLAlchemy loads where an engine for PostgreSQL is made: a process that is copied loads it
once for all of its copies.
"""

from __future__ import annotations

import psycopg
from sqlalchemy.dialects.postgresql import psycopg as dialect

LOADED = (psycopg, dialect)
