"""Every storage test runs on both databases."""

from tests.databases import database, postgres

__all__ = ["database", "postgres"]
