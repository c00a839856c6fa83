"""Parsing of message content. It is untrusted: any value may have any type (trust: case 80)."""

from __future__ import annotations

import re

from bot.messengers.matrix.file_reading import KINDS, file_in, is_caption
from bot.messengers.matrix.raw import Raw, as_dict, clean, line
from bot.messengers.matrix.things import location_of
from bot.model import Attachment, RichText, is_id, rich
from bot.text.html import parse

_TEXTS = ("m.text", "m.notice", "m.emote", "m.server_notice", "")
"""Message types that are nothing but text; what is of any other says so."""
_FORWARD = ("m.forwarded", "org.matrix.msc4553.forwarded", "com.famedly.app.forwarded")
"""Keys by which clients mark a message as a forward (MSC2723, MSC4553). Other clients do not mark it."""
# Rich replies up to Matrix 1.12: `> <@user:server> text`, `> ` before each further line, a blank line, the reply.
_FALLBACK = re.compile(r"\A> (?:\* )?<(?P<author>@[^>\s]+:[^>\s]+)> ?(?P<quoted>[^\n]*(?:\n>[^\n]*)*)(?:\n\n|\n?\Z)")
_PREFIX = re.compile(r"^> ?", re.MULTILINE)
_HTML_FALLBACK = re.compile(r"\A\s*<mx-reply>.*?</mx-reply>", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"^# ", re.MULTILINE)


def msgtype_of(content: Raw) -> str:
    """Return the msgtype, or an empty string."""
    msgtype = content.get("msgtype")
    return msgtype if isinstance(msgtype, str) else ""


def begins_with_fallback(content: Raw) -> bool:
    """Whether the body begins with the reply fallback of old clients: a quotation that names its author."""
    return _fallback(content, "") is not None


def answered_id(content: Raw) -> str:
    """Return the id of the event that a message replies to, or an empty string."""
    id = as_dict(as_dict(content.get("m.relates_to")).get("m.in_reply_to")).get("event_id")
    return id if isinstance(id, str) else ""


def replied_id(content: Raw) -> str:
    """Return the id of the event that a message really replies to, ignoring the fallback that threads add."""
    relation, to = as_dict(content.get("m.relates_to")), answered_id(content)
    in_thread = relation.get("rel_type") == "m.thread" and relation.get("is_falling_back") is True
    return to if is_id(to) and not in_thread else ""


def thread_root(content: Raw) -> str:
    """Return the id of the event that began the thread of a message, or an empty string."""
    relation = as_dict(content.get("m.relates_to"))
    id = relation.get("event_id") if relation.get("rel_type") == "m.thread" else None
    return id if is_id(id) else ""


def text_of(content: Raw, answered: str | None = None) -> RichText | None:
    """Return the text of a message, or None without a body; for a file its caption, if it has a separate file name.

    `answered` is the author (MXID) of the replied message, empty if unknown, None if this is no reply. The reply
    fallback of an old client is removed if it quotes that author (any author if unknown); anything else that begins
    with `> ` is the sender's own text.
    """
    body, msgtype = content.get("body"), msgtype_of(content)
    if msgtype == "m.location":
        return ()
    if msgtype in KINDS and not is_caption(content):
        return ()
    if not isinstance(body, str):
        return None
    fallback = _fallback(content, answered)
    return _formatted(content) or rich(clean(body[fallback.end() :] if fallback else body))


def quotation_of(content: Raw, answered: str | None) -> RichText:
    """Return the text quoted in an old client's reply fallback, which is unverified; `answered` as in `text_of`."""
    found = _fallback(content, answered)
    return rich(_PREFIX.sub("", clean(found["quoted"]))) if found else ()


def forward_of(content: Raw) -> Raw | None:
    """Return the claimed origin of a forward (`sender`, `room_id`, both unvalidated), or None if it is no forward."""
    found = next((content[key] for key in _FORWARD if key in content), None)
    return None if found is None or found is False else as_dict(found)


def attachment_of(content: Raw) -> Attachment | None:
    """Return what a message is besides its text, if it is anything else."""
    msgtype = msgtype_of(content)
    if msgtype == "m.location":
        return location_of(content)
    if msgtype in KINDS:
        return file_in(KINDS[msgtype], content)
    return None if msgtype in _TEXTS else Attachment("other", line(msgtype))


def _formatted(content: Raw) -> RichText:
    html, body = content.get("formatted_body"), content.get("body")
    if content.get("format") != "org.matrix.custom.html" or not isinstance(html, str):
        return ()
    html = clean(_HTML_FALLBACK.sub("", html))
    if isinstance(body, str) and _HEADING.search(body):  # `# topic`: what clients take for a heading may be a word
        html = html.replace("<h1>", "<h1># ")
    return parse(html)


def _fallback(content: Raw, answered: str | None) -> re.Match[str] | None:
    """Return the reply fallback in the body, if it quotes the author of the replied message."""
    body = content.get("body")
    found = _FALLBACK.match(body) if answered is not None and isinstance(body, str) else None
    return found if found and answered in ("", found["author"]) else None
