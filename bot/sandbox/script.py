"""People who write by a script, and what each side must see of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.model.richtext import plain, rich
from bot.sandbox.page import samples, typed
from bot.sandbox.page.shared import Aim
from bot.sandbox.page.sides import GROUP, Human, Side
from bot.sandbox.page.views import View


class Unseen(Exception):
    """Something did not appear; the text says what, and what is there instead."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One message in the group of one side."""

    side: Side
    view: View


class Audience:
    """The view that people have of both groups; it waits at most `limit` seconds."""

    def __init__(self, limit: float = 60) -> None:
        self._limit = limit
        self._shown: dict[str, dict[str, View]] = {}
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def watching(self, *sides: Side) -> AsyncIterator[None]:
        """Watch these sides within the context."""
        self._shown = {side.name: {} for side in sides}
        tasks = [asyncio.create_task(self._watch(side)) for side in sides]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def shown(self, side: Side) -> dict[str, View]:
        """Return the messages in the group of a side, by id."""
        return self._shown[side.name]

    def known(self) -> set[str]:
        """Return the ids of all messages; those of the two messengers differ in form."""
        return {id for shown in self._shown.values() for id in shown}

    async def wait(self, side: Side, wanted: Callable[[View], bool], what: str) -> View:
        """Return the newest message that fits, once it is there."""

        def newest() -> View | None:
            return next((view for view in reversed(self.shown(side).values()) if wanted(view)), None)

        await self._until(lambda: newest() is not None, side, what)
        view = newest()
        if view is None:
            raise Unseen(what)
        return view

    async def wait_gone(self, place: Sighting) -> None:
        """Wait until a message is gone, or shown as deleted."""

        def gone() -> bool:
            view = self.shown(place.side).get(place.view.id)
            return view is None or view.deleted

        await self._until(gone, place.side, f"the end of {plain(place.view.text)!r}")

    async def _until(self, met: Callable[[], bool], side: Side, what: str) -> None:
        try:
            async with asyncio.timeout(self._limit), self._changed:
                await self._changed.wait_for(met)
        except TimeoutError:
            lines = [f"      {_line(view)}" for view in self.shown(side).values()] or ["      (nothing)"]
            text = f"{side.name} does not show {what} within {self._limit:g} s, but:"
            raise Unseen("\n".join([text, *lines])) from None

    async def _watch(self, side: Side) -> None:
        async for change in side.changes():
            if change.chat != GROUP:
                continue
            async with self._changed:
                if change.view:
                    self._shown[side.name][change.id] = change.view
                else:
                    self._shown[side.name].pop(change.id, None)
                self._changed.notify_all()


class ScriptRun:
    """A dialogue whose people write, and whose other side is compared with what it should see."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._since = 0.0
        self._before: set[str] = set()
        self.problems: list[str] = []

    async def say(self, side: Side, person: Human, text: str, reply_to: Sighting | None = None) -> Sighting:
        """Send `text` as a person in the group; return it as it is shown there."""
        self.tell(side, person, text + (f"   (answers {_short(reply_to)})" if reply_to else ""))
        await side.say(person.id, GROUP, typed.parse(text), Aim(reply_to.view.id if reply_to else ""))

        def own(view: View) -> bool:
            return view.sender == person.id and view.id not in self._before

        return Sighting(side, await self._audience.wait(side, own, f"what {person.name} wrote"))

    async def share(self, side: Side, person: Human, what: str) -> None:
        """Send a sample, one of those that the page offers, as a person in the group."""
        text = samples.caption(what, side.name)
        self.tell(side, person, f"({what}) {typed.write(text)}")
        await side.share(person.id, GROUP, samples.SAMPLES[what](side.name), text)

    async def react(self, place: Sighting, person: Human, key: str) -> None:
        """React as a person to a message."""
        self.tell(place.side, person, f"(reacts with {key} to {_short(place)})")
        await place.side.react(person.id, GROUP, place.view.id, key)

    async def edit(self, place: Sighting, person: Human, text: str) -> None:
        """Edit a person's message."""
        self.tell(place.side, person, f"{text}   (edits {_short(place)})")
        await place.side.edit(person.id, GROUP, place.view.id, typed.parse(text))

    async def delete(self, place: Sighting, person: Human) -> None:
        """Delete a person's message as their messenger does it."""
        self.tell(place.side, person, f"(deletes {_short(place)})")
        await place.side.delete(person.id, GROUP, place.view.id)

    async def press(self, place: Sighting, person: Human, emoji: str) -> None:
        """Press the button of a message that begins with `emoji`, or react with it where buttons are reactions."""
        self.tell(place.side, person, f"(presses {emoji} under {_short(place)})")
        actions = {label[: len(emoji)]: data for row in place.view.buttons for label, data in row}
        await place.side.press(person.id, GROUP, place.view.id, actions.get(emoji, emoji))

    async def see(
        self, side: Side, *parts: str, answers: Sighting | None = None, edited: Sighting | None = None
    ) -> Sighting:
        """Wait until the bot shows `parts` (as one would type them) on `side` in a new message, and compare.

        `answers`: the message that it must reply to. `edited`: the message that must have changed.
        """

        def wanted(view: View) -> bool:
            right = view.id == edited.view.id if edited else view.id not in self._before
            return view.bot and right and all(part in typed.write(view.text) for part in parts)

        view = await self._audience.wait(side, wanted, " … ".join(parts))
        self._seen(side, view)
        if answers and view.reply_to != answers.view.id:
            self._wrong(f"on {side.name} it is not a reply to {_short(answers)}")
        if edited and not view.edited:
            self._wrong(f"on {side.name} it is not marked as edited")
        return Sighting(side, view)

    async def see_picture(self, side: Side, *parts: str) -> Sighting:
        """Wait until the bot shows a new picture with `parts` in its caption."""

        def wanted(view: View) -> bool:
            shown = view.bot and any(file.shown == "picture" for file in view.files)
            return shown and view.id not in self._before and all(part in typed.write(view.text) for part in parts)

        view = await self._audience.wait(side, wanted, "a picture")
        described = _line(replace(view, text=rich(next(file.alt for file in view.files)) or view.text))
        print(f"    {self._took()} {side.name} sees a picture: {described}")
        return Sighting(side, view)

    async def see_file(self, side: Side, name: str, begin: bytes) -> None:
        """Wait until the bot shows a new file with a name, whose bytes begin like this."""

        def wanted(view: View) -> bool:
            return view.bot and view.id not in self._before and name in {file.name for file in view.files}

        view = await self._audience.wait(side, wanted, name)
        file, data = await side.file(next(file.id for file in view.files if file.name == name))
        print(f"    {self._took()} {side.name} sees a file: {file.name}, {file.size} bytes")
        if len(data) != file.size or not data.startswith(begin):
            self._wrong(f"{name} on {side.name} is not what it should be")

    async def see_gone(self, place: Sighting) -> None:
        """Wait until a message is gone."""
        await self._audience.wait_gone(place)
        print(f"    {self._took()} {place.side.name} no longer shows {_short(place)}")

    def see_nothing_of(self, side: Side, *texts: str) -> None:
        """Check that none of these is shown on `side`, not even in part."""
        for view in self._audience.shown(side).values():
            for text in texts:
                if text in plain(view.text):
                    self._wrong(f"{side.name} shows {text!r}, which was not to cross")

    def tell(self, side: Side, person: Human, what: str) -> None:
        """Print what someone does from now on; new messages on the other side follow from it."""
        print(f"\n{person.name} ({person.city}, {side.name}): {what}")
        self._since = time.monotonic()
        self._before = self._audience.known()

    def _seen(self, side: Side, view: View) -> None:
        print(f"    {self._took()} {side.name} sees: {_line(view)}")

    def _took(self) -> str:
        return f"✓ {(time.monotonic() - self._since) * 1000:4.0f} ms"

    def _wrong(self, what: str) -> None:
        print(f"    ✗ {what}")
        self.problems.append(what)


def _line(view: View, limit: int = 160) -> str:
    text = typed.write(view.text).replace("\n", " ⏎ ")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _short(place: Sighting) -> str:
    return f"“{_line(place.view, 40)}”"
