"""Parsing of message content. It is untrusted: any value may have any type (trust: case 80)."""

from __future__ import annotations

import re

from bot.messengers.filenames import MIME
from bot.messengers.matrix.attachments import Address
from bot.messengers.matrix.raw import Raw, as_dict, clean, size
from bot.model import Attachment, Link, NativePoll, RichText, is_id, rich
from bot.text.html import parse

_MEDIA = {"m.image": "photo", "m.video": "video", "m.audio": "audio", "m.file": "file", "m.location": "location"}
_VOICE = ("org.matrix.msc3245.voice", "org.matrix.msc3245.voice.v2", "m.voice")
_ALT = ("m.alt_text", "org.matrix.msc1767.alt_text")
_WIDEST, _LONGEST = 100_000, 1e6
"""Pixels of a side, and seconds, beyond which a claim is not believed."""
_FORWARD = ("m.forwarded", "org.matrix.msc4553.forwarded", "com.famedly.app.forwarded")
"""Keys by which clients mark a message as a forward (MSC2723, MSC4553). Other clients do not mark it."""
# Rich replies up to Matrix 1.12: `> <@user:server> text`, `> ` before each further line, a blank line, the reply.
_FALLBACK = re.compile(r"\A> (?:\* )?<(?P<author>@[^>\s]+:[^>\s]+)> ?(?P<quoted>[^\n]*(?:\n>[^\n]*)*)(?:\n\n|\n?\Z)")
_PREFIX = re.compile(r"^> ?", re.MULTILINE)
_HTML_FALLBACK = re.compile(r"\A\s*<mx-reply>.*?</mx-reply>", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"^# ", re.MULTILINE)
_GEO = re.compile(r"\Ageo:(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:[,;].*)?\Z", re.DOTALL)


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
        return _place(content)
    if not isinstance(body, str):
        return None
    if msgtype in _MEDIA and content.get("filename", body) == body:
        return ()
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
    """Return the file or location, if the message is one."""
    kind = _MEDIA.get(msgtype_of(content))
    if kind is None:
        return None
    if kind == "location":
        return Attachment(kind)
    if kind == "audio" and any(key in content for key in _VOICE):
        kind = "voice"
    return _file(kind, content, _line(content.get("filename")) or _line(content.get("body")))


def sticker_of(content: Raw) -> Attachment:
    """Return the sticker of an m.sticker."""
    return _file("sticker", content, _line(content.get("body")))


def _file(kind: str, content: Raw, name: str) -> Attachment:
    info, address = as_dict(content.get("info")), Address.of(content)
    mime, duration = info.get("mimetype"), size(info.get("duration"))
    return Attachment(
        kind,
        name,
        size(info.get("size")),
        mime=mime.lower() if isinstance(mime, str) and MIME.fullmatch(mime) else "",
        source=str(address) if address else "",
        width=_pixels(info.get("w")),
        height=_pixels(info.get("h")),
        duration=None if duration is None else min(duration / 1000, _LONGEST),
        alt=_words(content, _ALT),
    )


def poll_of(content: Raw) -> tuple[Attachment, RichText]:
    """Return a poll, named by its question, and its answers, one per line."""
    poll = as_dict(content.get("m.poll") or content.get("org.matrix.msc3381.poll.start"))
    answers, question = poll.get("answers"), _words(poll.get("question"))
    named = [_words(answer) for answer in answers[:50]] if isinstance(answers, list) else []
    options, multiple = tuple(filter(None, named)), (size(poll.get("max_selections")) or 1) > 1
    asked = NativePoll(question=rich(question), options=options, multiple=multiple) if question and options else None
    return Attachment("poll", question, poll=asked), rich("\n".join(f"- {option}" for option in options))


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


def _line(value: object) -> str:
    return " ".join(clean(value).split())[:255] if isinstance(value, str) else ""


def _place(content: Raw) -> RichText:
    body, geo = content.get("body"), content.get("geo_uri")
    label = _line(body) or "📍"
    found = _GEO.match(geo) if isinstance(geo, str) else None
    if not found:
        return rich(label)
    latitude, longitude = found.groups()
    url = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
    return rich(Link(url, rich(label)))


def _pixels(value: object) -> int | None:
    number = size(value)
    return number if number and number <= _WIDEST else None


def _words(value: object, keys: tuple[str, ...] = ("m.text", "org.matrix.msc1767.text", "body")) -> str:
    """Return a text of an extensible event: a string or a list of `{"body": …}`, under the first of the `keys`."""
    named = as_dict(value)
    for key in keys:
        text = named.get(key)
        first = text[0] if isinstance(text, list) and text else text
        if line := _line(as_dict(first).get("body") if isinstance(first, dict) else first):
            return line
    return ""
