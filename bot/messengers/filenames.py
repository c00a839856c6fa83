"""Names and types of files as messengers may show and store them."""

from __future__ import annotations

import mimetypes
import re

from bot.model import File, FileKind
from bot.text.names import clean_line

MIME = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
"""A type that a sender's client claims, in a form that can be passed on."""
_SEPARATORS = re.compile(r"[/\\]+")
_LONGEST, _LONGEST_SHOWN = 2000, 100
"""Characters of a name that are looked at, and that remain."""


def file_name(file: File) -> str:
    """Return a name for the upload: one line without invisible characters, and not a path (trust: case 56).

    It has an extension, from which clients take the type of the file.
    """
    name = clean_line(_SEPARATORS.sub(" ", file.name), _LONGEST)
    if len(name) > _LONGEST_SHOWN:
        name = f"{name[: _LONGEST_SHOWN // 2]}…{name[-_LONGEST_SHOWN // 2 + 1 :]}"
    if name and (file.kind is FileKind.DOCUMENT or "." in name):
        return name
    return (name or str(file.kind)) + (mimetypes.guess_extension(file.mime) or "")
