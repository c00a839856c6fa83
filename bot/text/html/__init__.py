"""Rich text ⇄ the HTML of Matrix (`org.matrix.custom.html`)."""

from bot.text.html.reading import parse
from bot.text.html.writing import fit, plain_body, render

__all__ = ["fit", "parse", "plain_body", "render"]
