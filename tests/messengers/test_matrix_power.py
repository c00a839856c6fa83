"""Power levels in a Matrix room, and what follows from their changes; no server needed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.messengers.matrix.power import CREATOR, power_of, power_to_redact
from bot.messengers.matrix.raw import Raw
from bot.model import Encryption, Presence
from tests.messengers.matrix_events import ANNA, ME, event, read, room, state, text


def test_power_of_creators_from_version_12_on() -> None:
    def power(version: Any, user: str, *events: Raw) -> int:
        create = {"room_version": version, "additional_creators": ["@ben:b"]}
        return power_of(room(state("m.room.create", create), *events).state, user)

    levels = state("m.room.power_levels", {"users": {"@eve:evil": 50}, "users_default": "5"})
    assert [power("12", user, levels) for user in (ANNA, "@ben:b", "@eve:evil", "@x:y")] == [CREATOR, CREATOR, 50, 5]
    assert [power("11", user, levels) for user in (ANNA, "@ben:b")] == [5, 5]
    assert [power("11", user) for user in (ANNA, "@x:y")] == [100, 0]
    assert power("org.matrix.hydra.11", ANNA) == CREATOR
    assert power(None, ANNA, state("m.room.power_levels", {"users": [], "users_default": {}})) == 0


@pytest.mark.parametrize("version", ["6", "10", "11", "12"])
def test_without_any_levels_only_who_made_the_room_steers_it(version: str) -> None:
    place = room(state("m.room.create", {"room_version": version, "creator": ANNA}))
    assert (place.has_admin(ANNA), place.has_admin("@x:y")) == (True, False)
    assert place.may_write("@x:y")
    assert not place.may("@x:y", "m.room.pinned_events")
    assert power_to_redact(place.state) == 50


@pytest.mark.parametrize(
    ("level", "admin"),
    [
        (50, True),
        (49, False),
        ("50", True),
        (" +60 ", True),
        ("-60", False),
        ("+-60", False),
        ("", False),
        (True, False),
    ],
)
def test_levels_of_old_rooms_may_be_words(level: object, admin: bool) -> None:
    create, levels = {"room_version": "6"}, {"users": {ANNA: level}}
    place = room(state("m.room.create", create, sender="@x:y"), state("m.room.power_levels", levels))
    assert place.has_admin(ANNA) is admin
    spoken = read(event(text("x")), place)
    assert spoken.sender.admin is admin


def test_of_a_room_whose_state_we_have_not_seen_we_know_no_admin() -> None:
    assert read(event(text("x")), room(state("m.room.power_levels", {"users": {ANNA: 100}}))).sender.admin is None


def test_levels_that_change_nothing_for_us_are_no_news() -> None:
    place = room(state("m.room.create", {"room_version": "11"}))

    def change(before: Any, now: Any, **more: Any) -> Any:
        raw = state("m.room.power_levels", now, unsigned={"prev_content": before}, **more)
        place.update(raw)
        return read(raw, place)

    restricted = change({}, {"events_default": 10})
    assert (restricted.id, restricted.presence, restricted.sender.name) == ("$s", Presence.RESTRICTED, "Anna")
    assert change({"events_default": 10}, {"events_default": 20}) is None
    assert change({"events_default": 10}, {"events_default": 0}, sender=ME).presence is Presence.JOINED
    assert change({"events": "x"}, {"users": {ME: None}}) is None


def test_back_to_the_levels_before_a_gap() -> None:
    place = room(state("m.room.create", {"room_version": "11"}), state("m.room.power_levels", {"users": {}}))
    first = state("m.room.power_levels", {"users": {}}, unsigned={"prev_content": {"users": {ANNA: 50}}})
    second = state("m.room.power_levels", {"users": {}}, unsigned={"prev_content": {"users": {}}})
    place.rewind([event(text("x"))])
    assert place.has_admin(ANNA) is False
    place.rewind([event(text("x")), first, second])
    assert place.has_admin(ANNA) is True
    place.rewind([state("m.room.power_levels", {"users": {}})])
    assert ("m.room.power_levels", "") not in place.state


def test_encryption_said_once_more_is_no_news() -> None:
    on = state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    assert isinstance(read(on), Encryption)
    assert isinstance(read(on | {"sender": ME}), Encryption)
    assert read(on | {"unsigned": {"prev_content": {}}}) is None
    assert read(on | {"unsigned": {"replaces_state": "$old"}}) is None
    assert read(on | {"state_key": "x"}) is None
    assert read(event({}, "m.room.encryption")) is None
