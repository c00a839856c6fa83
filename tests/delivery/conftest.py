"""Run the tests of the delivery on both databases."""

from tests.databases import database, postgres

__all__ = ["database", "postgres"]
