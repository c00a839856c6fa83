"""Health checks, checks of paired chats and chats to leave become jobs."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0017", "0016"

MOMENT = sa.DateTime(timezone=True)
JOBS = sa.table(
    "jobs",
    sa.column("kind", sa.Text),
    sa.column("key", sa.Text),
    sa.column("due_at", MOMENT),
    sa.column("payload", sa.JSON),
    *(sa.column(name, sa.Integer) for name in ("version", "attempts", "failures")),
    sa.column("error", sa.Text),
)
CHATS = sa.table(
    "chats",
    sa.column("id", sa.BigInteger),
    sa.column("messenger", sa.Text),
    sa.column("leave_at", MOMENT),
    sa.column("dialogue_id", sa.BigInteger),
    sa.column("blocked_reason", sa.Text),
)
CHECKUPS = sa.table(
    "checkups",
    *(sa.column(name, sa.BigInteger) for name in ("id", "chat_id", "dialogue_id")),
    sa.column("reply_native_id", sa.Text),
    sa.column("asked_at", MOMENT),
)
READINESS = sa.table(
    "readiness",
    sa.column("chat_id", sa.BigInteger),
    sa.column("due_at", MOMENT),
    sa.column("told", sa.Text),
    sa.column("told_at", MOMENT),
    sa.column("reminded", sa.Boolean),
)


def upgrade() -> None:
    """Move what is pending, and drop where it stood."""
    connection = op.get_bind()
    leaving = CHATS.c.leave_at.is_not(None) & CHATS.c.dialogue_id.is_(None)
    for chat in connection.execute(sa.select(CHATS).where(leaving)).all():
        _add(connection, "leave", str(chat.id), chat.leave_at)
    left = "the bot has left this chat"
    connection.execute(sa.update(CHATS).where(leaving).values(blocked_reason=left))
    for asked in connection.execute(sa.select(CHECKUPS)).all():
        payload = {"chat": asked.chat_id, "dialogue": asked.dialogue_id, "reply_to": asked.reply_native_id}
        _add(connection, "health check", f"{asked.chat_id} {asked.reply_native_id} {asked.id}", asked.asked_at, payload)
    watched = sa.select(READINESS, CHATS.c.messenger).join(CHATS, CHATS.c.id == READINESS.c.chat_id)
    for each in connection.execute(watched).all():
        told_at = _in_utc(each.told_at).isoformat() if each.told_at else None
        payload = {"told": each.told, "told_at": told_at, "reminded": bool(each.reminded)}
        _add(connection, f"readiness:{each.messenger}", str(each.chat_id), each.due_at, payload)
    op.drop_table("checkups")
    op.drop_table("readiness")
    op.drop_column("chats", "leave_at")


def _add(
    connection: sa.Connection, kind: str, key: str, due: datetime, payload: dict[str, object] | None = None
) -> None:
    counts = {"version": 1, "attempts": 0, "failures": 0}
    job = {"kind": kind, "key": key, "due_at": _in_utc(due), "payload": payload or {}, "error": "", **counts}
    connection.execute(sa.insert(JOBS).values(job))


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
