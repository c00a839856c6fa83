"""Mentions of people with a linked account on the other messenger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.model import Account, Mention, MessengerName, Node, Post, Quote, RichText, Span, Text, rich
from bot.text.tree import mentioned, redirected
from storage import Chat, Store

MOST = 20
"""User names of a text that are looked up."""

_USERNAME = re.compile(r"(?<![\w@./])@([A-Za-z]\w{3,31})(?![\w@])", re.ASCII)


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


async def with_usernames(store: Store, chat: Chat, other: Chat, text: RichText) -> RichText:
    """Return a text from Telegram in which the user names of people mention them on the other messenger.

    Only of people of the dialogue: nobody learns who somebody else's account belongs to.
    """
    if chat.ref.messenger is not MessengerName.TELEGRAM or other.ref.messenger is MessengerName.TELEGRAM:
        return text
    names = list(dict.fromkeys(_usernames(text)))[:MOST]
    if not names:
        return text
    known: dict[str, Account] = {}
    people = {each.person_id for each in await store.people.profiles(chat.dialogue_id or 0)}
    for name in names:
        person = await store.people.named(name)
        if person and person.id in people:
            known[name] = next(each for each in person.accounts if each.messenger is MessengerName.TELEGRAM)
    return _mentioning(text, known) if known else text


def _usernames(text: RichText) -> Iterator[str]:
    for node in text:
        match node:
            case Text() if "@" in node.text:
                yield from (name.lower() for name in _USERNAME.findall(node.text))
            case Span():
                yield from _usernames(node.children)
            case _:
                continue


def _mentioning(text: RichText, known: Mapping[str, Account]) -> RichText:
    return tuple(each for node in text for each in _with_mentions(node, known))


def _with_mentions(node: Node, known: Mapping[str, Account]) -> Iterator[Node]:
    match node:
        case Text():
            pieces = _USERNAME.split(node.text)
            yield from rich(pieces[0])
            for name, rest in zip(pieces[1::2], pieces[2::2], strict=True):
                account = known.get(name.lower())
                yield Mention(account, rich(f"@{name}")) if account else Text(f"@{name}")
                yield from rich(rest)
        case Span():
            yield replace(node, children=_mentioning(node.children, known))
        case _:
            yield node


def without_mentions(text: RichText) -> RichText:
    """Return a text in which mentions are names only: who is quoted is not called once more."""
    return tuple(each for node in text for each in _named(node))


def _named(node: Node) -> RichText:
    match node:
        case Mention():
            return node.children
        case Span() | Quote():
            return (replace(node, children=without_mentions(node.children)),)
        case _:
            return (node,)
