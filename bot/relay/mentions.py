"""Mentions of people with a linked account on the other messenger."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Account, Post
from bot.text.tree import mentioned, redirected
from storage import Chat, Store


async def translate_mentions(store: Store, other: Chat, post: Post) -> Post:
    """Redirect mentions of people with a linked account on the other messenger to it, and notify them there."""
    linked: dict[Account, Account] = {}
    for account in mentioned(post.text):
        person = await store.people.by_account(account)
        theirs = [each for each in person.accounts if each.messenger is other.ref.messenger] if person else []
        if theirs and account not in theirs:
            linked[account] = theirs[0]
    if not linked:
        return post
    return replace(post, text=redirected(post.text, linked), mentions=tuple(sorted(linked.values())))
