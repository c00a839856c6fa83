"""The command menus set at the messengers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Account
from storage.base import Repository
from storage.columns import table
from storage.jobs import Jobs
from storage.personal import NOT_PERSONAL

# A digest of each command menu set at a messenger, so that it is not set again unchanged.
menus = table(
    "menus",
    sa.Column("account", sa.Text, primary_key=True, info=NOT_PERSONAL),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
)


MENUS = "menus"
"""The kind of jobs that bring the menus of a messenger up to date: `menus:telegram`."""


class MenuDigests(Repository):
    """Digests of the command menus."""

    def __init__(self, connection: AsyncConnection, jobs: Jobs) -> None:
        """Work on an open transaction."""
        super().__init__(connection)
        self._jobs = jobs

    async def outdate(self) -> None:
        """Schedule that the menus follow a change of the people or chats of a dialogue."""
        for row in await self._all(sa.select(menus.c.account).distinct()):
            await self._jobs.schedule(f"{MENUS}:{Account.parse(row.account).messenger}")

    async def of(self, account: Account) -> dict[tuple[str, str], str]:
        """Return the digests of the menus of a bot account, by scope and language."""
        rows = await self._all(sa.select(menus).where(menus.c.account == str(account)))
        return {(row.scope, row.language): row.digest for row in rows}

    async def set(self, account: Account, scope: str, language: str, digest: str) -> None:
        """Store the digest of a menu (empty: the menu was removed)."""
        mine = (menus.c.account == str(account), menus.c.scope == scope, menus.c.language == language)
        if not digest:
            await self._connection.execute(sa.delete(menus).where(*mine))
        elif (await self._connection.execute(sa.update(menus).where(*mine).values(digest=digest))).rowcount == 0:
            await self._insert_new(menus, account=str(account), scope=scope, language=language, digest=digest)
