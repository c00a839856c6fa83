"""Whom people mean: `@x` is a mention, a Telegram name, a full Matrix id, or the name of someone in the dialogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.model import Account, MessengerName
from bot.router import Context
from bot.text.catalogue import Lazy, UserError, _
from bot.text.characters import fold
from storage import Person, Profile

_AT = re.compile(r"(?<![\w@])@(?=\S)")
_WORD = re.compile(r"[^\s,;]+")
_MATRIX_ID = re.compile(r"@[a-z0-9._=/+-]+:[a-z0-9.:\[\]-]*[a-z0-9\]]", re.IGNORECASE)


async def whom(ctx: Context, text: str) -> tuple[Person, str] | None:
    """Give the person whom a text names, and the text without them; None: it names nobody.

    Raises UserError when the name is nobody's here, or several people's (trust: cases 1, 2, 18).
    """
    for shown, account in sorted(ctx.named.items(), key=lambda each: -len(each[0])):
        if shown and shown in text:
            return await _person(ctx, account), _without(text, text.index(shown), len(shown))
    at = _AT.search(text)
    if at is None:
        return None
    if full := _MATRIX_ID.match(text, at.start()):
        account = Account(MessengerName.MATRIX, full[0])
        return await _person(ctx, account), _without(text, at.start(), len(full[0]))
    return await _named(ctx, text, at.start())


async def meant(ctx: Context) -> tuple[Person, str] | None:
    """Give whom a command is about, by name or by the message that it answers, and what else was typed.

    None: it names nobody, and who wrote that message is not known. Raises UserError as `whom` does.
    """
    if found := await whom(ctx, ctx.args):
        return found
    if ctx.answers and ctx.answers.person_id:
        return await ctx.store.people.get(ctx.answers.person_id), ctx.args
    if ctx.answered and ctx.answers is None:
        return await _person(ctx, ctx.answered), ctx.args
    return None


def label(person: Person, profiles: Sequence[Profile] = ()) -> str:
    """Give what tells a person from all others: name and account ids; Telegram's with the username, if known."""
    usernames = {each.account: each.username for each in profiles}
    accounts = [_shown(account, usernames.get(account, "")) for account in person.accounts]
    return f"{person.name} ({', '.join(accounts)})"


def _shown(account: Account, username: str) -> str:
    if account.messenger is MessengerName.MATRIX:
        return account.id
    return f"@{username}, Telegram {account.id}" if username else f"Telegram {account.id}"


async def _person(ctx: Context, account: Account) -> Person:
    known = await ctx.store.people.by_account(account)
    return known or await ctx.store.people.see(account, account.short, "", ctx.now)


async def _named(ctx: Context, text: str, at: int) -> tuple[Person, str]:
    """Look for the longest name of someone in the dialogue that stands behind the `@` at `at`."""
    profiles = await ctx.store.people.profiles(ctx.dialogue.id) if ctx.dialogue else []
    said = text[at + 1 :]
    found = [(length, each) for each in profiles for length in _lengths(said, each)]
    if not found:
        word = _WORD.match(said)
        name = word[0] if word else said
        known = await ctx.store.people.named(name)
        if known is None:
            raise UserError(_unknown(name))
        return known, _without(text, at, len(name) + 1)
    longest = max(length for length, _profile in found)
    people = {each.person_id for length, each in found if length == longest}
    if len(people) > 1:
        raise UserError(await _several(ctx, people))
    return await ctx.store.people.get(people.pop()), _without(text, at, longest + 1)


def _lengths(said: str, profile: Profile) -> Iterable[int]:
    """Give how many characters of a text are this person's name: whole, first, username, or account."""
    names = {
        profile.name,
        profile.name.split()[0] if profile.name.split() else "",
        profile.username,
        profile.account.short,
    }
    for name in names - {""}:
        # Folding may change the length (ß, ü): the beginnings of the text are tried.
        for end in range(max(1, len(name) - 4), min(len(said), len(name) + 4) + 1):
            boundary = end == len(said) or not (said[end].isalnum() or said[end] in "_-")
            if boundary and fold(said[:end]) == fold(name) and not said[end - 1].isspace():
                yield end


def _without(text: str, at: int, length: int) -> str:
    return " ".join((text[:at].removesuffix("@").rstrip() + " " + text[at + length :].lstrip()).split(" ")).strip()


def _unknown(name: str) -> Lazy:
    return _(
        "I do not know “{name}” here. Let them write something in the chat first, answer one of their messages, or"
        " write the full Matrix id.",
        name=f"@{name}",
    )


async def _several(ctx: Context, ids: Iterable[int]) -> Lazy:
    people = [await ctx.store.people.get(id) for id in sorted(ids)]
    labels = [label(each, await ctx.store.people.of_person(each.id)) for each in people]
    return _("Several people are called so: {people}. Please answer a message of the one you mean.", people=labels)
