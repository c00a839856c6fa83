"""Run every storage test on both databases."""

from tests.databases import database, postgres

__all__ = ["database", "postgres"]
