"""The command menus set at the messengers."""

from __future__ import annotations

import sqlalchemy as sa

from bot.model import Account
from storage import tables as t
from storage.base import Repository


class MenuDigests(Repository):
    """Digests of the command menus."""

    async def of(self, account: Account) -> dict[tuple[str, str], str]:
        """Return the digests of the menus of a bot account, by scope and language."""
        rows = await self._all(sa.select(t.menus).where(t.menus.c.account == str(account)))
        return {(row.scope, row.language): row.digest for row in rows}

    async def set(self, account: Account, scope: str, language: str, digest: str) -> None:
        """Store the digest of a menu (empty: the menu was removed)."""
        mine = (t.menus.c.account == str(account), t.menus.c.scope == scope, t.menus.c.language == language)
        if not digest:
            await self._connection.execute(sa.delete(t.menus).where(*mine))
        elif (await self._connection.execute(sa.update(t.menus).where(*mine).values(digest=digest))).rowcount == 0:
            await self._insert_new(t.menus, account=str(account), scope=scope, language=language, digest=digest)
