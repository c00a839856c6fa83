"""What Telegram makes of a text and its entities: cleaned, trimmed, cut so that they nest, merged, completed."""

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
    """Give the length in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def normalise(text: str, entities: Sequence[Json], known: Callable[[int], bool]) -> tuple[str, list[Json]]:
    """Give text and entities as Telegram keeps them.

    `known` says whether the bot may mention a user. Raises ApiError 400 for ranges that do not fit the text.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    starts = dict(zip(accumulate(map(units, text), initial=0), range(len(text) + 1), strict=True))
    kept, moved = _clean(text)
    placed = [_move(entity, starts, moved, units(text)) for entity in entities if _usable(entity, known)]
    given = _merge(_uncode([entity for entity in placed if entity["length"] > 0]))
    return kept, _nest([*given, *_find(kept, given)])


def _clean(text: str) -> tuple[str, list[int]]:
    """Give the text that stays, and for each old character the new UTF-16 offset at which it stands."""
    clean = _BLANKED.sub(" ", text)
    begin = len(clean) - len(clean.lstrip())
    end = len(clean.rstrip())
    stays = [begin <= n < end and not _DROPPED.match(char) for n, char in enumerate(clean)]
    kept = "".join(char for char, stay in zip(clean, stays, strict=True) if stay)
    widths = (units(char) if stay else 0 for char, stay in zip(clean, stays, strict=True))
    return kept, list(accumulate(widths, initial=0))


def _usable(entity: Json, known: Callable[[int], bool]) -> bool:
    """Say whether Telegram keeps the entity; what it would find by itself it finds anew."""
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


def _sorted(entities: Iterable[Json]) -> list[Json]:
    return sorted(entities, key=_rank)


def _end(entity: Json) -> int:
    return int(entity["offset"] + entity["length"])


def _uncode(entities: list[Json]) -> list[Json]:
    """Take code out of all other entities but quotations: they cannot contain each other."""
    codes = [entity for entity in entities if entity["type"] in _CODES]
    out = []
    for entity in entities:
        pieces = [(entity["offset"], _end(entity))]
        if entity["type"] not in _CODES | _QUOTES:
            for code in codes:
                pieces = [piece for begin, end in pieces for piece in _without(begin, end, code)]
        out += [entity | {"offset": begin, "length": end - begin} for begin, end in pieces]
    return out


def _without(begin: int, end: int, hole: Json) -> list[tuple[int, int]]:
    pieces = [(begin, min(end, hole["offset"])), (max(begin, _end(hole)), end)]
    return [(begin, end) for begin, end in pieces if begin < end]


def _nest(entities: list[Json]) -> list[Json]:
    """Cut what crosses the end of the entity around it; the rest goes on as a sibling."""
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


def _merge(entities: list[Json]) -> list[Json]:
    """Make one of neighbours (or overlapping ones) with the same style."""
    last: dict[str, Json] = {}
    out: list[Json] = []
    for entity in _sorted(entities):
        before = last.get(entity["type"])
        if before is not None and _end(before) >= entity["offset"]:
            before["length"] = max(_end(before), _end(entity)) - before["offset"]
            continue
        copy = dict(entity)
        out.append(copy)
        if copy["type"] in _STYLES:
            last[copy["type"]] = copy
    return out


def _find(text: str, given: Iterable[Json]) -> list[Json]:
    """Find commands, mentions and addresses where nothing given stands in their way."""
    taken = [(e["offset"], _end(e)) for e in given if e["type"] not in _STYLES | _QUOTES]
    found: list[Json] = []
    for type, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            begin = units(text[: match.start()])
            end = begin + units(match[0])
            if all(end <= other_begin or begin >= other_end for other_begin, other_end in taken):
                taken.append((begin, end))
                found.append({"type": type, "offset": begin, "length": end - begin})
    return found
