"""Albums stay whole: their items arrive together, and each can be replied to, edited and deleted by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from bot.messengers.base import SendError, TemporaryError, UnknownOutcome
from bot.model import Attachment, ChatRef, Replace, Sender
from storage import Database
from tests.clocks import Clock
from tests.fake_chats import FakeMessage
from tests.fakes import TELEGRAM
from tests.stories.conftest import INDY, KOELN, MEHMET, TOM, Story, running

PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Gallery:
    """People who send files, and a clock that is moved until what waits for its album goes out."""

    story: Story
    clock: Clock

    def sends(self, chat: ChatRef, who: Sender, *names: str, text: str = "", album: str = "", kind: str = "") -> str:
        """Send files one after the other, the first with a text; return the id of the last."""
        messenger, id = self.story.messenger(chat), ""
        for name in names:
            source = f"{messenger.name}:{name}"
            messenger.attachments[source] = name.encode()
            what = Attachment(kind or "photo", "", 9, mime="image/jpeg", source=source, unique=name)
            id = messenger.says(chat, who, text, attachment=what, album=album)
            text = ""
        return id

    async def complete(self) -> None:
        """Move the clock past the time for which an item waits for the next one."""
        await self.story.quiet()
        self.clock.pass_(seconds=PAUSE)
        await self.story.app.outbox._sweep()
        await self.story.quiet()

    def shown(self, chat: ChatRef) -> list[str]:
        """Return the bot's messages in a chat: the file, the text, and the number of the album, from A."""
        ours = [each for each in self.story.messenger(chat).messages_in(chat) if each.is_ours]
        albums = list(dict.fromkeys(each.album for each in ours if each.album))
        return [_shown(each, "ABC"[albums.index(each.album)] if each.album else "") for each in ours]

    def id_of(self, chat: ChatRef, name: str) -> str:
        messages = self.story.messenger(chat).messages_in(chat)
        return next(each.id for each in messages if each.data == name.encode())


def _shown(message: FakeMessage, album: str) -> str:
    return " ".join(each for each in (album, (message.data or b"").decode(), message.text) if each)


@pytest.fixture
async def gallery(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gallery]:
    monkeypatch.setattr("bot.delivery.attempts.SETTLE", 0.001)
    clock = Clock()
    it = Story(database, clock=clock)
    it.telegram.capabilities = replace(TELEGRAM, album_wait=PAUSE)
    await it.set_up()
    async with running(it):
        yield Gallery(it, clock)


async def test_photos_of_one_author_are_an_album_on_telegram_and_come_one_by_one_on_matrix(gallery: Gallery) -> None:
    gallery.sends(INDY, TOM, "a", "b", "c", text="The park")
    await gallery.story.quiet()
    assert gallery.shown(KOELN) == []  # it may not be complete
    gallery.story.matrix.says(INDY, TOM, "That was it")
    await gallery.story.quiet()
    assert gallery.shown(KOELN) == ["A a The park", "A b", "A c", "That was it"]
    gallery.sends(KOELN, MEHMET, "x", "y", text="Der Rhein", album="7")
    await gallery.story.quiet()
    assert gallery.shown(INDY) == ["x Der Rhein", "y"]


async def test_an_album_goes_out_when_nothing_more_comes_or_it_is_full(gallery: Gallery) -> None:
    gallery.sends(INDY, TOM, "1", "2")
    await gallery.complete()
    assert gallery.shown(KOELN) == ["A 1", "A 2"]
    gallery.sends(INDY, TOM, *"abcdefghijkl")
    await gallery.story.quiet()
    assert gallery.shown(KOELN)[2:] == [f"B {name}" for name in "abcdefghij"]
    await gallery.complete()
    assert gallery.shown(KOELN)[12:] == ["C k", "C l"]


async def test_what_is_no_album_stays_apart(gallery: Gallery) -> None:
    gallery.sends(INDY, TOM, "a", kind="photo")
    gallery.sends(INDY, TOM, "b", kind="video")
    gallery.sends(INDY, TOM, "c", "d", kind="file")
    gallery.sends(INDY, TOM, "e", kind="voice")
    gallery.sends(INDY, TOM, "f", text="one")
    gallery.sends(INDY, TOM, "g", text="two")
    await gallery.complete()
    assert gallery.shown(KOELN) == ["A a", "A b", "B c", "B d", "e", "f one", "g two"]


async def test_the_caption_may_belong_to_any_item(gallery: Gallery) -> None:
    gallery.sends(INDY, TOM, "a")
    gallery.sends(INDY, TOM, "b", text="The park")
    await gallery.complete()
    assert gallery.shown(KOELN) == ["A a", "A b The park"]


async def test_one_item_is_answered_edited_and_deleted(gallery: Gallery) -> None:
    story = gallery.story
    gallery.sends(INDY, TOM, "a", "b", "c", text="The park")
    await gallery.complete()
    story.telegram.says(KOELN, MEHMET, "Schön", reply_to=gallery.id_of(KOELN, "b"))
    await story.quiet()
    originals = [each.id for each in story.matrix.messages_in(INDY) if not each.is_ours]
    assert next(each for each in story.matrix.messages_in(INDY) if each.is_ours).reply_to == originals[1]
    second = Attachment("photo", "", 9, mime="image/jpeg", source="matrix:b", unique="b")
    story.matrix.edits(INDY, TOM, originals[1], "The lake", attachment=second)
    await story.quiet()
    assert gallery.shown(KOELN) == ["A a The park", "A b The lake", "A c"]
    story.matrix.attachments["matrix:b2"] = b"b2"
    story.matrix.edits(INDY, TOM, originals[1], "The lake", attachment=replace(second, source="matrix:b2", unique="b2"))
    await story.quiet()
    assert gallery.shown(KOELN) == ["A a The park", "A b2 The lake", "A c"]
    story.matrix.deletes(INDY, TOM, originals[0])  # it has named the author; the second has words, and does so itself
    await story.quiet()
    assert gallery.shown(KOELN) == ["A b2 The lake", "A c"]
    edit = story.telegram.calls[-2]
    assert isinstance(edit, Replace)
    assert (edit.id, edit.post.author and edit.post.author.name) == (gallery.id_of(KOELN, "c"), "Tom Jackson")
    for id in originals[1:]:
        story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert gallery.shown(KOELN) == []


@pytest.mark.parametrize(
    "fault",
    [TemporaryError("busy"), UnknownOutcome("no answer"), ("done", UnknownOutcome("no answer"))],
    ids=["certainly not", "perhaps not", "perhaps"],
)
async def test_an_attempt_with_any_outcome_neither_loses_nor_doubles_an_item(
    gallery: Gallery, fault: SendError | tuple[str, SendError]
) -> None:
    gallery.story.telegram.faults = [fault]
    gallery.sends(INDY, TOM, "a", "b", text="The park")
    await gallery.complete()
    assert gallery.shown(KOELN) == ["A a The park", "A b"]
    gallery.story.telegram.says(KOELN, MEHMET, "Schön", reply_to=gallery.id_of(KOELN, "b"))
    await gallery.story.quiet()
    assert gallery.story.matrix.messages_in(INDY)[-1].reply_to == gallery.story.matrix.messages_in(INDY)[1].id


async def test_of_an_album_with_a_refused_file_the_others_arrive_and_both_sides_are_told(gallery: Gallery) -> None:
    gallery.sends(INDY, TOM, "a", "b", "c")
    del gallery.story.matrix.attachments["matrix:b"]
    await gallery.complete()
    shown = gallery.shown(KOELN)
    assert [each for each in shown if each in {"a", "c"}] == ["a", "c"]
    assert len(shown) == 3  # and what is missing
    assert [each.partition(" did not reach")[0] for each in gallery.story.at(INDY)] == ["⚠️ Photo (0.1 MB)"]


async def test_whoever_answers_ends_the_wait_and_nothing_overtakes(gallery: Gallery) -> None:
    id = gallery.sends(INDY, TOM, "a")
    gallery.story.matrix.says(INDY, replace(TOM, name="Grace Miller", account=None), "Nice", reply_to=id)
    await gallery.story.quiet()
    assert gallery.shown(KOELN) == ["a", "Nice"]
    assert gallery.story.telegram.messages_in(KOELN)[1].reply_to == gallery.id_of(KOELN, "a")
