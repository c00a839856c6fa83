"""One-time codes that people read out to each other: `K7QF-2MXD`."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.router import Context
from bot.text.catalogue import _, n_
from storage import City, Code, Purpose

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are mistaken for others when they are read out or written down: I, L, O, 0, 1."""
LENGTH = 8
_FORM = re.compile(r"([A-Z0-9]{4})[-–— ]?([A-Z0-9]{4})(?=\s|$)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


def new_code() -> str:
    """Make a code: eight capitals and digits, at least one of them a digit, so that no word looks like one."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _DIGIT.search(code):
            return code


def split_code(text: str) -> tuple[str, str]:
    """Give the code with which a text begins, in its plain form, and the rest; the code is empty when there is none.

    What begins with a word that holds a digit but has not the form of a code is given as it stands:
    no city is called so, and it is a wrong code.
    """
    found = _FORM.match(text)
    if found and _DIGIT.search(found[0]):
        return (found[1] + found[2]).upper(), text[found.end() :].strip()
    first, _space, rest = text.partition(" ")
    return (first, rest.strip()) if _DIGIT.search(first) else ("", text)


class Issued(NamedTuple):
    """A new code as people read it, until when it is good, and whether an earlier one is good no more."""

    code: str
    until: datetime
    replaces: bool


async def issue(ctx: Context, purpose: Purpose, valid: timedelta, city: City | None = None) -> Issued:
    """Make a code, in place of an earlier one of this chat."""
    before = await ctx.store.codes.void(purpose, ctx.chat, ctx.now)
    code, until = new_code(), ctx.now + valid
    digest = ctx.seal.digest(code)
    await ctx.store.codes.add(purpose, digest, account=ctx.account, chat=ctx.chat, expires_at=until, city=city)
    return Issued(f"{code[:4]}-{code[4:]}", until, before)


async def redeem(ctx: Context, purpose: Purpose, code: str) -> Code | None:
    """Give what a code stands for; None: it is no good, which is counted and answered (trust: cases 11 to 14).

    No UserError: that would undo the counting.
    """
    until = await ctx.store.codes.locked_until(ctx.account, purpose, ctx.now)
    if until is not None:
        await ctx.reply(_("Too many wrong codes came from your account. You can try again {when}.", when=until))
        return None
    found = await ctx.store.codes.find(purpose, ctx.seal.digest(code), ctx.now)
    if found is None:
        await _wrong(ctx, purpose)
    return found


async def _wrong(ctx: Context, purpose: Purpose) -> None:
    left = await ctx.store.codes.guess(ctx.account, purpose, ctx.now)
    if left:
        text = n_(
            "This code is not good: mistyped, used already or too old. You have {n} more try.",
            "This code is not good: mistyped, used already or too old. You have {n} more tries.",
            left,
        )
        await ctx.reply(text)
        return
    await ctx.store.audit.note(ctx.now, "locked out", by=ctx.account, details=purpose)
    await ctx.reply(_("This code is not good either. After six wrong codes your account can try again in 24 hours."))
