"""In which language somebody has written an action point, and its text in a second one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypedDict

from bot.commands.arguments import Keys
from bot.commands.context import DialogueContext
from bot.text.catalogue import UserError, _
from storage import City, NewOwner

_NAMES = {"de": ("deutsch", "german"), "en": ("englisch", "english")}


class TermsChange(TypedDict, total=False):
    """Those of the `Terms` that somebody typed."""

    text: str
    language: str
    translation: str | None
    translation_language: str | None
    due_on: date | None
    owners: tuple[NewOwner, ...]
    lead: City | None


def language_keys(ctx: DialogueContext) -> Keys:
    """Return the keys of lines that name their language: those of the cities, and those that the bot speaks."""
    return {each: _NAMES.get(each, ()) for each in _spoken(ctx)}


def texts_of(ctx: DialogueContext, main: str, named: Mapping[str, str], written_in: str) -> TermsChange:
    """Return the text and its translation; `main` names no language, `named` are texts by the language that they name.

    `written_in`: the language of the text so far; a single text in another one is its translation. Raises UserError for
    more than two texts.
    """
    if len(named) + bool(main) > 2:
        raise UserError(_("An action point has one text, and one more in a second language."))
    own = _language(ctx.locale_context.locale)
    pairs = sorted(named.items(), key=lambda each: each[0] != own)
    if main:  # in the language of the chat, unless it is the other text that is
        pairs.insert(0, (next(each for each in (own, *_spoken(ctx)) if each not in named), main))
    elif len(pairs) == 1 and written_in not in {"", pairs[0][0]}:
        return {"translation": pairs[0][1], "translation_language": pairs[0][0]}
    change = TermsChange()
    for language, text in pairs[:1]:
        change |= {"text": text, "language": language}
    for language, text in pairs[1:]:
        change |= {"translation": text, "translation_language": language}
    return change


def _spoken(ctx: DialogueContext) -> list[str]:
    cities = [_language(each.locale) for each in ctx.dialogue.cities]
    return list(dict.fromkeys([*cities, *_NAMES]))


def _language(locale: str) -> str:
    return locale.replace("-", "_").partition("_")[0].lower()
