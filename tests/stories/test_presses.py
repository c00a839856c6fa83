"""Who may press a button, what it is about, and how the person who pressed is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.commands import budget, dispatch
from bot.commands.context import CommandContext, DialogueContext
from bot.commands.router import ButtonAction, Handler, Router, Where
from bot.features import Feature
from bot.model import Role, Sender
from bot.text.catalogue import UserError, _
from bot.voice import Choice
from handlers import FEATURES
from storage import Database
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, private_chat, running

router = Router(_("yes"))


@router.command("card", summary=_("yes"))
async def card(ctx: CommandContext) -> None:
    """Post a card whose only button is given by the arguments, made for the person if they end with `mine`."""
    action, _space, whose = ctx.args.partition(" ")
    await ctx.reply(_("yes"), Choice(_("yes"), "✅", action, made_for=ctx.person if whose else None))


@router.command("invite", summary=_("yes"), in_dialogue=True)
async def invite(ctx: DialogueContext) -> None:
    """Post a card about this dialogue to Anna in private."""
    assert ANNA.account
    anna = await ctx.store.people.by_account(ANNA.account)
    assert anna
    await ctx.tell(anna.id, _("yes"), Choice(_("yes"), "✅", "which"), dialogue=ctx.dialogue)


@router.button("any", takes_back=True)
async def any_(ctx: CommandContext) -> None:
    await ctx.answer(_("{what}", what="taken back" if ctx.taken_back else f"counted {ctx.args}"))


@router.button("steer", role=Role.COORDINATOR, where=Where.GROUP)
async def steer(ctx: CommandContext) -> None:
    await ctx.answer(_("{what}", what="steered"))


@router.button("which", in_dialogue=True)
async def which(ctx: DialogueContext) -> None:
    await ctx.reply(_("{what}", what=ctx.dialogue.name))


async def _invited(ctx: CommandContext) -> None:
    if ctx.person.name != "Tom Jackson":
        raise UserError(_("{what}", what="not invited"))


@router.button("join", check=_invited)
async def join(ctx: CommandContext) -> None:
    await ctx.answer(_("{what}", what="attends"))


CARDS = Feature(name="cards", routers=(router,))


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Story]:
    it = Story(database, features=(*FEATURES, CARDS))
    await it.set_up()
    async with running(it):
        yield it


async def asked(story: Story, words: str, who: Sender = ANNA) -> FakeMessage:
    """Post a card in the chat of a person's city."""
    chat = KOELN if who in {ANNA, MEHMET} else INDY
    prefix = story.messenger(chat).capabilities.command_prefix
    await story.says(chat, who, f"{prefix}card {words}")
    return story.messenger(chat).messages_in(chat)[-1]


async def pressed(story: Story, who: Sender, card: FakeMessage) -> str:
    """Press the only button of a card on Telegram, and return what the person alone is shown."""
    assert card.post
    story.telegram.presses(KOELN, who, card.id, card.post.buttons[0].action)
    await story.quiet()
    return story.telegram.told[-1]


async def test_the_one_who_pressed_is_told_of_the_success_alone(story: Story) -> None:
    it = await asked(story, "any:7")
    before = len(story.at(KOELN))
    assert await pressed(story, MEHMET, it) == "counted 7"
    assert len(story.at(KOELN)) == before


async def test_where_nobody_can_be_told_alone_a_reply_tells_within_the_allowance(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = await asked(story, "any:7", GRACE)
    monkeypatch.setattr(budget, "ANSWERS", 2)
    for _number in range(4):
        story.matrix.reacts(INDY, TOM, it.id, "✅")
    await story.quiet()
    first, second, last = story.at(INDY)[1:]
    assert first == second == "counted 7"
    assert "Too fast" in last


async def test_a_reaction_that_is_removed_is_taken_back_where_the_button_wants_it(story: Story) -> None:
    it = await asked(story, "any:7", GRACE)
    story.matrix.reacts(INDY, TOM, it.id, "✅", removed=True)
    await story.quiet()
    assert story.at(INDY)[-1] == "taken back"
    it = await asked(story, "join", GRACE)
    before = len(story.at(INDY))
    story.matrix.reacts(INDY, TOM, it.id, "✅", removed=True)
    await story.quiet()
    assert len(story.at(INDY)) == before


async def test_a_removed_reaction_is_taken_back_although_only_its_deletion_is_reported(story: Story) -> None:
    it = await asked(story, "any:7", GRACE)
    story.matrix.reacts(INDY, TOM, it.id, "✅")
    reaction = story.matrix._log[-1].id
    await story.quiet()
    assert story.at(INDY)[-1] == "counted 7"
    story.matrix.deletes(INDY, GRACE, reaction)  # by a moderator, after a restart
    await story.quiet()
    assert story.at(INDY)[-1] == "taken back"
    assert story.matrix.messages_in(INDY)[-1].reply_to == it.id


async def test_a_button_made_for_one_person_is_refused_to_others(story: Story) -> None:
    it = await asked(story, "any:7 mine", MEHMET)
    assert await pressed(story, ANNA, it) == "Diese Frage gilt jemand anderem."
    assert await pressed(story, MEHMET, it) == "counted 7"


async def test_role_and_place_are_checked_before_the_handler(story: Story) -> None:
    it = await asked(story, "steer")
    assert await pressed(story, MEHMET, it) == "Das kann nur die Koordination beantworten."
    assert await pressed(story, ANNA, it) == "steered"
    own = private_chat(ANNA)
    await story.says(own, ANNA, "/card steer")
    await story.chooses(own, ANNA)
    assert story.telegram.told[-1] == "Bitte antworten Sie darauf im Chat Ihrer Stadt."


async def test_what_no_role_expresses_is_checked_too(story: Story) -> None:
    it = await asked(story, "join", GRACE)
    story.matrix.reacts(INDY, GRACE, it.id, "✅")
    story.matrix.reacts(INDY, TOM, it.id, "✅")
    await story.quiet()
    assert story.at(INDY)[-2:] == ["not invited", "attends"]


async def test_in_private_a_button_is_about_the_dialogue_of_its_post(story: Story) -> None:
    own = private_chat(ANNA)
    await story.says(own, ANNA, "/start")
    async with story.database.begin() as store:
        koeln = await store.cities.named("Köln")
        leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
        anna = await store.people.by_account(ANNA.account) if ANNA.account else None
        assert koeln
        assert anna
        other = await store.dialogues.add("Köln – Leeds", (koeln, leeds))
        await store.roles.set(other, anna, koeln, Role.COORDINATOR, story.app.clock())
        await store.people.choose(anna, other)
    await story.says(KOELN, MEHMET, "/invite")
    assert await story.chooses(own, ANNA) == "Köln – Indianapolis"


async def test_a_card_about_another_dialogue_is_too_old(story: Story) -> None:
    it = await asked(story, "which")
    async with story.database.begin() as store:
        koeln = await store.cities.named("Köln")
        leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
        assert koeln
        await store.chats.pair(KOELN, await store.dialogues.add("Köln – Leeds", (koeln, leeds)), koeln)
    assert "zu alt" in await pressed(story, ANNA, it)


async def test_a_card_from_before_posts_had_a_dialogue_is_good(story: Story) -> None:
    async with story.database.begin() as store:
        chat = await store.chats.by_ref(KOELN)
        (dialogue,) = await store.dialogues.all()
        assert chat
        choice = Choice(_("yes"), "✅", f"unpair:yes:{dialogue.id}")
        await story.app.services.voice.post(store, [chat], _("yes"), story.app.clock(), buttons=(choice,))
    await story.quiet()
    await story.chooses(KOELN, ANNA)
    async with story.database.begin() as store:
        assert [each.ref for each in await store.chats.paired()] == [INDY]


async def test_it_is_the_checks_that_refuse(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def unchecked(button: ButtonAction, _mark: str) -> Handler:
        return button.handler

    monkeypatch.setattr(dispatch, "checked_button", unchecked)
    assert await pressed(story, ANNA, await asked(story, "any:7 mine", MEHMET)) == "counted 7"
    assert await pressed(story, MEHMET, await asked(story, "steer")) == "steered"
    assert await pressed(story, ANNA, await asked(story, "join")) == "attends"
