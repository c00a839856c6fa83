"""Events that no sane client sends, as the messengers would deliver them: well-formed JSON with arbitrary values."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any, TypeAlias

from bot.text.telegram import Entity
from tests.fuzz.lines import JUNK
from tests.scripted import ME, answer, matrix_event, section, text
from tests.text.random_texts import random_html, random_message

Json: TypeAlias = Any

INDY, SEALED, ELSEWHERE = "!indy:test", "!sealed:test", "!noise:test"
"""Rooms: of the dialogue, of the dialogue and encrypted, and one in which anything may happen."""
KOELN, NOISY = -1001, -1999
"""Groups: of the dialogue, and one in which anything may happen."""
AT_ONCE = 40
"""Events per response."""

_deep: Json = "deep"
for _ in range(250):
    _deep = (_deep,)  # a tuple, serialised as a list, so that `_places` does not descend into it and nest it deeper
ODD: tuple[Json, ...] = (
    None, True, False, -1, 0, 1, 2**31, 2**53, 2**63, 2**70, -(2**70), 1.5, 1e308, float("inf"), float("nan"), "",
    "\ud800", "\udc00\ud800", "\0", "a\0b", " ", "x" * 300, "ä" * 5000, "$\ud800", "$a\0", "$" + "x" * 300, "@:",
    "@a:b", "!a:b", "\u202e", "\x1b[2J", "Infinity", [], [[]], [None], {}, {"": ""}, {"\ud800": "\0"},
    {"a": {"a": {}}}, _deep,
)  # fmt: skip
SENDERS = tuple(f"@p{number}:test" for number in range(20))


def odd(random: Random) -> Json:
    return copy.deepcopy(random.choice(ODD)) if random.random() < 0.8 else random.choice(JUNK)


def _places(value: Json) -> Iterator[tuple[Json, Json]]:
    """Yield every position in a JSON value: its container and its key there."""
    stack = [value]
    while stack:
        here = stack.pop()
        keys = here if isinstance(here, dict) else range(len(here))
        for key in list(keys):
            yield here, key
            if isinstance(here[key], dict | list):
                stack.append(here[key])


def mutated(random: Random, value: dict[str, Any], keep: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return a copy with values changed at random positions, except under the keys in `keep`."""
    changed = copy.deepcopy(value)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3, 8))):
        places = [place for place in _places(changed) if place[1] not in keep]
        if not places:
            break
        here, key = random.choice(places)
        what = random.random()
        if what < 0.15:
            del here[key]
        elif what < 0.25 and isinstance(here, dict):
            here[random.choice(("event_id", "body", "type", "key", "m.relates_to", "id", "\0"))] = odd(random)
        else:
            here[key] = odd(random)
    return changed


# Matrix


POLL = "$poll"
"""A poll of the bot's."""
RESPONSE = "org.matrix.msc3381.poll.response"


def _contents(random: Random, id: str) -> tuple[str, dict[str, Any]]:
    words = random.choice(JUNK)
    replace = {"m.relates_to": {"rel_type": "m.replace", "event_id": id}, "m.new_content": text(words)}
    answers = {"m.relates_to": {"m.in_reply_to": {"event_id": id}}}
    info = {"size": 5, "mimetype": "image/png"}
    sealed = {"url": "mxc://a/b", "v": "v2", "key": {"k": "A" * 43}, "iv": "A" * 22, "hashes": {"sha256": "A" * 43}}
    about_poll = {"m.relates_to": {"rel_type": "m.reference", "event_id": POLL}}
    question = {"question": {"m.text": [{"body": "?"}]}, "answers": [{"m.text": [{"body": "yes"}]}]}
    return random.choice(
        (
            ("m.room.message", text(words)),
            ("m.room.message", text(words) | {"format": "org.matrix.custom.html", "formatted_body": f"<b>{words}"}),
            (
                "m.room.message",
                text(words) | {"format": "org.matrix.custom.html", "formatted_body": random_html(random)},
            ),
            ("m.room.message", text("> <@a:b> x\n\ny") | answers),
            ("m.room.message", text("* x") | replace),
            ("m.room.message", {"msgtype": "m.image", "body": "a.png", "url": "mxc://a/b", "info": info}),
            ("m.room.message", {"msgtype": "m.location", "body": "x", "geo_uri": "geo:1,2"}),
            ("m.room.message", {"msgtype": "m.emote", "body": words}),
            ("m.sticker", {"body": "cat", "url": "mxc://a/b", "info": info}),
            ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": id, "key": "👍"}}),
            ("m.room.redaction", {"redacts": id}),
            ("m.poll.start", {"m.poll": question}),
            ("m.room.message", {"msgtype": "m.file", "body": words, "filename": "a", "file": sealed, "info": info}),
            (RESPONSE, about_poll | {RESPONSE: {"answers": ["0"]}}),
            ("m.poll.response", about_poll | {"m.selections": ["0"]}),
            ("m.poll.end", about_poll),
            ("m.room.name", {"name": words}),
        )
    )


def _state(random: Random) -> dict[str, Any]:
    """Return a change of room state; not for rooms that later assertions rely on."""
    kind, content = random.choice(
        (
            ("m.room.member", {"membership": random.choice(("join", "leave", "ban", "invite")), "displayname": "X"}),
            ("m.room.power_levels", {"users": {ME: 0}, "users_default": 100}),
            ("m.room.tombstone", {"replacement_room": "!next:test"}),
            ("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
            ("m.room.create", {"room_version": "12"}),
        )
    )
    key = random.choice((ME, *SENDERS)) if kind == "m.room.member" else ""
    return matrix_event(content, kind, sender=random.choice(SENDERS), state_key=key, unsigned={"prev_content": content})


class MatrixNoise:
    """Sync responses full of noise; each also contains valid messages, numbered in order."""

    def __init__(self, random: Random, signer: Callable[[str], dict[str, Any]], key: str) -> None:
        """`key` is the bot's own, for messages to its device."""
        self._random = random
        self._key = key
        self._signer = signer
        self._ids = count(1)
        self.marks = 0

    def answers(self, events: int) -> Iterator[dict[str, Any]]:
        for _ in range(0, events, AT_ONCE):
            yield self._answer()

    def _answer(self) -> dict[str, Any]:
        noise = [self._one() for _ in range(AT_ONCE)]
        timelines: dict[str, list[Json]] = {INDY: [], SEALED: [], ELSEWHERE: []}
        for room, event in noise:
            timelines[room].append(event)
        for room in (INDY, SEALED):
            self.marks += 1
            mark = matrix_event(text(f"mark {self.marks}"), event_id=f"$mark{self.marks}")
            if room == SEALED:
                plain = json.dumps({"type": mark["type"], "content": mark["content"], "room_id": SEALED})
                mark |= {"type": "m.room.encrypted", "content": self._signer(plain)}
            timelines[room].append(mark)
        whole = {room: section(*events) for room, events in timelines.items()}
        whole[ELSEWHERE] = mutated(self._random, whole[ELSEWHERE])
        more = {
            "to_device": {"events": [mutated(self._random, self._to_device()) for _ in range(5)]},
            "device_lists": {"changed": list(SENDERS[:2]), "left": []},
            "device_one_time_keys_count": {"signed_curve25519": 50},
        }
        invited = {"!x:y": {"invite_state": {"events": [_state(self._random) for _ in range(3)]}}}
        return answer(whole, invite=mutated(self._random, invited)) | mutated(self._random, more)

    def _to_device(self) -> dict[str, Any]:
        random = self._random
        device = {"from_device": "D", "transaction_id": "t", "timestamp": 1_790_000_000_000}
        body = {"type": random.choice((0, 1)), "body": random.choice(("AwogF", "AAAA", "A" * 200, "äöü", ""))}
        sealed = {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "A" * 43, "ciphertext": {self._key: body}}
        request = {"action": "request", "request_id": "r", "requesting_device_id": "D"}
        session = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": SEALED, "session_id": "s", "session_key": "k"}
        methods = {"method": "m.sas.v1", "key_agreement_protocols": ["curve25519"], "hashes": ["sha256"]}
        authentic = {"message_authentication_codes": ["hkdf-hmac-sha256"], "short_authentication_string": ["decimal"]}
        kind, content = random.choice(
            (
                ("m.room.encrypted", sealed),
                ("m.room_key_request", request | {"body": session | {"sender_key": "A" * 43}}),
                ("m.room_key_request", request | {"action": "request_cancellation"}),
                ("m.room_key", session),
                ("m.forwarded_room_key", session | {"forwarding_curve25519_key_chain": []}),
                ("m.key.verification.start", device | methods | authentic),
                ("m.key.verification.cancel", device | {"code": "m.user", "reason": "x"}),
                ("m.key.verification.key", device | {"key": "A" * 43}),
                ("m.key.verification.mac", device | {"mac": {"ed25519:D": "x"}, "keys": "x"}),
                ("m.dummy", {}),
            )
        )
        return {"type": kind, "sender": random.choice(SENDERS), "content": content}

    def _one(self) -> tuple[str, Json]:
        random, kind = self._random, self._random.random()
        if kind < 0.1:
            return ELSEWHERE, mutated(random, _state(random))
        if kind < 0.15:
            return random.choice((INDY, ELSEWHERE)), odd(random)
        id = f"$noise{random.randrange(next(self._ids) + 1)}"
        type, content = _contents(random, id)
        if kind < 0.4:
            return SEALED, self._sealed(type, content)
        event = matrix_event(content, type, sender=random.choice(SENDERS), event_id=f"$noise{next(self._ids)}")
        return random.choice((INDY, ELSEWHERE)), mutated(random, event)

    def _sealed(self, type: str, content: dict[str, Any]) -> Json:
        """Return an event whose content the homeserver cannot read."""
        random = self._random
        plain = json.dumps(mutated(random, {"type": type, "content": content, "room_id": SEALED}))
        if random.random() < 0.1:
            plain = random.choice(("", "null", "[" * 5000, "{", '"x"', "1" * 5000, plain[:-1], "\0", "[]"))
        event = matrix_event(self._signer(plain), "m.room.encrypted", sender=random.choice(SENDERS))
        return mutated(random, event) if random.random() < 0.3 else event


# Telegram


class TelegramNoise:
    """Responses to getUpdates full of noise; each also contains a valid message, numbered in order."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.updates = 0
        self.marks = 0

    def payloads(self, events: int) -> Iterator[bytes]:
        for _ in range(0, events, AT_ONCE):
            raw = [json.dumps(self._update()) for _ in range(AT_ONCE)]
            if self._random.random() < 0.1:
                raw.append(self._random.choice(("[" * 3000 + "]" * 3000, "1" * 5000, '"x"', "{}", '{"update_id": []}')))
            self.marks += 1
            raw.append(json.dumps(self._numbered({"message": self._message(11, text=f"told {self.marks}")})))
            yield ('{"ok": true, "result": [' + ", ".join(raw) + "]}").encode()

    def _numbered(self, update: dict[str, Any]) -> dict[str, Any]:
        self.updates += 1
        return {"update_id": self.updates} | update

    def _message(self, who: int, chat: int = KOELN, **content: Any) -> dict[str, Any]:
        return {
            "message_id": self.updates + 1000,
            "date": 1_790_000_000,
            "chat": {"id": chat, "type": "supergroup", "title": "Group"},
            "from": {"id": who, "is_bot": False, "first_name": "Person", "language_code": "de"},
        } | content

    def _content(self) -> dict[str, Any]:
        random, words = self._random, self._random.choice(JUNK)
        said, marks = random_message(random)
        entity = {"type": random.choice(("bold", "text_link", "pre", "mention", "date_time")), "offset": 0, "length": 3}
        file = {"file_id": "a", "file_unique_id": "b", "file_size": 5}
        user = {"id": 77, "is_bot": False, "first_name": "X"}
        return random.choice(
            (
                {"text": words, "entities": [entity | {"url": "https://example.org", "unix_time": 5}]},
                {"photo": [file | {"width": 1, "height": 1}], "caption": words, "caption_entities": [entity]},
                {"text": said or "x", "entities": [_entity(each) for each in marks]},
                {"document": file | {"file_name": words}},
                {"text": words, "reply_to_message": self._message(5, text="x")},
                {"text": words, "external_reply": {"origin": {"type": "user", "date": 5, "sender_user": user}}},
                {"text": words, "forward_origin": {"type": "hidden_user", "date": 5, "sender_user_name": words}},
                {"location": {"latitude": 1.0, "longitude": 2.0}},
                {"dice": {"emoji": "🎲", "value": 3}},
                {"contact": {"phone_number": "1", "first_name": words}},
                {"text": words, "sender_chat": {"id": -5, "type": "channel", "title": words}},
                {"text": words, "via_bot": user | {"is_bot": True}},
                {"text": words, "quote": {"text": words, "position": 0, "entities": [entity]}},
            )
        )

    def _update(self) -> Json:
        random = self._random
        who, chat = random.randrange(100, 120), random.choice((KOELN, NOISY))
        message = self._message(who, chat, **self._content())
        user = message["from"]
        standing = {"user": user, "status": random.choice(("member", "administrator", "left", "kicked", "restricted"))}
        kinds: list[dict[str, Any]] = [
            {"message": message},
            {"message": message},
            {"edited_message": message | {"edit_date": 1_790_000_005}},
            {"callback_query": {"id": "1", "from": user, "chat_instance": "x", "data": "y~z", "message": message}},
            {
                "message_reaction": {
                    "chat": message["chat"],
                    "message_id": random.randrange(5000),
                    "date": 1_790_000_000,
                    "user": user,
                    "old_reaction": [],
                    "new_reaction": [{"type": "emoji", "emoji": "👍"}],
                }
            },
        ]
        if chat == NOISY:
            moved = {key: message[key] for key in ("message_id", "date", "chat", "from")}
            kinds += [
                {"my_chat_member": moved | {"old_chat_member": standing, "new_chat_member": standing}},
                {"message": moved | {"migrate_to_chat_id": -1_000_000_000_000 - random.randrange(5)}},
            ]
        return self._numbered(mutated(random, random.choice(kinds)))


def _entity(entity: Entity) -> Json:
    known: Json = {"type": entity.type, "offset": entity.offset, "length": entity.length, "url": entity.url}
    user = {"id": 77, "is_bot": False, "first_name": "X"}
    return known | {"language": entity.language, "user": user, "unix_time": entity.unix_time or 0}
