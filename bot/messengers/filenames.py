"""Names and types of files as messengers may show and store them."""

from __future__ import annotations

import mimetypes
import re

from bot.model import File, FileKind
from bot.text.names import clean_line

MIME = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
"""A type that a sender's client claims, in a form that can be passed on."""
_SEPARATORS = re.compile(r"[/\\]+")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
"""Characters that Windows takes in no file name; a colon there leads to a hidden stream."""
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)
"""Names that Windows keeps for devices."""
_PROGRAM = re.compile(
    r"\s*(?:apk|app|bat|cmd|com|cpl|dll|dmg|exe|gadget|hta|html?|jar|jse?|lnk|ms[cip]|pif|ps1|reg|scr|sh|svg|url"
    r"|vb[es]?|ws[fh]?|xhtml)",
    re.IGNORECASE,
)
"""Extensions of what runs when it is opened."""
_EXTENSIONS = {"audio/ogg": ".ogg", "application/x-tgsticker": ".tgs"}
"""Where people and players know another one than the system."""
_LONGEST, _LONGEST_SHOWN = 2000, 100
"""Characters of a name that are looked at, and that remain."""


def file_name(file: File) -> str:
    """Return a name for the upload: one line without invisible characters, and neither a path nor a device.

    It has an extension, from which clients take the type of the file: a program seems to be nothing else, and nothing
    that is shown, such as a picture, is called a program (trust: case 56).
    """
    name = clean_line(_FORBIDDEN.sub("_", _SEPARATORS.sub(" ", file.name)), _LONGEST).strip(" .")
    name = f"_{name}" if _DEVICE.match(name) else name
    stem, dot, extension = name.rpartition(".")
    if dot and _PROGRAM.fullmatch(extension):
        name = f"{stem.replace('.', '_')}.{extension}"
        if file.kind is not FileKind.DOCUMENT:
            name = name.replace(".", "_")
    if len(name) > _LONGEST_SHOWN:
        name = f"{name[: _LONGEST_SHOWN // 2]}…{name[-_LONGEST_SHOWN // 2 + 1 :]}"
    if name and (file.kind is FileKind.DOCUMENT or "." in name):
        return name
    return (name or str(file.kind)) + (_EXTENSIONS.get(file.mime) or mimetypes.guess_extension(file.mime) or "")
