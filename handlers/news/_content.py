"""What news consists of, as typed, and as every chat shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.commands.context import CommandContext
from bot.model import Attachment, File, RichText, file_of, plain
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.names import guard
from bot.text.tree import after

LONGEST_HEADLINE = 300
"""Characters of a headline."""


@dataclass(frozen=True, slots=True)
class NewsContent:
    """The headline, the text and the file of news; `attachment` describes the file, or is empty."""

    headline: str
    text: RichText
    files: tuple[File, ...]
    attachment: str

    @classmethod
    def of(cls, ctx: CommandContext) -> NewsContent:
        """Return the content of a command: its first line is the headline. Raises UserError."""
        words = plain(ctx.rich_args)
        headline, _line, rest = words.lstrip().partition("\n")
        if not headline.strip():
            raise UserError(_("Please write a headline, and below it the text."), usage=True)
        if len(headline) > LONGEST_HEADLINE:
            raise UserError(
                _("The headline is too long: at most {n} characters. Put the text on a new line.", n=LONGEST_HEADLINE)
            )
        begin = len(words) - len(rest.lstrip()) if rest.strip() else len(words)
        return cls(headline.strip(), after(ctx.rich_args, begin), _files(ctx.attachment), _described(ctx.attachment))

    def post(self, author: str, city: str, corrected_at: datetime | None = None) -> LazyText:
        """Return what the chats see; `city` may be empty."""
        rows = [_("📰 *{headline}*", headline=self.headline)]
        if self.text:
            rows.append(LazyText("{text}", params={"text": guard(self.text)}))
        rows.append(_byline(author, city))
        if corrected_at:
            rows.append(_("✏️ corrected {when}", when=corrected_at))
        return lines(*rows)


def _byline(author: str, city: str) -> LazyText:
    if city:
        return _("News from {author}, {city}", author=author, city=city)
    return _("News from {author}", author=author)


def _files(attachment: Attachment | None) -> tuple[File, ...]:
    if attachment is None:
        return ()
    file = file_of(attachment)
    if file is None:
        raise UserError(_("I can add only a picture or a file to news: please send it without this attachment."))
    return (file,)


def _described(attachment: Attachment | None) -> str:
    # Not its source: messengers may name the same file differently each time.
    return f"{attachment.kind} {attachment.size} {attachment.name}" if attachment else ""
