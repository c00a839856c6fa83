"""Run every test of the runner on both databases."""

from tests.databases import database, postgres

__all__ = ["database", "postgres"]
