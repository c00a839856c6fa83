"""What a person should know of the bot's account and of a room, and how to mend what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.clock import Clock
from bot.messengers.base import Finding, TryAgain
from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.link import Link
from bot.messengers.matrix.power import power_for_message, power_for_state, power_of, power_to_redact
from bot.messengers.matrix.raw import as_dict, events_of, size
from bot.messengers.matrix.rooms import KEPT, Room
from bot.text.catalogue import _, n_

_MEGABYTE = 2**20
"""As homeservers count in their settings."""
_SMALL = 10
"""Megabytes below which a homeserver turns away pictures of ordinary phones."""
_APART = 5.0
"""Seconds by which two clocks may differ."""


class Examination:
    """Asks the homeserver, never our memory of it."""

    def __init__(self, link: Link, clock: Clock) -> None:
        """Ask over `link`; `clock` is ours."""
        self._link = link
        self._clock = clock

    async def findings(self, room: str) -> list[Finding]:
        """Look at the account or, unless `room` is empty, at that room. Raises SendError."""
        try:
            if room:
                return await self._room(room)
            return [await self._device(), await self._uploads(), *self._time()]
        except Rejected as error:
            raise TryAgain(str(error), error.retry_after) from error
        except Unreachable as error:
            raise TryAgain(str(error)) from error

    # the account

    async def _device(self) -> Finding:
        if await self._link.is_vouched_for():
            return Finding(
                good=True, text=_("My device is cross-signed: every app gives me the keys of encrypted rooms.")
            )
        text = _(
            "My device is not cross-signed: some apps will not give me their keys, so that I cannot read their "
            "messages in encrypted rooms. Whoever runs me sets `INTERCITY_MATRIX_PASSWORD` for one start."
        )
        return Finding(good=False, text=text)

    async def _uploads(self) -> Finding:
        limit = await self._upload_limit()
        if limit is None:
            return Finding(good=True, text=_("The homeserver names no limit for the size of files."))
        megabytes = limit // _MEGABYTE
        if megabytes >= _SMALL:
            return Finding(good=True, text=_("Files of up to {size} MB can be passed on.", size=megabytes))
        text = _(
            "The homeserver takes files of up to {size} MB only: larger pictures and documents cannot be passed on. "
            "Whoever runs the homeserver can raise the limit.",
            size=megabytes,
        )
        return Finding(good=False, text=text)

    async def _upload_limit(self) -> int | None:
        """Give the largest file in bytes; None: not said."""
        for where in (path("media", "config", version="v1"), "/_matrix/media/v3/config"):  # the latter until 1.11
            try:
                return size((await self._link.api.call("GET", where)).get("m.upload.size"))
            except Rejected as error:
                if error.status not in (404, 405):
                    raise
        return None

    def _time(self) -> Iterator[Finding]:
        """Compare our clock with that of the answer that has just come."""
        theirs = _moment(self._link.api.date)
        if theirs is None:
            return
        apart = abs((self._clock() - theirs).total_seconds())
        if apart <= _APART:
            yield Finding(good=True, text=_("My clock and that of the homeserver agree."))
            return
        text = n_(
            "My clock and that of the homeserver are {n} second apart: reminders may come at the wrong time. "
            "Whoever runs me sets the machine's clock by network time.",
            "My clock and that of the homeserver are {n} seconds apart: reminders may come at the wrong time. "
            "Whoever runs me sets the machine's clock by network time.",
            round(apart),
        )
        yield Finding(good=False, text=text)

    # a room

    async def _room(self, id: str) -> list[Finding]:
        room = await self._seen(id)
        if room is None:
            text = _("I am not in this room. Invite {bot} to it.", bot=self._link.me)
            return [Finding(good=False, text=text)]
        if room.successor:
            text = _("This room was closed and goes on in a new one. Invite {bot} there.", bot=self._link.me)
            return [Finding(good=False, text=text)]
        rights = [self._writing(room)]
        rights += [] if room.private else [self._removing(room), self._pinning(room)]
        return [*rights, _encryption(room)]

    async def _seen(self, id: str) -> Room | None:
        """Give a room as the server has it now, or None if we are not in it."""
        timeline = {"limit": 1, "lazy_load_members": True}
        rooms = {"rooms": [id], "timeline": timeline, "state": {"types": KEPT, "lazy_load_members": True}}
        nothing: dict[str, list[str]] = {"types": []}
        filter = {"room": rooms, "presence": nothing, "account_data": nothing}
        answer = await self._link.api.call("GET", path("sync"), query={"timeout": "0", "filter": json.dumps(filter)})
        section = as_dict(as_dict(as_dict(answer.get("rooms")).get("join")).get(id))
        if not section:
            return None
        room = Room(id, self._link.me, encrypted=self._link.crypto.is_encrypted(id))
        room.count(section.get("summary"))
        for event in (*events_of(section.get("state")), *events_of(section.get("timeline"))):
            room.update(event)
        await self._name_creators(room)
        return room

    async def _name_creators(self, room: Room) -> None:
        """Ask who made the room: from version 12 on that event carries no room, and filters by room leave it out."""
        if ("m.room.create", "") not in room.state:
            where = path("rooms", room.id, "state", "m.room.create", "")
            room.update(await self._link.api.call("GET", where, query={"format": "event"}))

    def _writing(self, room: Room) -> Finding:
        if room.may_write(self._link.me):
            return Finding(good=True, text=_("I may write here."))
        level = power_for_message(room.state, "m.room.encrypted" if room.encrypted else "m.room.message")
        text = _(
            "I may not write here, so nothing arrives. Open the room's settings, then its roles and permissions, "
            "and give {bot} a power level of at least {level}.",
            bot=self._link.me,
            level=level,
        )
        return Finding(good=False, text=text)

    def _removing(self, room: Room) -> Finding:
        level = power_to_redact(room.state)
        if power_of(room.state, self._link.me) >= level:
            return Finding(good=True, text=_("I may remove messages here."))
        text = _(
            "I may not remove the messages of others here, so `/delete` leaves them in this room. Open the room's "
            "settings, then its roles and permissions, and make {bot} a moderator (power level {level}).",
            bot=self._link.me,
            level=level,
        )
        return Finding(good=False, text=text)

    def _pinning(self, room: Room) -> Finding:
        if room.may(self._link.me, "m.room.pinned_events"):
            return Finding(good=True, text=_("I may pin messages here."))
        text = _(
            "I may not pin messages here. Open the room's settings, then its roles and permissions, and make {bot} "
            "a moderator (power level {level}).",
            bot=self._link.me,
            level=power_for_state(room.state, "m.room.pinned_events"),
        )
        return Finding(good=False, text=text)


def _encryption(room: Room) -> Finding:
    if not room.encrypted:
        return Finding(good=True, text=_("This room is not encrypted."))
    text = _("This room is encrypted. What crosses to another chat leaves this encryption.")
    return Finding(good=True, text=text)


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None
