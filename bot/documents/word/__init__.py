"""Documents as DOCX (Office Open XML, ECMA-376)."""

from bot.documents.word.package import to_docx, write_docx

__all__ = ["to_docx", "write_docx"]
