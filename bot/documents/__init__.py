"""Documents for people's files: HTML to print, Markdown, and DOCX.

    document = Document("Minutes 3", "de_DE", (Heading("Agenda"), Items(("Trees", "Water"), numbered=True)))
    to_html(document), to_markdown(document), await to_docx(document)

The same document has the same bytes. Texts are shown as they are, never read as markup; see `bot.documents.inline` for
what remains of rich text.
"""

from bot.documents.html import to_html
from bot.documents.markdown import to_markdown
from bot.documents.model import BodyText, Content, Document, Fields, Heading, Items, Part, Phrase, Table
from bot.documents.word import to_docx

__all__ = [
    "BodyText",
    "Content",
    "Document",
    "Fields",
    "Heading",
    "Items",
    "Part",
    "Phrase",
    "Table",
    "to_docx",
    "to_html",
    "to_markdown",
]
