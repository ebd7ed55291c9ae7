"""What two processes do at the same moment to one PostgreSQL: each decision is taken once."""
