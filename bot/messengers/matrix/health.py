"""Health checks of the Matrix account and of a room, with advice on how to fix what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.clock import Clock
from bot.messengers.base import CheckResult, TemporaryError
from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.power import power_for_message, power_for_state, power_of, power_to_redact
from bot.messengers.matrix.raw import Raw, objects, size
from bot.messengers.matrix.rooms import STATE_TYPES, Room
from bot.text.catalogue import _, n_
from bot.text.foreign import unlinked
from bot.text.names import clean_name

_MEGABYTE = 2**20
"""As homeservers define it in their settings."""
_SMALL = 10
"""Megabytes below which an upload limit excludes pictures from ordinary phones."""
_APART = 5.0
"""Tolerated difference between two clocks, in seconds."""
_NAMED = 5
"""Maximum devices listed individually."""


class MatrixHealthCheck:
    """The health checks. They query the homeserver and never rely on cached state."""

    def __init__(self, connection: MatrixConnection, clock: Clock) -> None:
        """Query over `connection`; `clock` is our own."""
        self._connection = connection
        self._clock = clock

    async def findings(self, room: str) -> list[CheckResult]:
        """Run the checks of the account or, unless `room` is empty, of that room. Raises SendError."""
        try:
            if room:
                return await self._room(room)
            return [await self._device(), await self._uploads(), *self._time()]
        except Rejected as error:
            raise TemporaryError(str(error), error.retry_after) from error
        except Unreachable as error:
            raise TemporaryError(str(error)) from error

    # The account
    async def _device(self) -> CheckResult:
        if await self._connection.is_vouched_for():
            return CheckResult(
                ok=True, text=_("My device is cross-signed: every app gives me the keys of encrypted rooms.")
            )
        text = _(
            "My device is not cross-signed: some apps will not give me their keys, so I cannot read their messages in"
            " encrypted rooms. Whoever runs me has to start me once with `INTERCITY_MATRIX_PASSWORD` set."
        )
        return CheckResult(ok=False, text=text)

    async def _uploads(self) -> CheckResult:
        limit = await self._upload_limit()
        if limit is None:
            return CheckResult(ok=True, text=_("The homeserver states no limit for the size of files."))
        megabytes = limit // _MEGABYTE
        if megabytes >= _SMALL:
            return CheckResult(ok=True, text=_("Files of up to {size} MB can be passed on.", size=megabytes))
        text = _(
            "The homeserver accepts only files of up to {size} MB: larger pictures and documents cannot be passed on."
            " Whoever runs the homeserver can raise the limit.",
            size=megabytes,
        )
        return CheckResult(ok=False, text=text)

    async def _upload_limit(self) -> int | None:
        """Return the upload limit in bytes, or None if the server does not state one."""
        for where in (path("media", "config", version="v1"), "/_matrix/media/v3/config"):  # the latter until 1.11
            try:
                return size((await self._connection.api.call("GET", where)).get("m.upload.size"))
            except Rejected as error:
                if error.status not in (404, 405):
                    raise
        return None

    def _time(self) -> Iterator[CheckResult]:
        """Compare our clock with the date of the last response."""
        theirs = _moment(self._connection.api.date)
        if theirs is None:
            return
        apart = abs((self._clock() - theirs).total_seconds())
        if apart <= _APART:
            yield CheckResult(ok=True, text=_("My clock and that of the homeserver agree."))
            return
        text = n_(
            "My clock and that of the homeserver are {n} second apart: reminders may come at the wrong time. Whoever"
            " runs me has to set the machine's clock from network time.",
            "My clock and that of the homeserver are {n} seconds apart: reminders may come at the wrong time. Whoever"
            " runs me has to set the machine's clock from network time.",
            round(apart),
        )
        yield CheckResult(ok=False, text=text)

    # A room
    async def _room(self, id: str) -> list[CheckResult]:
        room = await self._seen(id)
        if room is None:
            text = _("I am not in this room. Please invite {bot}.", bot=self._connection.me)
            return [CheckResult(ok=False, text=text)]
        if room.successor:
            text = _(
                "This room was closed and continues in a new one. Please invite {bot} there.", bot=self._connection.me
            )
            return [CheckResult(ok=False, text=text)]
        rights = [self._writing(room)]
        rights += [] if room.private else [self._removing(room), self._pinning(room)]
        return [*rights, _encryption(room), *(await self._reading(room) if room.encrypted else ())]

    async def _seen(self, id: str) -> Room | None:
        """Return the current state of a room, or None if we are not in it.

        Fetches the state events directly, since a server may cache a sync (Synapse: for two minutes).
        """
        room = Room(id, self._connection.me, encrypted=self._connection.crypto.is_encrypted(id))
        keys = [(type, "") for type in STATE_TYPES if type != "m.room.member"] + [
            ("m.room.member", self._connection.me)
        ]
        for event in await asyncio.gather(*(self._state(id, *key) for key in keys)):
            room.update(event)
        if room.joined and room.may_be_private:
            where = path("rooms", id, "members")
            answer = await self._connection.api.call("GET", where, query={"not_membership": "leave"})
            room.count_members(objects(answer.get("chunk")))
        return room if room.joined else None

    async def _state(self, id: str, type: str, key: str) -> Raw:
        """Return a state event of a room, or an empty one if there is none or we may not see it."""
        where = path("rooms", id, "state", type, key)
        try:
            # The whole event is needed: from room version 12 on, its sender is one of the creators.
            return await self._connection.api.call("GET", where, query={"format": "event"})
        except Rejected as error:
            if error.errcode not in {"M_NOT_FOUND", "M_FORBIDDEN"}:
                raise
            return {}

    async def _reading(self, room: Room) -> list[CheckResult]:
        """Return the results about decryption in an encrypted room, by us and by others."""
        device = await self._device()
        ours = [_history(room), *([] if device.ok else [replace(device, required=True)])]
        return [*ours, *await self._devices(room)]

    async def _devices(self, room: Room) -> list[CheckResult]:
        """Return results for the devices that cannot read our messages, the first few individually."""
        unreached = await self._connection.crypto.unreached(room)
        named = [_unreached(user, device) for user, device in unreached[:_NAMED]]
        more = len(unreached) - len(named)
        text = n_("{n} more device cannot read my messages.", "{n} more devices cannot read my messages.", more)
        return [*named, *([CheckResult(ok=False, text=text)] if more else ())]

    def _writing(self, room: Room) -> CheckResult:
        if room.may_write(self._connection.me):
            return CheckResult(ok=True, text=_("I can write here."), required=True)
        level = power_for_message(room.state, "m.room.encrypted" if room.encrypted else "m.room.message")
        text = _(
            "I am not allowed to write here, so nothing arrives. Open the room's settings, then its roles and"
            " permissions, and give {bot} a power level of at least {level}.",
            bot=self._connection.me,
            level=level,
        )
        return CheckResult(ok=False, text=text, required=True)

    def _removing(self, room: Room) -> CheckResult:
        level = power_to_redact(room.state)
        if power_of(room.state, self._connection.me) >= level:
            return CheckResult(ok=True, text=_("I can remove messages here."), required=True)
        text = _(
            "I am not allowed to remove other people's messages here, so `/delete` leaves them in this room. Open the"
            " room's settings, then its roles and permissions, and make {bot} a moderator (power level {level}).",
            bot=self._connection.me,
            level=level,
        )
        return CheckResult(ok=False, text=text, required=True)

    def _pinning(self, room: Room) -> CheckResult:
        if room.may(self._connection.me, "m.room.pinned_events"):
            return CheckResult(ok=True, text=_("I can pin messages here."))
        text = _(
            "I am not allowed to pin messages here. Open the room's settings, then its roles and permissions, and make"
            " {bot} a moderator (power level {level}).",
            bot=self._connection.me,
            level=power_for_state(room.state, "m.room.pinned_events"),
        )
        return CheckResult(ok=False, text=text)


def _encryption(room: Room) -> CheckResult:
    if not room.encrypted:
        return CheckResult(ok=True, text=_("This room is not encrypted."))
    text = _("This room is encrypted. What is passed on to another chat leaves this encryption.")
    return CheckResult(ok=True, text=text)


def _history(room: Room) -> CheckResult:
    if room.shows_history:
        return CheckResult(ok=True, text=_("New members can read what was said before."), required=True)
    text = _(
        "New members of this room cannot read what was said before: what people write here while I am not in it, for"
        " example after an upgrade of the room, is never passed on. Open the room's settings, then security and"
        " privacy, and let members read the history."
    )
    return CheckResult(ok=False, text=text, required=True)


def _unreached(user: str, device: str) -> CheckResult:
    text = _(
        "{user} cannot read my messages on the device {device}: its keys are broken or used up. Signing out and in"
        " again on that device fixes it.",
        user=user,
        device=unlinked(clean_name(device, "?")),
    )
    return CheckResult(ok=False, text=text)


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None
