"""Resolution of `@x`: a mention, a Telegram user name or number, a full Matrix id, or a linked person's name.

Display names are not unique, so the bot does not act on one but lists the accounts of those who have it (trust: case
101). On Telegram `@word` is only ever a user name; on Matrix it may also be the name of someone with linked accounts,
if nobody else has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.commands.context import CommandContext
from bot.model import Account, MessengerName, Role
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from bot.text.pings import JOINER
from storage import Person, Profile

MOST_PEOPLE = 20
PLACES = "".join(map(chr, range(0xE000, 0xE000 + MOST_PEOPLE)))
"""Characters for private use, which stand for people in a text."""

_PLACED = re.compile(f"[{PLACES}]")
_AT = re.compile(r"(?<![\w@])@(?=\S)")
_WORD = re.compile(r"[^\s,;]+")
_USERNAME = re.compile(r"[0-9A-Za-z_]+(?![\w-])")
_MATRIX_ID = re.compile(r"@[a-z0-9._=/+-]+:[a-z0-9.:\[\]-]*[a-z0-9\]]", re.IGNORECASE)


class _Name(NamedTuple):
    """Where a text names somebody."""

    person: Person
    at: int
    length: int


async def find_person(ctx: CommandContext, text: str, *, for_role: bool = False) -> tuple[Person, str] | None:
    """Return the person that a text names, and the text without the name; None if it names nobody.

    `for_role`: they are to get a role; then a guest's name does not count, as guests can link any accounts of theirs.

    Raises UserError if the name is unknown here or ambiguous (trust: cases 1, 2, 18).
    """
    text = text.replace(f"@{JOINER}", "@")  # copied from a post of the bot
    found = await _first(ctx, text, for_role=for_role)
    return (found.person, _without(text, found.at, found.length)) if found else None


async def people_in(ctx: CommandContext, text: str) -> tuple[str, list[Person]]:
    """Return a text with a character of `PLACES` in place of each name, and the people, in the order of the text.

    Raises UserError as `find_person` does, and for more than `MOST_PEOPLE`.
    """
    text = _PLACED.sub("", text.replace(f"@{JOINER}", "@"))
    people: list[Person] = []
    while found := await _first(ctx, text):
        if len(people) == MOST_PEOPLE:
            raise UserError(_("These are too many people at once: {n} are possible at most.", n=MOST_PEOPLE))
        text = text[: found.at].removesuffix("@") + PLACES[len(people)] + text[found.at + found.length :]
        people.append(found.person)
    return text, [people[PLACES.index(each)] for each in _PLACED.findall(text)]


async def target_person(ctx: CommandContext, *, for_role: bool = False) -> tuple[Person, str] | None:
    """Return the person that a command is about, by name or replied-to message, and the rest of its arguments.

    None if it names nobody and the author of that message is unknown. `for_role` and UserError: as in `find_person`.
    """
    if found := await find_person(ctx, ctx.args, for_role=for_role):
        return found
    if ctx.replied_message and ctx.replied_message.person_id:
        return await ctx.store.people.get(ctx.replied_message.person_id), ctx.args
    if ctx.replied_author and ctx.replied_message is None:
        return await _person(ctx, ctx.replied_author), ctx.args
    return None


def label(person: Person, profiles: Sequence[Profile] = ()) -> str:
    """Return an unambiguous label for a person: name and account ids; Telegram's with the username, if known."""
    usernames = {each.account: each.username for each in profiles}
    accounts = [_shown(account, usernames.get(account, "")) for account in person.accounts]
    return f"{person.name} ({', '.join(accounts)})"


def _shown(account: Account, username: str) -> str:
    if account.messenger is MessengerName.MATRIX:
        return account.id
    return f"@{username}, Telegram {account.id}" if username else f"Telegram {account.id}"


async def _first(ctx: CommandContext, text: str, *, for_role: bool = False) -> _Name | None:
    """Return the longest mention of the command in a text or, without any, what follows the first `@`."""
    for shown, account in sorted(ctx.mentions.items(), key=lambda each: -len(each[0])):
        if shown and shown in text:
            return _Name(await _person(ctx, account), _index(text, shown), len(shown))
    at = _AT.search(text)
    if at is None:
        return None
    if full := _MATRIX_ID.match(text, at.start()):
        account = Account(MessengerName.MATRIX, full[0])
        return _Name(await _person(ctx, account), at.start(), len(full[0]))
    return await _named(ctx, text, at.start(), for_role=for_role)


def _index(text: str, shown: str) -> int:
    """Return where a mention is in a text: as words of their own rather than within others."""
    found = re.search(rf"(?<!\w){re.escape(shown)}(?!\w)", text)
    return found.start() if found else text.index(shown)


async def _person(ctx: CommandContext, account: Account) -> Person:
    known = await ctx.store.people.by_account(account)
    return known or await ctx.store.people.get_or_create(account, account.short, "", ctx.now)


async def _named(ctx: CommandContext, text: str, at: int, *, for_role: bool) -> _Name:
    """Return the person named after the `@` at `at`. Raises UserError if only display names match."""
    profiles = await ctx.store.people.profiles(ctx.dialogue.id) if ctx.dialogue else []
    parsed = text[at + 1 :]
    word = (_USERNAME.match(parsed) or _WORD.match(parsed) or [parsed])[0]
    numbered = {each.person_id for each in profiles if each.account == Account(MessengerName.TELEGRAM, word)}
    known = await ctx.store.people.get(numbered.pop()) if numbered else await ctx.store.people.named(word)
    if known:
        # `/role @gustav guest` names a role, although that may be Gustav Guest.
        theirs = [] if for_role else [each for each in profiles if each.person_id == known.id]
        own = [length for each in theirs for length in _lengths(parsed, each)]
        return _Name(known, at, max([len(word), *own]) + 1)
    found = [(length, each) for each in profiles for length in _lengths(parsed, each)]
    longest = max((length for length, _profile in found), default=0)
    people = [await ctx.store.people.get(id) for id in sorted({each.person_id for at, each in found if at == longest})]
    if len(people) == 1 and await _is_known_by_name(ctx, people[0], for_role=for_role):
        return _Name(people[0], at, longest + 1)
    raise UserError(
        await _which(ctx, parsed[:longest], people) if people else _unknown((_WORD.match(parsed) or [parsed])[0])
    )


async def _is_known_by_name(ctx: CommandContext, person: Person, *, for_role: bool) -> bool:
    """Return whether a name alone may identify a person here: only if they have linked accounts (trust: case 101)."""
    if len(person.accounts) < 2 or ctx.chat.ref.messenger is not MessengerName.MATRIX:
        return False
    appointment = await ctx.store.roles.of(ctx.dialogue.id, person.id) if ctx.dialogue else None
    return not for_role or (appointment is not None and appointment.role is not Role.GUEST)


def _lengths(text: str, profile: Profile) -> Iterable[int]:
    """Yield how many characters of a text match this person's full name, first name or start of a Matrix id."""
    names = {profile.name, profile.name.split()[0] if profile.name.split() else "", profile.account.short}
    for name in names - {""}:
        # Folding may change the length (ß, ü), so several prefixes of the text are tried.
        for end in range(max(1, len(name) - 4), min(len(text), len(name) + 4) + 1):
            boundary = end == len(text) or not (text[end].isalnum() or text[end] in "_-")
            if boundary and fold(text[:end]) == fold(name) and not text[end - 1].isspace():
                yield end


def _without(text: str, at: int, length: int) -> str:
    return " ".join((text[:at].removesuffix("@").rstrip() + " " + text[at + length :].lstrip()).split(" ")).strip()


def _unknown(name: str) -> LazyText:
    return _(
        "I do not know “{name}” here. They can write something in the chat first, or you can reply to one of their"
        " messages or give the full Matrix ID.",
        name=f"@{name}",
    )


async def _which(ctx: CommandContext, name: str, people: Sequence[Person]) -> LazyText:
    """Return a question that lists the accounts of all who have a display name, and what to write instead."""
    rows = [
        _(
            "“{name}” is only a name, and anybody can choose one. Please reply to one of the person's messages, or"
            " write:",
            name=f"@{name}",
        )
    ]
    for person in people:
        profiles = await ctx.store.people.of_person(person.id)
        rows.append(_("`{handle}` for {who}", handle=_handle(profiles[0]), who=label(person, profiles)))
    return lines(*rows)


def _handle(profile: Profile) -> str:
    """Return the handle that identifies this account alone."""
    return profile.account.id if profile.account.id.startswith("@") else f"@{profile.username or profile.account.id}"
