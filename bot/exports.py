"""What features keep of a dialogue, as files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from bot.documents import Document, to_docx, to_html, to_markdown
from bot.text.catalogue import LazyText, LocaleContext
from bot.text.characters import fold
from storage import Database, Dialogue

Content = TypeVar("Content")
Format: TypeAlias = Callable[[Dialogue, Content, LocaleContext], bytes | Coroutine[Any, Any, bytes]]
"""Return the bytes of a file for a reader, or a coroutine for them. It runs in a thread."""

MIME_TYPES = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "ics": "text/calendar",
    "json": "application/json",
    "md": "text/markdown",
}
"""By format, which is also the ending of the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Generic[Content]):
    """What `intercity export DIALOGUE NAME` and `/export` write, by format (`csv`): a file of what `read` returns.

    `read` opens transactions of its own, and closes them; much is read in slices, so that nobody waits for long.
    `words`: other words for it in the chat, as in `Command`. `label` is its heading there, `note` what readers should
    know about it. It contains only what everybody in the dialogue may see.
    """

    name: str
    read: Callable[[Database, Dialogue], Awaitable[Content]]
    formats: Mapping[str, Format[Content]]
    label: LazyText
    words: tuple[str, ...] = ()
    note: LazyText | None = None

    def answers_to(self, word: str) -> bool:
        """Whether this is a word for it."""
        return fold(word) in map(fold, (self.name, *self.words))

    def word_in(self, locale: str) -> str:
        """Return the word for readers of a locale, as in `Command`."""
        return self.words[0] if locale.startswith("de") and self.words else self.name

    async def write(self, format: str, dialogue: Dialogue, content: Content, reads: LocaleContext) -> bytes:
        """Return a file of one of the formats; the event loop goes on meanwhile."""
        made = await asyncio.to_thread(self.formats[format], dialogue, content, reads)
        return made if isinstance(made, bytes) else await made


def as_documents(make: Callable[[Dialogue, Content, LocaleContext], Document]) -> Mapping[str, Format[Content]]:
    """Return the formats of an export that can be written as a document."""
    return {
        "md": lambda *given: to_markdown(make(*given)),
        "docx": lambda *given: to_docx(make(*given)),
        "html": lambda *given: to_html(make(*given)),
    }
