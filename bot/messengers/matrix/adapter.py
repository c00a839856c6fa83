"""The implementation of `Messenger` for Matrix."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from bot.clock import Clock
from bot.messengers.base import (
    AccountError,
    CheckResult,
    Matters,
    OpenFile,
    TemporaryError,
    all_matter,
    no_files,
)
from bot.messengers.capabilities import CAPABILITIES, Capabilities
from bot.messengers.matrix.api import Api, Rejected, Unreachable, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.crypto import Crypto
from bot.messengers.matrix.health import MatrixHealthCheck
from bot.messengers.matrix.intake import Intake
from bot.messengers.matrix.links import link_to, linked
from bot.messengers.matrix.media import LARGEST_DOWNLOAD, Media
from bot.messengers.matrix.polls import START
from bot.messengers.matrix.rooms import Room
from bot.messengers.matrix.session import Credentials, Vault, open_session
from bot.messengers.matrix.writer import MatrixWriter
from bot.model import (
    Account,
    Batch,
    ChatRef,
    Edit,
    Menu,
    MessageRef,
    MessengerName,
    Operation,
    Press,
    Send,
    SendPoll,
    Sent,
)


class MatrixMessenger:
    """A `Messenger` for a Matrix account."""

    name = MessengerName.MATRIX

    def __init__(
        self,
        homeserver: str,
        user: str,
        *,
        password: str = "",
        access_token: str = "",
        device_id: str = "",
        data_dir: Path,
        secret_key: bytes,
        clock: Clock,
    ) -> None:
        """Prepare the account without connecting.

        Keys and session are stored in `data_dir`/matrix, encrypted with `secret_key` (32 bytes).
        """
        self._credentials = Credentials(user, password, access_token, device_id)
        self._vault = Vault(data_dir / "matrix", secret_key)
        self._api = Api(homeserver)
        self._media = Media(self._api)
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._connection: MatrixConnection | None = None
        self._intake: Intake | None = None
        self._writer: MatrixWriter | None = None

    @property
    def account(self) -> Account:
        """The bot's MXID; known once `start` has returned."""
        return Account(MessengerName.MATRIX, self._started.me)

    @property
    def username(self) -> str:
        """An empty string: on Matrix, commands are not addressed by username."""
        return ""

    @property
    def capabilities(self) -> Capabilities:
        """What the account can do: the homeserver sets the limits of files."""
        return _capabilities(self._media.limit)

    def capabilities_in(self, chat: ChatRef) -> Capabilities:
        """Return what the account can do in a room, whose power levels may keep reactions or polls to some."""
        room = self._rooms.get(chat.id)
        if room is None or not room.joined:
            return self.capabilities
        me = self._started.me
        return _capabilities(
            self._media.limit, polls=room.may_send(me, START), reactions=room.may_send(me, "m.reaction")
        )

    @property
    def caught_up(self) -> bool:
        """Whether all that had happened when `events` last asked for it is committed."""
        return self._intake is not None and self._intake.caught_up

    async def start(self) -> None:
        """Log in, publish our keys and cross-sign them. Raises AccountError or `TemporaryError`."""
        await self.close()  # release what a failed attempt has left open
        session = await open_session(self._api, self._vault, self._credentials)
        crypto = Crypto(
            self._api,
            user=session.user_id,
            device=session.device_id,
            folder=self._vault.folder,
            pickle_key=self._vault.pickle_key,
        )
        self._connection = MatrixConnection(self._api, session, self._vault, crypto, self._credentials)
        self._intake = Intake(self._connection, self._rooms, self._clock)
        self._writer = MatrixWriter(self._connection, self._rooms, self._media)
        try:
            await self._connection.publish()
            await self._intake.begin()
            await self._media.refresh()
        except Unreachable as error:
            raise TemporaryError(str(error)) from error
        except Rejected as error:
            if error.limited:
                raise TemporaryError(str(error), error.retry_after) from error
            raise AccountError(f"the Matrix homeserver refuses the bot's keys or its sync: {error}") from error

    async def close(self) -> None:
        """Release connections and files."""
        intake, connection = self._intake, self._connection
        self._intake = self._connection = self._writer = None
        if intake is not None:
            await intake.close()
        if connection is not None:
            await connection.close()
        await self._media.close()
        await self._api.close()

    def events(self, cursor: str | None, matters: Matters = all_matter) -> AsyncGenerator[Batch, None]:
        """Return the stream of batches; see `Messenger.events`."""
        if self._intake is None:
            raise RuntimeError("not started")
        return self._intake.events(cursor, matters)

    async def deliver(self, operation: Operation, open_file: OpenFile = no_files) -> Sent:
        """Carry out one operation; the same token never creates a second message."""
        if self._writer is None:
            raise RuntimeError("not started")
        return await self._writer.deliver(operation, open_file)

    async def find(self, operation: Send | SendPoll, *, after: str, known: Collection[str]) -> Sent | None:  # noqa: ARG002 - the token is enough
        """Return our messages with the operation's token, searching back to the message `after`."""
        if self._writer is None:
            raise RuntimeError("not started")
        return await self._writer.find(operation, after)

    def fetch(self, source: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of an attachment, decrypted."""
        return self._media.fetch(source)

    async def present(self, message: MessageRef) -> Edit | None:
        """Return the current content of a message, as the homeserver has it."""
        if self._intake is None:
            raise RuntimeError("not started")
        return await self._intake.decoder.present(message)

    async def is_member(self, chat: ChatRef, account: Account) -> bool:
        """Return whether somebody is in a room, as the homeserver has it."""
        member = await self._started.look_up(path("rooms", chat.id, "state", "m.room.member", account.id))
        return member.get("membership") == "join"

    def link_to(self, message: MessageRef) -> str:
        """Return the matrix.to address of an event."""
        return link_to(message, self._connection.me if self._connection else "")

    def linked(self, url: str) -> MessageRef | None:
        """Return the event that a matrix.to address or a matrix: URI leads to."""
        return linked(url, {each.alias: each.id for each in self._rooms.values() if each.alias})

    async def check_health(self, chat: ChatRef | None = None) -> list[CheckResult]:
        """Run the health checks of our device and the homeserver's limits and clock, or of a room."""
        return await MatrixHealthCheck(self._started, self._clock).findings(chat.id if chat else "")

    def address(self, payload: str = "") -> str:  # noqa: ARG002 - matrix.to links carry no payload
        """Return a matrix.to link, from which every client offers to write to the bot."""
        return "https://matrix.to/#/" + quote(self._started.me, safe="@:")

    async def set_menu(self, menu: Menu) -> None:
        """Do nothing: clients have no menus."""

    def numbering(self, chat: ChatRef) -> str:
        """Return the name of the room's counter: each room has its own."""
        return chat.lane

    async def answer(self, press: Press, text: str) -> None:
        """Do nothing: reactions cannot be answered."""

    @property
    def _started(self) -> MatrixConnection:
        if self._connection is None:
            raise RuntimeError("not started")
        return self._connection


@lru_cache(maxsize=8)  # asked for several times for each copy
def _capabilities(limit: int | None, *, polls: bool = True, reactions: bool = True) -> Capabilities:
    """Return what an account can do where files may have `limit` bytes."""
    return replace(
        CAPABILITIES[MessengerName.MATRIX],
        upload_bytes=limit,
        download_bytes=limit or LARGEST_DOWNLOAD,
        native_polls=polls,
        reactions=None if reactions else 0,
    )
