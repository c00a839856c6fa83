"""The methods that send files: sendPhoto and the like, one by one, and sendMediaGroup."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import ApiError, Json, bad_request, not_played
from bot.sandbox.telegram.media import AUDIO, DOCUMENT, KINDS, MediaKind
from bot.sandbox.telegram.methods.files import chosen
from bot.sandbox.telegram.methods.placing import place

_BY_SERVER = frozenset({"IMAGE_PROCESS_FAILED", "PHOTO_INVALID_DIMENSIONS"})
_UNPLAYED = frozenset({"parse_mode", "cover", "start_timestamp"})


def sender(kind: MediaKind) -> Callable[[Call], Json]:
    """Return what plays the method that sends files of this kind."""

    def send(call: Call) -> Json:
        caption, keyboard = call.caption(call.params), call.keyboard()
        missing = f"there is no {kind.name.replace('_', ' ')} in the request"
        file = chosen(call, kind, call.params[kind.name], call.params, missing)
        target = place(call, (kind.permission, kind.plural))
        call.pace(target.chat)
        return target.post(file.content | shown(call.params) | caption | keyboard).message

    return send


def send_media_group(call: Call) -> list[Json]:
    """Play sendMediaGroup."""
    items = call.params["media"]
    _refuse_count(len(items))
    kinds = [kind_of(item) for item in items]
    contents = [_content(call, item, kind, n) for n, (item, kind) in enumerate(zip(items, kinds, strict=True), 1)]
    _refuse_mixture(items, kinds)
    target = place(call, *((kind.permission, kind.plural) for kind in dict.fromkeys(kinds)))
    call.limits.check_many(call.bot.id, target.chat.id, len(items))
    album = {"media_group_id": str(call.world.number())}
    return [target.post(content | album).message for content in contents]


def input_media(call: Call, item: Json, kind: MediaKind) -> Json:
    """Return the fields of a message that an InputMedia makes; raise ApiError."""
    if strange := item.keys() & _UNPLAYED:
        raise not_played(f"InputMedia with {', '.join(sorted(strange))}")
    caption = call.caption(item)
    file = chosen(call, kind, item["media"], item, "can't parse InputMedia: media not found")
    return file.content | shown(item) | caption


def shown(params: Json) -> Json:
    """Return the fields that say how a message shows its file."""
    names = {"has_spoiler": "has_media_spoiler", "show_caption_above_media": "show_caption_above_media"}
    return {field: True for name, field in names.items() if params.get(name)}


def kind_of(item: Json) -> MediaKind:
    """Return the kind of an InputMedia; raise ApiError."""
    kind = KINDS.get(item["type"])
    if kind is None:
        raise not_played(f"InputMedia of type {item['type']}")
    return kind


def _content(call: Call, item: Json, kind: MediaKind, number: int) -> Json:
    try:
        return input_media(call, item, kind)
    except ApiError as error:
        reason = error.description.removeprefix("Bad Request: ")
        if reason in _BY_SERVER:
            raise bad_request(f'failed to send message #{number} with the error message "{reason}"') from error
        raise


def _refuse_count(count: int) -> None:
    if count == 0:
        raise bad_request("there are no messages to send")
    if count > 10:
        raise bad_request("too many messages to send as an album")
    if count == 1:
        raise not_played("sendMediaGroup with a single item, which the specification does not allow")


def _refuse_mixture(items: list[Json], kinds: list[MediaKind]) -> None:
    for alone in (DOCUMENT, AUDIO):
        if alone in kinds and set(kinds) != {alone}:
            raise bad_request(f"{alone.name} can't be mixed with other media types")
    if len({bool(item.get("show_caption_above_media")) for item in items}) > 1:
        raise bad_request("parameter show_caption_above_media must be the same for all messages")
