"""Messages in rooms as clients on Matrix show them."""

from __future__ import annotations

from bot.model import Link, Mention, RichText, Text, rich
from bot.sandbox.matrix_session import RawEvent
from bot.sandbox.matrix_sharing import MatrixUpload
from bot.sandbox.page import markup, typed
from bot.sandbox.page.shared import SharedFile
from bot.sandbox.page.views import Json, View, ViewFile, ViewPlace
from bot.text import html

_ALT = "org.matrix.msc1767.alt_text"
_KINDS = {"m.image": "photo", "m.video": "video", "m.audio": "audio", "m.file": "document"}
_ROUND = "fi.mau.telegram.round_message"
_SPOILER = "page.codeberg.everypizza.msc4193.spoiler"
_HTML = "org.matrix.custom.html"
_SENT = {"photo": "image", "animation": "image", "video_note": "video", "document": "file"}


def view_of(event: RawEvent, name: str, bot: str) -> View:
    """Return how a message of somebody called `name` looks, but for its text and files."""
    content = event["content"]
    relation = content.get("m.relates_to", {})
    return View(
        id=event["event_id"],
        sender=event["sender"],
        name=name,
        bot=event["sender"] == bot,
        at=event["origin_server_ts"],
        text=(),
        reply_to="" if relation.get("is_falling_back") else relation.get("m.in_reply_to", {}).get("event_id", ""),
        thread=relation["event_id"] if relation.get("rel_type") == "m.thread" else "",
        card=_place(content),
    )


def files_of(event: RawEvent) -> tuple[ViewFile, ...]:
    """Return the file that a message or sticker carries."""
    content = event["content"]
    address = content.get("url") or content.get("file", {}).get("url", "")
    if not address:
        return ()
    info = content.get("info", {})
    audio = content.get("org.matrix.msc1767.audio", {})
    kind = _kind(event)
    return (
        ViewFile(
            id=address,
            name=content.get("filename") or content["body"],
            size=info.get("size", 0),
            mime=info.get("mimetype", ""),
            alt=content["body"] if kind == "sticker" else content.get(_ALT, ""),
            kind=kind,
            duration=(info.get("duration") or audio.get("duration") or 0) / 1000,
            waveform=tuple(audio.get("waveform", ())),
            spoiler=bool(content.get(_SPOILER)),
        ),
    )


def _kind(event: RawEvent) -> str:
    content = event["content"]
    if event["type"] == "m.sticker":
        return "sticker"
    info = content.get("info", {})
    kind = _KINDS.get(content["msgtype"], "document")
    if kind == "audio" and "org.matrix.msc3245.voice" in content:
        return "voice"
    if kind == "video" and _ROUND in info:
        return "video_note"
    return "animation" if "fi.mau.gif" in info or info.get("mimetype") == "image/gif" else kind


def _place(content: RawEvent) -> ViewPlace | None:
    """Return the place that a message shows."""
    if content.get("msgtype") != "m.location":
        return None
    latitude, longitude = content["geo_uri"].removeprefix("geo:").partition(";")[0].split(",")[:2]
    return ViewPlace(float(latitude), float(longitude))


def text_of(event: RawEvent, address: str, bot: str) -> RichText:
    """Return the text of a message, in which the name of `bot` leads to its `address`, as in clients."""
    content = event["content"]
    if event["type"] == "m.sticker" or _uncaptioned(content):
        return ()
    if content.get("format") != _HTML:
        return rich(content.get("body", ""))
    return tuple(
        Link(address, node.children) if isinstance(node, Mention) and node.account.id == bot else node
        for node in html.parse(content.get("formatted_body", ""))
    )


def tree_of(event: RawEvent, bot: str) -> tuple[str | Json, ...] | None:
    """Return what is shown of a text with formatting, None for one without."""
    content = event["content"]
    if content.get("format") != _HTML or event["type"] == "m.sticker" or _uncaptioned(content):
        return None
    return tuple(markup.parse(content.get("formatted_body", ""), bot))


def _uncaptioned(content: RawEvent) -> bool:
    return bool({"url", "file"} & content.keys()) and content.get("filename", content["body"]) == content["body"]


def content_of(text: RichText) -> tuple[str, str | None]:
    """Return body and formatted body, as Element writes them."""
    formatted = any(not isinstance(node, Text) for node in text)
    return typed.write(text), html.render(text) if formatted else None


def upload_of(file: SharedFile, text: RichText) -> MatrixUpload:
    """Return what a client uploads for a file; a sticker has its emoji instead of a caption."""
    body, formatted = content_of(text)
    info: RawEvent = {"w": file.width, "h": file.height} if file.width else {}
    info |= {"duration": round(1000 * file.duration)} if file.duration else {}
    animated = file.kind == "animation" and "video" in file.mime
    info |= {"fi.mau.gif": True, "fi.mau.loop": True} if animated else {}
    info |= {_ROUND: True} if file.kind == "video_note" else {}
    return MatrixUpload(
        "video" if animated else _SENT.get(file.kind, file.kind),
        file.data,
        file.name,
        file.mime,
        caption=file.alt if file.kind == "sticker" else body,
        html=formatted or "",
        info=info,
        thumbnail=file.thumbnail,
        waveform=file.waveform,
        more={_SPOILER: True} if file.spoiler else {},
    )
