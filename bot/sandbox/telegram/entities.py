"""Normalisation of texts and entities as on Telegram: cleaned, trimmed, split to nest, merged, completed."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from bot.sandbox.telegram.errors import Json, bad_request

_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_CODES = frozenset({"code", "pre"})
_FOUND = ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number")
_GIVEN = _STYLES | _QUOTES | _CODES | {"text_link", "text_mention", "custom_emoji", "date_time"}
_ORDER = ("blockquote", "expandable_blockquote", "pre", "code", "text_link", "text_mention", *_FOUND)
_PATTERNS = (
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    (
        "url",
        re.compile(
            r"\b(?:https?://|www\.)[^\s<>\"]*[\w/]|\b(?:[\w-]+\.)+(?:com|de|eu|net|org|uk)\b(?:/[^\s<>\"]*[\w/])?"
        ),
    ),
    ("bot_command", re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)
_DROPPED = re.compile("[\r\u2028-\u202e]")
_BLANKED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")


def units(text: str) -> int:
    """Return the length in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def normalise(text: str, entities: Sequence[Json], known: Callable[[int], bool]) -> tuple[str, list[Json]]:
    """Return text and entities as Telegram stores them.

    `known` tells whether the bot may mention a user. Raise ApiError 400 for ranges that do not fit the text.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    starts = dict(zip(accumulate(map(units, text), initial=0), range(len(text) + 1), strict=True))
    kept, moved = _clean(text)
    placed = [_move(entity, starts, moved, units(text)) for entity in entities if _usable(entity, known)]
    return kept, _shape(kept, sorted((entity for entity in placed if entity["length"] > 0), key=_rank))


def _clean(text: str) -> tuple[str, list[int]]:
    """Return the text that is kept, and for each old character its new UTF-16 offset."""
    clean = _BLANKED.sub(" ", text)
    begin = len(clean) - len(clean.lstrip())
    end = len(clean.rstrip())
    stays = [begin <= n < end and not _DROPPED.match(char) for n, char in enumerate(clean)]
    kept = "".join(char for char, stay in zip(clean, stays, strict=True) if stay)
    widths = (units(char) if stay else 0 for char, stay in zip(clean, stays, strict=True))
    return kept, list(accumulate(widths, initial=0))


def _usable(entity: Json, known: Callable[[int], bool]) -> bool:
    """Whether Telegram keeps the entity; it drops those that it detects by itself, and detects them again."""
    if entity["type"] not in _GIVEN and entity["type"] not in _FOUND:
        raise bad_request(f'unsupported entity type "{entity["type"]}" specified')
    if entity["type"] == "text_mention":
        return known(entity.get("user", {}).get("id", 0))
    if entity["type"] == "text_link":
        return bool(re.match(r"(?:https?|tg|ton|mailto|tel):", entity.get("url", ""), re.IGNORECASE))
    if entity["type"] == "date_time" and "unix_time" not in entity:
        raise bad_request("can't parse MessageEntity: unix_time must be specified")
    return entity["type"] in _GIVEN


def _move(entity: Json, starts: dict[int, int], moved: list[int], total: int) -> Json:
    begin, length = entity["offset"], entity["length"]
    if begin < 0 or length < 0 or begin + length > total:
        raise bad_request(
            f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {total}"
        )
    if begin not in starts:
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {begin}")
    if begin + length not in starts:
        raise bad_request(f"entity ends in a middle of a UTF-16 symbol at UTF-16 offset {begin + length}")
    offset = moved[starts[begin]]
    return entity | {"offset": offset, "length": moved[starts[begin + length]] - offset}


def _rank(entity: Json) -> tuple[int, int, int]:
    order = _ORDER.index(entity["type"]) if entity["type"] in _ORDER else len(_ORDER)
    return entity["offset"], -entity["length"], order


def _end(entity: Json) -> int:
    return int(entity["offset"] + entity["length"])


def _shape(text: str, entities: list[Json]) -> list[Json]:
    """Nest entities: quotes stay whole, code contains nothing, links do not overlap, styles are split."""
    quotes = _apart(entity for entity in entities if entity["type"] in _QUOTES)
    codes = _apart(_cut((entity for entity in entities if entity["type"] in _CODES), quotes))
    others = [entity for entity in entities if entity["type"] not in _STYLES | _QUOTES | _CODES]
    links = _apart([*_holed(_cut(others, quotes), codes), *_find(text, codes)])
    styles = _merge(entity for entity in entities if entity["type"] in _STYLES)
    return _nest([*quotes, *codes, *links, *_cut(_holed(styles, codes), [*quotes, *links])])


def _overlap(one: Json, other: Json) -> bool:
    return bool(one["offset"] < _end(other) and other["offset"] < _end(one))


def _apart(entities: Iterable[Json]) -> list[Json]:
    """Drop entities that overlap an earlier one."""
    out: list[Json] = []
    for entity in entities:
        if not any(_overlap(entity, other) for other in out):
            out.append(entity)
    return out


def _cut(entities: Iterable[Json], walls: Iterable[Json]) -> list[Json]:
    """Split entities where they cross a wall's edge."""
    pieces = list(entities)
    for wall in walls:
        pieces = [piece for entity in pieces for piece in _cut_one(entity, wall)]
    return pieces


def _cut_one(entity: Json, wall: Json) -> list[Json]:
    begin, end = entity["offset"], _end(entity)
    if begin < wall["offset"] < end < _end(wall):
        edge = wall["offset"]
    elif wall["offset"] < begin < _end(wall) < end:
        edge = _end(wall)
    else:
        return [entity]
    return [entity | {"length": edge - begin}, entity | {"offset": edge, "length": end - edge}]


def _holed(entities: Iterable[Json], holes: Iterable[Json]) -> list[Json]:
    """Remove the holes from entities."""
    pieces = list(entities)
    for hole in holes:
        pieces = [piece for entity in pieces for piece in _without(entity, hole)]
    return pieces


def _without(entity: Json, hole: Json) -> list[Json]:
    begin, end = entity["offset"], _end(entity)
    pieces = [(begin, min(end, hole["offset"])), (max(begin, _end(hole)), end)]
    return [entity | {"offset": start, "length": stop - start} for start, stop in pieces if start < stop]


def _nest(entities: list[Json]) -> list[Json]:
    """Split what crosses the end of the entity around it; the rest becomes a sibling."""
    waiting = [(_rank(entity), n, entity) for n, entity in enumerate(entities)]
    heapq.heapify(waiting)
    out: list[Json] = []
    open_ends: list[int] = []
    while waiting:
        _, n, entity = heapq.heappop(waiting)
        while open_ends and open_ends[-1] <= entity["offset"]:
            open_ends.pop()
        if open_ends and _end(entity) > open_ends[-1]:
            rest = entity | {"offset": open_ends[-1], "length": _end(entity) - open_ends[-1]}
            heapq.heappush(waiting, (_rank(rest), n, rest))
            entity = entity | {"length": open_ends[-1] - entity["offset"]}
        out.append(entity)
        open_ends.append(_end(entity))
    return out


def _merge(styles: Iterable[Json]) -> list[Json]:
    """Merge adjacent or overlapping entities of the same style."""
    out: list[Json] = []
    last: dict[str, Json] = {}
    for style in styles:
        before = last.get(style["type"])
        if before is not None and _end(before) >= style["offset"]:
            before["length"] = max(_end(before), _end(style)) - before["offset"]
        else:
            last[style["type"]] = dict(style)
            out.append(last[style["type"]])
    return out


def _find(text: str, given: Sequence[Json]) -> list[Json]:
    """Find commands, mentions and addresses that overlap none of the given entities."""
    found: list[Json] = []
    for type, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            entity = {"type": type, "offset": units(text[: match.start()]), "length": units(match[0])}
            if not any(_overlap(entity, other) for other in [*given, *found]):
                found.append(entity)
    return found
