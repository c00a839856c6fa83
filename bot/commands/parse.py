"""Recognition of commands in what people write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.messengers.capabilities import Capabilities
from bot.model import Account, Link, Mention, Pre, Quote, RichText, Span, plain
from bot.text.tree import after, with_lines

MENTION_WORDS = 4
"""Most words of arguments about someone: `@Tom Jackson lord mayor`."""

LINE_BREAK = " | "
"""What stands for a line break where a command is typed on one line."""

_ANYWHERE = re.compile(r"(?<!\S)[/!／！]\s?(?P<word>[^\W\d_][\w-]{0,31})")
_FORM = re.compile(r"(?P<word>[^\W\d_][\w-]{0,31})(?:@(?P<bot>\w+))?(?=\s|$)")


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A parsed command: the word, the arguments, and the accounts mentioned in them by how they are shown."""

    word: str
    args: str
    mentions: Mapping[str, Account] = field(default_factory=dict)
    rich_args: RichText = ()
    """The arguments with their formatting and links; white space may surround them."""

    @property
    def is_about_someone(self) -> bool:
        """Whether the arguments name someone, perhaps with a role, and are not a sentence."""
        return (bool(self.mentions) or self.args.startswith("@")) and len(self.args.split()) <= MENTION_WORDS


def parse_command(text: RichText, capabilities: Capabilities, username: str) -> ParsedCommand | None:
    """Parse a command; return None if the text does not have the form of one.

    Text in a quotation or a code block is someone else's (trust: case 17). `/word@other` is for another
    bot: the word is then empty. ` | ` stands for a line break.
    """
    if not text or isinstance(text[0], Quote | Pre):
        return None
    prefix, words = capabilities.command_prefix, plain(text)
    form = _FORM.match(words, len(prefix)) if words.startswith(prefix) else None
    if form is None:
        return None
    if form["bot"] and form["bot"].casefold() != username.casefold():
        return ParsedCommand("", "")
    args = words[form.end() :].strip().replace(LINE_BREAK, "\n")
    return ParsedCommand(form["word"], args, dict(mentions_in(text)), with_lines(after(text, form.end()), LINE_BREAK))


def is_misplaced(text: RichText, is_command: Callable[[str], bool], bot: Account) -> bool:
    """Whether a text seems to address the bot, but not in the form of a command: `/pair` on Matrix, `Bot: !pair`."""
    named = any(account == bot for _shown, account in mentions_in(text))
    return named or any(is_command(found["word"]) for found in _ANYWHERE.finditer(plain(text), 0, 100))


def mentions_in(text: RichText) -> Iterator[tuple[str, Account]]:
    """Yield the accounts that a text mentions, each with how it is shown there."""
    for node in text:
        if isinstance(node, Mention):
            yield plain(node.children), node.account
        elif isinstance(node, Span | Link):
            yield from mentions_in(node.children)
