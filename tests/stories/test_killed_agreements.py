"""The bot is killed at any operation of each step: an announcement exists exactly when its change does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.agreement import AgreementState, Step
from bot.commands.context import CommandContext
from bot.text.catalogue import LazyText
from bot.voice import Choice
from storage import AgreementKind, AgreementRecord, Dialogue, Store
from tests.databases import made_on, sqlite_in
from tests.length import FULL
from tests.roundtables.killing import Killer, MortalProcess, collected
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN
from tests.stories.mortal import ANNOUNCED, CHATS, MortalStory, documents

__all__ = ["collected"]

STEP = 1 if FULL else 41
"""Operations between two kills."""

Act = Callable[[MortalStory], Awaitable[object]]


async def propose(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen @anna bis 1.3.2027")


async def confirm(story: MortalStory) -> None:
    await story.presses("✅")


async def agree(story: MortalStory) -> None:
    await story.reacts("✅")


async def edit(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, f"/aufgabe {(await story.newest()).number} ändern Büsche pflanzen")


async def object_to(story: MortalStory) -> None:
    await story.says(INDY, GRACE, f"!action {(await story.newest()).number} object Too dear")


async def done(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, f"/aufgabe {(await story.newest()).number} erledigt")


async def reopen(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, f"/aufgabe {(await story.newest()).number} öffnen")


async def withdraw(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, f"/aufgabe {(await story.newest()).number} zurückziehen Zu spät")


async def supersede(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, f"/aufgabe {(await story.newest()).number} ersetzen Hecken pflanzen")


async def take_minutes(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang Treffen")
    await story.says(KOELN, ANNA, "#beschluss Wir treffen uns im Mai")


async def end_minutes(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, "/protokoll ende")


async def correct(story: MortalStory) -> None:
    await story.says(KOELN, ANNA, f"/protokoll {(await story.newest()).number} berichtigen Im Juni")


AGREED = (propose, confirm, agree)
STEPS: list[tuple[tuple[Act, ...], Act, Step]] = [
    ((), propose, Step.PROPOSED),
    ((propose,), confirm, Step.CONFIRMED),
    ((propose, confirm), agree, Step.AGREED),
    ((propose,), object_to, Step.OBJECTED),
    (AGREED, edit, Step.EDITED),
    (AGREED, done, Step.DONE),
    ((take_minutes,), end_minutes, Step.PROPOSED),
    ((take_minutes, end_minutes, confirm), agree, Step.AGREED),
]
SIMILAR: list[tuple[tuple[Act, ...], Act, Step]] = [
    ((*AGREED, done), reopen, Step.REOPENED),
    (AGREED, withdraw, Step.WITHDRAWN),
    ((*AGREED, supersede, confirm), agree, Step.AGREED),
    ((take_minutes, end_minutes, confirm), correct, Step.EDITED),
]
"""Steps like those above, which take long."""
STEPS += SIMILAR if FULL else []


@pytest.fixture(params=["sqlite", *(["postgresql"] if FULL else [])])
async def story(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MortalStory]:
    monkeypatch.setattr("bot.delivery.attempts.SETTLE", 0.001)
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = sqlite_in(tmp_path)
        else:
            url = stack.enter_context(made_on(request.getfixturevalue("postgres")))
        story = MortalStory(url, Killer(monkeypatch))
        async with story.alive():
            yield story


@pytest.mark.parametrize(("before", "act", "step"), STEPS, ids=[f"{act.__name__}-{step}" for _b, act, step in STEPS])
async def test_a_step_that_is_killed_at_any_moment_is_taken_and_announced_once(
    story: MortalStory, before: tuple[Act, ...], act: Act, step: Step
) -> None:
    operations, struck = 0, True
    while struck:
        for each in before:
            await each(story)
        kills, story.aim = story.process.kills, operations
        await act(story)
        await story.look()
        await is_taken_once(story, step)
        struck, operations = story.process.kills > kills, operations + STEP
    assert operations > 2 * STEP, "it was killed several times"


async def is_taken_once(story: MortalStory, step: Step) -> None:
    """Check what the newest agreement has become, and what every chat has seen of it."""
    agreement = await story.newest()
    async with story.database.begin() as store:
        history = await store.agreements.history(agreement.id)
        minutes = await store.minutes.by_agreement(agreement.id)
        await has_replaced(store, agreement)
    assert history[-1].step is step
    assert [each.step for each in history].count(step) == 1
    for chat in CHATS:
        for entry in history:
            if entry.step in ANNOUNCED:
                assert story.sent(chat, entry.check_number) == 1
        for name in documents(chat, minutes.number) if minutes else ():
            assert story.files(chat, name) == agreement.version + (agreement.state is AgreementState.AGREED)


async def has_replaced(store: Store, agreement: AgreementRecord) -> None:
    """Check that an action point that is agreed has superseded the one that it replaces."""
    if agreement.kind is AgreementKind.ACTION and agreement.state is AgreementState.AGREED:
        point = await store.actions.get(agreement.id)
        old = await store.actions.numbered(point.dialogue_id, point.replaces or 0)
        assert (old and old.state) is (AgreementState.SUPERSEDED if old else None)


async def test_announcements_that_are_made_after_the_commit_are_missed(
    story: MortalStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kills would find an announcement that does not belong to the transaction of its change."""
    memory = list[tuple[Dialogue, LazyText]]()

    async def remember(_ctx: CommandContext, dialogue: Dialogue, text: LazyText, *_buttons: Choice) -> int:
        memory.append((dialogue, text))
        return 0

    async def work(process: MortalProcess) -> None:
        await finish(process)
        async with process.database.begin() as store:
            ctx = process.app.services.context(store, story.clock.now)
            while memory:
                await ctx.announce(*memory.pop())
        await finish(process)

    finish = MortalProcess.work
    monkeypatch.setattr(MortalProcess, "work", work)
    for each in AGREED:
        await each(story)
    monkeypatch.setattr(CommandContext, "announce", remember)
    with pytest.raises(AssertionError):
        await do_and_undo(story)


async def do_and_undo(story: MortalStory) -> None:
    """Mark the newest action point as done, killed at one moment after the other, and open it again."""
    for operations in range(48, 150, 4):
        story.aim = operations
        await done(story)
        await story.says(KOELN, ANNA, f"/aufgabe {(await story.newest()).number} öffnen")
