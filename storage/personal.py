"""What happens to data about people: declared by every column that refers to them, followed by `storage.people`.

A column refers to people by their id, or by one of their accounts as text. Whoever adds one declares it:

    sa.Column("person_id", sa.ForeignKey("people.id"), info=personal(OnLink.MOVE, OnForget.CLEAR, export=("sent_at",)))

A column that looks as if it did, or whose content has no fixed form (JSON), declares that it does not: `NOT_PERSONAL`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storage.columns import metadata
from storage.people.records import Person

_KEY = "personal"


class OnLink(StrEnum):
    """What happens to a row when two people turn out to be one, and when their accounts are separated again."""

    MOVE = "move"
    """It passes to the one person, and back with the messenger of the chat it belongs to."""
    FOLLOW = "follow"
    """It passes to the one person, and stays with them; `prevails` tells which of two rows that would collide stays."""
    MERGE = "merge"
    """`storage.people.links` has rules for this table."""
    STAY = "stay"
    """Nothing: it belongs to an account, or does not outlive the link for long."""


class OnForget(StrEnum):
    """What happens to a row when the person it refers to is forgotten."""

    DELETE = "delete"
    """It is deleted, with all that refer to it."""
    CLEAR = "clear"
    """It stays, but refers to nobody (NULL or 0)."""
    KEEP = "keep"
    """It stays as it is, for the declared reason, until it expires."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What a column declares. `export`: the columns of its table that are shown to the person; `why`: it is kept.

    `prevails`: a column of its table. Where two rows that follow would break a unique key, the one with the greater
    value stays; the smallest is NULL.
    """

    on_link: OnLink
    on_forget: OnForget
    export: tuple[str, ...]
    why: str
    prevails: str


def personal(
    on_link: OnLink, on_forget: OnForget, *, export: tuple[str, ...] = (), why: str = "", prevails: str = ""
) -> dict[str, Personal | None]:
    """Declare a column that refers to people, as its `info`."""
    return {_KEY: Personal(on_link, on_forget, export, why, prevails)}


NOT_PERSONAL: dict[str, Personal | None] = {_KEY: None}
"""Declares that a column does not refer to people, or only describes the row that it is part of."""


def references(tables: sa.MetaData = metadata) -> list[tuple[sa.Column[Any], Personal]]:
    """Return the columns that refer to people, those of tables that others depend on first."""
    columns = [column for table in tables.sorted_tables for column in table.columns]
    return [(column, column.info[_KEY]) for column in columns if column.info.get(_KEY)]


def undeclared(tables: sa.MetaData = metadata) -> list[sa.Column[Any]]:
    """Return the columns that refer, or may refer, to people without declaring what happens to their rows."""
    columns = [column for table in tables.sorted_tables for column in table.columns]
    return [column for column in columns if _may_refer(column) and _KEY not in column.info]


def moved() -> list[sa.Column[Any]]:
    """Return the columns whose rows pass to another person."""
    return [column for column, declared in references() if declared.on_link is OnLink.MOVE]


def following() -> list[tuple[sa.Column[Any], str]]:
    """Return the columns whose rows pass to another person for good, and which row prevails (see `Personal`)."""
    return [(column, declared.prevails) for column, declared in references() if declared.on_link is OnLink.FOLLOW]


def chat_of(table: sa.Table) -> sa.ColumnElement[int]:
    """Return the column that tells which chat a row of a table belongs to: its own id for `chats` itself."""
    return table.c.id if table.name == "chats" else table.c.chat_id


def of(column: sa.Column[Any], person: Person) -> sa.ColumnElement[bool]:
    """Return a condition: the row refers to this person."""
    if isinstance(column.type, sa.Text):
        return column.in_([str(account) for account in person.accounts])
    return column == person.id


def _may_refer(column: sa.Column[Any]) -> bool:
    by_name = any(part in {"person", "people", "account", "by", "subject", "author"} for part in column.name.split("_"))
    by_key = any(key.target_fullname == "people.id" for key in column.foreign_keys)
    return by_name or by_key or isinstance(column.type, sa.JSON)
