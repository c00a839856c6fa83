"""The relevant state of the database, read without the code under test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from storage import Store

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """Rows by their keys; `audit` and `codes` by id."""

    roles: dict[tuple[int, int], Row]
    """By dialogue and person."""
    chats: dict[int, Row]
    cities: dict[int, Row]
    dialogues: dict[int, Row]
    accounts: dict[str, int]
    """`messenger:id` → person."""
    people: dict[int, Row]
    audit: dict[int, Row]
    codes: dict[int, Row]
    polls: dict[int, Row]
    topics: dict[int, frozenset[tuple[int, str]]]
    """Position and text of each accepted topic, by poll."""
    ballots: dict[tuple[int, int], Row]
    """Open ones, by poll and person."""
    secret: dict[tuple[int, str], Row]
    """Secret ones, by poll and digest."""

    def chat(self, ref: str) -> Row | None:
        return next((row for row in self.chats.values() if row["ref"] == ref), None)

    def chats_of(self, dialogue: int) -> list[str]:
        return [row["ref"] for row in self.chats.values() if row["dialogue_id"] == dialogue]

    def is_muted(self, account: str, ref: str) -> bool:
        """Whether what someone writes in a chat is not passed on."""
        chat, person = self.chat(ref), self.accounts.get(account)
        held = self.roles.get((chat["dialogue_id"], person)) if chat and person else None
        return bool(held and held["muted_at"])

    def accounts_of(self, person: int) -> set[str]:
        return {account for account, owner in self.accounts.items() if owner == person}


async def snapshot(store: Store) -> Snapshot:
    """Read a snapshot of the database."""
    members = [(row["dialogue_id"], row["city_id"]) for row in await _rows(store, "SELECT * FROM dialogue_cities")]
    dialogues = await _rows(store, "SELECT * FROM dialogues")
    polls = _by_id(await _rows(store, f"SELECT {', '.join(_POLL)} FROM polls"))  # noqa: S608 - names of columns
    topics = await _rows(store, "SELECT poll_id, position, text FROM poll_topics WHERE position IS NOT NULL")
    return Snapshot(
        roles={(row["dialogue_id"], row["person_id"]): row for row in await _rows(store, "SELECT * FROM roles")},
        chats={row["id"]: row for row in await _rows(store, _CHATS)},
        cities=_by_id(await _rows(store, "SELECT * FROM cities")),
        dialogues={
            row["id"]: row | {"cities": frozenset(city for id, city in members if id == row["id"])} for row in dialogues
        },
        accounts={f"{row['messenger']}:{row['native_id']}": row["person_id"] for row in await _rows(store, _ACCOUNTS)},
        people=_by_id(await _rows(store, "SELECT id, locale, zone, dialogue_id FROM people")),
        audit=_by_id(await _rows(store, "SELECT * FROM audit")),
        codes=_by_id(await _rows(store, "SELECT id, purpose, account, chat_id, claimed_by, used_at FROM codes")),
        polls=polls,
        topics={
            id: frozenset((each["position"], each["text"]) for each in topics if each["poll_id"] == id) for id in polls
        },
        ballots={(row["poll_id"], row["person_id"]): row for row in await _rows(store, _BALLOTS)},
        secret={(row["poll_id"], row["voter"]): row for row in await _rows(store, _SECRET)},
    )


_POLL = ("id", "dialogue_id", "question", "method", "weight", "voters", "quorum", "secret", "state")
_BALLOTS = "SELECT poll_id, person_id, city_id, ballot FROM ballots"
_SECRET = "SELECT poll_id, voter, city_id, ballot FROM secret_ballots"
_CHATS = (
    "SELECT id, messenger || ':' || native_id AS ref, dialogue_id, city_id, person_id, locale, zone, encrypted,"
    " blocked_reason FROM chats"
)
_ACCOUNTS = "SELECT messenger, native_id, person_id FROM accounts"


async def _rows(store: Store, sql: str) -> list[Row]:
    return [dict(row) for row in (await store._connection.exec_driver_sql(sql)).mappings()]


def _by_id(rows: list[Row]) -> dict[int, Row]:
    return {row["id"]: row for row in rows}
