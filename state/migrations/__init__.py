"""Migrations of the database: forward only, each safe under traffic of the version before."""
