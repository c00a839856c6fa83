"""The metadata of the schema, and the columns that many tables have.

Every datetime is in UTC; every native id of a messenger is text. Each foreign key is the first column of an index or
key: rows are looked up by it when the one they refer to is deleted.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware datetime in UTC, on databases with and without support for time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Reject a naive datetime; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - as above
        """Return an aware datetime."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column(**options: Any) -> sa.Column[int]:  # noqa: ANN401 - passed on
    """Return the primary key of a table with numbered rows."""
    # SQLite auto-increments only INTEGER columns; AUTOINCREMENT never reuses an id.
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", number, primary_key=True, autoincrement=True, **options)


def reference(table: str, name: str = "", *, null: bool = False, **options: Any) -> sa.Column[int]:  # noqa: ANN401 - passed on
    """Return a foreign key to the id of a table, by default named after it."""
    return sa.Column(name or f"{table.removesuffix('s')}_id", sa.ForeignKey(f"{table}.id"), nullable=null, **options)


def keys_to(table: sa.Table) -> list[sa.Column[Any]]:
    """Return the foreign keys that refer to a table."""
    keys = (key for each in metadata.sorted_tables for key in each.foreign_keys)
    return [key.parent for key in keys if key.column.table is table]


def table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> sa.Table:  # noqa: ANN401 - passed on
    """Create a table of the schema."""
    numbered = any(getattr(part, "name", "") == "id" for part in parts)
    return sa.Table(name, metadata, *parts, sqlite_autoincrement=numbered, **options)
