"""What the script accepts and what it reports as wrong. The dialogue itself is in test_demo."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, replace

import pytest

from bot.model import RichText, bold, rich
from bot.sandbox.page.shared import NOWHERE, Aim, Shared
from bot.sandbox.page.sides import GROUP, Change, Human
from bot.sandbox.page.views import View, ViewFile
from bot.sandbox.script import Audience, ScriptRun, Sighting, Unseen

ANNA = Human("1", "Anna Weber", "Köln", "coordinator")
BOT = Human("9", "Intercity", "", "")


class ScriptGroup:
    """A group without a messenger, which shows what the test puts in."""

    name = "telegram"
    prefix = "/"
    silent = True
    title = "Köln – Indianapolis"
    bot = BOT
    address = "https://t.me/intercity_bot"
    people: tuple[Human, ...] = (ANNA,)

    def __init__(self) -> None:
        self.started: set[str] = set()
        self.encrypted: bool | None = False
        self.news: asyncio.Queue[Change] = asyncio.Queue()

    def chats(self) -> dict[str, list[View]]:
        return {}

    def menu(self, person: str, chat: str) -> list[tuple[str, str]]:
        raise NotImplementedError

    async def changes(self) -> AsyncIterator[Change]:
        while True:
            yield await self.news.get()

    def show(self, view: View) -> None:
        self.news.put_nowait(Change(GROUP, view.id, view))

    async def say(self, person: str, chat: str, text: RichText, aim: Aim = NOWHERE) -> None:
        assert chat == GROUP
        self.show(View(id="1", sender=person, name="Anna Weber", bot=False, at=0, text=text, reply_to=aim.to))

    async def share(self, person: str, chat: str, what: Shared, text: RichText = (), aim: Aim = NOWHERE) -> None:
        raise NotImplementedError

    async def pin(self, person: str, chat: str, id: str) -> None:
        raise NotImplementedError

    async def encrypt(self) -> None:
        raise NotImplementedError

    async def edit(self, person: str, chat: str, id: str, text: RichText) -> None:
        raise NotImplementedError

    async def delete(self, person: str, chat: str, id: str) -> None:
        raise NotImplementedError

    async def react(self, person: str, chat: str, id: str, key: str) -> None:
        raise NotImplementedError

    async def press(self, person: str, chat: str, id: str, data: str) -> str:
        raise NotImplementedError

    async def vote(self, person: str, chat: str, id: str, options: Sequence[str]) -> None:
        raise NotImplementedError

    async def start(self, person: str, payload: str = "") -> None:
        raise NotImplementedError

    async def file(self, id: str) -> tuple[ViewFile, bytes]:
        raise NotImplementedError


def shown(id: str, *, reply_to: str = "") -> View:
    text = rich("Grace: ", bold("hello"), " there")
    return View(id=id, sender="9", name="Intercity", bot=True, at=0, text=text, reply_to=reply_to)


@dataclass
class ScriptScene:
    group: ScriptGroup
    story: ScriptRun


@pytest.fixture
async def scene() -> AsyncGenerator[ScriptScene, None]:
    group, audience = ScriptGroup(), Audience(limit=0.2)
    async with audience.watching(group):
        yield ScriptScene(group, ScriptRun(audience))


async def test_what_is_right_is_no_problem(scene: ScriptScene) -> None:
    place = await scene.story.say(scene.group, ANNA, "question")
    scene.group.show(shown("2", reply_to="1"))
    copy = await scene.story.see(scene.group, "Grace", "**hello**", answers=place)
    scene.group.show(replace(copy.view, text=rich("Grace: goodbye"), edited=True))
    await scene.story.see(scene.group, "goodbye", edited=copy)
    scene.group.news.put_nowait(Change(GROUP, "2", None))
    await scene.story.see_gone(copy)
    scene.story.see_nothing_of(scene.group, "hello")
    assert scene.story.problems == []


async def test_a_message_marked_as_deleted_is_gone(scene: ScriptScene) -> None:
    await scene.story.say(scene.group, ANNA, "question")
    scene.group.show(shown("2"))
    copy = await scene.story.see(scene.group, "Grace")
    scene.group.show(replace(shown("2"), text=(), deleted=True))
    await scene.story.see_gone(copy)


@pytest.mark.parametrize("parts", [("Tom",), ("hello", "missing"), ("_hello_",)])
async def test_what_does_not_come_is_told_with_what_stands_there(scene: ScriptScene, parts: tuple[str, ...]) -> None:
    await scene.story.say(scene.group, ANNA, "question")
    scene.group.show(shown("2"))
    with pytest.raises(Unseen, match=r"(?s)telegram does not show.*Grace: \*\*hello\*\* there"):
        await scene.story.see(scene.group, *parts)


async def test_what_stood_there_before_does_not_count(scene: ScriptScene) -> None:
    scene.group.show(shown("2"))
    await scene.story.see(scene.group, "hello")
    await scene.story.say(scene.group, ANNA, "question")
    with pytest.raises(Unseen):
        await scene.story.see(scene.group, "hello")


async def test_what_should_be_gone_and_is_not_is_told(scene: ScriptScene) -> None:
    place = await scene.story.say(scene.group, ANNA, "question")
    with pytest.raises(Unseen, match="the end of 'question'"):
        await scene.story.see_gone(place)


async def test_a_wrong_target_a_missing_mark_and_a_leak_are_problems(scene: ScriptScene) -> None:
    await scene.story.say(scene.group, ANNA, "/status")
    scene.group.show(shown("2", reply_to="7"))
    copy = await scene.story.see(scene.group, "hello", answers=Sighting(scene.group, shown("1")))
    await scene.story.see(scene.group, "hello", edited=copy)
    scene.story.see_nothing_of(scene.group, "/status")
    assert [problem.partition(" it is ")[2] or problem for problem in scene.story.problems] == [
        "not a reply to “Grace: **hello** there”",
        "not marked as edited",
        "telegram shows '/status', which was not to cross",
    ]
