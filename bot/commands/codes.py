"""One-time codes that people read out to each other: `K7QF-2MXD`."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.commands.context import CommandContext
from bot.text.catalogue import UserError, _, n_
from bot.text.characters import INVISIBLE
from storage import City, OneTimeCode, Purpose

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without characters that are easily confused when read out or written down: I, L, O, 0, 1."""
LENGTH = 8
INCOMPLETE = _("This is not a complete code. Please copy all of it: eight letters and digits, such as `K7QF-2MXD`.")
_READ = 300
"""Leading characters of a text that are searched for a code."""
_HYPHENS = r"\-\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_QUOTES = INVISIBLE + r"\"'`´*_<>()\[\]{}«»‹›„“”‟‚‘’‛\uff02\uff07\uff1c\uff1e"
_HALF = rf"(?:[A-Za-z0-9\uff21-\uff3a\uff41-\uff5a\uff10-\uff19][{INVISIBLE}]*){{4}}"
_LEAD = r"(?i:(?:(?:with|mit)\s++)?(?:(?:the|dem|der)\s++)?code(?:\s++(?:is|ist))?+\s*+[:=\uff1a]?\s*+)"
_BETWEEN = rf"\s*+[{_HYPHENS}]{{1,2}}[{INVISIBLE}]*+\s*+|\s++"
# Within a lookahead so that candidates may overlap; possessive so that matching is fast on any text.
_FORM = re.compile(
    rf"(?<!\S)(?=([{_QUOTES}]*+(?:{_LEAD}[{_QUOTES}]*+)?(?P<first>{_HALF})(?P<between>{_BETWEEN})?(?P<last>{_HALF})"
    rf"[{_QUOTES}.,;:!?\u3002\uff0c\uff0e]*+)(?!\S))"
)
_DIGIT, _LETTER = re.compile("[0-9]"), re.compile("[A-Z]")
_JOINT = re.compile(r"[\s,;:\-–—]+\Z")
_PIECE = re.compile(r"(?<!\S)[A-Za-z0-9]{2,9}-?[A-Za-z0-9]{0,9}(?!\S)")
_TURN = re.compile("(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])")
_NO_INK = re.compile(f"[{INVISIBLE}]")
_WIDE = str.maketrans({0xFEE0 + each: chr(each) for each in range(0x21, 0x7F)})


def new_code() -> str:
    """Create a code of eight capitals and digits, mixed in at least one half so that no other text looks like one."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _is_mixed(code[:4]) or _is_mixed(code[4:]):
            return code


def split_code(text: str) -> tuple[str, str]:
    """Return the code in a text, in its plain form, and the rest of the text; the code is empty if there is none.

    People write the city first or last, "code" before the code, any hyphen or none, quotation marks, full-width or
    lower-case letters. A code has four and four characters, with a digit among them. Two words of four characters
    (`1010 Wien`) are a code only if one of them has both letters and digits.
    """
    candidates = [each for each in map(_Candidate, _FORM.finditer(text, 0, _READ)) if each.is_code]
    if not candidates:
        return "", text
    best = max(candidates, key=lambda each: each.plausibility)
    start, end = best.match.span(1)
    return best.code, f"{_JOINT.sub('', text[:start])} {text[end:].strip()}".strip()


def is_well_formed(code: str) -> bool:
    """Whether a code has only characters of the alphabet: no I, L, O, 0 or 1."""
    return set(code) <= set(ALPHABET)


def looks_incomplete(text: str) -> bool:
    """Whether a word of a text looks like a code with too few or too many characters: `K7QF-2MX`."""
    return any(len(_TURN.findall(each.replace("-", "").upper())) > 1 for each in _PIECE.findall(text, 0, _READ))


class _Candidate:
    """A part of a text that may be a code."""

    def __init__(self, match: re.Match[str]) -> None:
        self.match = match
        self._halves = tuple(_NO_INK.sub("", match[half]).translate(_WIDE) for half in ("first", "last"))
        self.code = "".join(self._halves).upper()
        self._apart = match["between"] is not None and match["between"].isspace()
        self._mixed = sum(_is_mixed(half.upper()) for half in self._halves)

    @property
    def is_code(self) -> bool:
        return self._mixed > 0 or (not self._apart and _DIGIT.search(self.code) is not None)

    @property
    def plausibility(self) -> tuple[bool, bool, int]:
        """The rank among candidates: `K7QF-2MXD` before `K7QF 2MXD` before `Bern K7QF`."""
        words = sum(half.isalpha() and half.istitle() for half in self._halves)
        return is_well_formed(self.code), not self._apart, self._mixed - words


def _is_mixed(half: str) -> bool:
    return bool(_DIGIT.search(half) and _LETTER.search(half))


class Issued(NamedTuple):
    """A new code as people read it, its expiry, and whether it replaces an earlier one."""

    code: str
    until: datetime
    replaces: bool


async def issue(ctx: CommandContext, purpose: Purpose, valid: timedelta, city: City | None = None) -> Issued:
    """Create a code, voiding an earlier one of this chat."""
    before = await ctx.store.codes.void(purpose, ctx.chat, ctx.now)
    code, until = new_code(), ctx.now + valid
    digest = ctx.signer.digest(code)
    await ctx.store.codes.add(purpose, digest, account=ctx.account, chat=ctx.chat, expires_at=until, city=city)
    return Issued(f"{code[:4]}-{code[4:]}", until, before)


async def redeem(ctx: CommandContext, purpose: Purpose, code: str) -> OneTimeCode | None:
    """Return the stored code; None if it is not valid, which is counted and answered (trust: cases 11 to 14).

    Raises no UserError, as that would roll back the count. A malformed code does not count as a guess.
    """
    if not is_well_formed(code):
        await ctx.reply(_("This is not the code: codes never contain I, L, O, 0 or 1. Please check it again."))
        return None
    until = await ctx.store.codes.locked_until(ctx.account, purpose, ctx.now)
    if until is not None:
        await ctx.reply(_("Too many wrong codes came from your account. You can try again {when}.", when=until))
        return None
    found = await ctx.store.codes.find(purpose, ctx.signer.digest(code), ctx.now)
    if found is None:
        await _wrong(ctx, purpose)
    return found


async def spend(ctx: CommandContext, code: OneTimeCode) -> None:
    """Mark a code as used. Raises UserError if somebody else has used it at the same moment."""
    if not await ctx.store.codes.use(code, ctx.now):
        raise UserError(_("This code is no longer valid: it has been used or has expired. Please ask for a new one."))


async def _wrong(ctx: CommandContext, purpose: Purpose) -> None:
    left = await ctx.store.codes.count_guess(ctx.account, purpose, ctx.now)
    if left:
        text = n_(
            "This code is not valid: it is mistyped, already used or too old. You have {n} more try.",
            "This code is not valid: it is mistyped, already used or too old. You have {n} more tries.",
            left,
        )
        await ctx.reply(text)
        return
    await ctx.store.audit.record(ctx.now, "locked out", by=ctx.account, details=purpose)
    await ctx.reply(_("This code is not valid either. After six wrong codes your account can try again in 24 hours."))
