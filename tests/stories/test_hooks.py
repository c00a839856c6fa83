"""What a feature hears besides its commands: messages, edits, answers, reactions, memberships and refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from bot.commands.context import CommandContext, Context
from bot.commands.router import Router
from bot.features import Feature
from bot.messengers.base import PermanentError
from bot.model import Edit, Membership, Message, Presence, Reaction, Role, Sender, Vote, plain, rich
from bot.text.catalogue import UserError, _
from handlers import FEATURES
from storage import Chat, Database, StoredMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, private_chat, running


@dataclass
class Listener:
    """A feature that notes what it hears, and fails at the words `fail`."""

    heard: list[str] = field(default_factory=list)

    async def on_message(self, ctx: CommandContext, event: Message) -> None:
        await self._note(ctx, f"{ctx.person.name} says {plain(event.text)}", plain(event.text))

    async def on_edit(self, ctx: CommandContext, event: Edit) -> None:
        await self._note(ctx, f"{ctx.person.name} now says {ctx.args or plain(event.text)}", plain(event.text))

    async def on_reply(self, ctx: CommandContext, event: Message) -> None:
        assert ctx.replied_message
        assert ctx.replied_message.feature == "listener"
        await self._note(ctx, f"{ctx.person.name} answers {plain(event.text)}", plain(event.text))

    async def on_reaction(self, ctx: CommandContext, event: Reaction) -> None:
        assert ctx.subject
        self.heard.append(f"{ctx.person.name} {'removes' if event.removed else 'puts'} {event.key}")

    async def on_vote(self, ctx: CommandContext, event: Vote) -> None:
        assert ctx.subject
        assert ctx.dialogue
        self.heard.append(f"{ctx.person.name} votes {event.options}")

    async def on_membership(self, ctx: Context, chat: Chat, event: Membership) -> None:
        assert ctx.feature == "listener"
        self.heard.append(f"{event.presence} {chat.ref}")

    async def on_refusal(self, ctx: Context, chat: Chat, post: StoredMessage) -> None:
        assert post.feature == ctx.feature == "listener"
        self.heard.append(f"refused by {chat.ref}")

    async def on_deletion(self, ctx: Context, stored: StoredMessage) -> None:
        assert ctx.feature == "listener"
        self.heard.append(f"deleted: {stored.native_id}")

    async def on_gap(self, ctx: Context, chats: Sequence[Chat]) -> None:
        assert ctx.feature == "listener"
        self.heard.append(f"something is missing in {', '.join(str(each.ref) for each in chats)}")

    async def _note(self, ctx: CommandContext, text: str, words: str) -> None:
        self.heard.append(text)
        if words == "#agreed":
            await ctx.reply(_("yes"))
        if words == "#signed":
            await ctx.react("👍")
        await ctx.store.people.set(ctx.person, zone="Europe/Rome")
        if words == "fail":
            raise RuntimeError("a mistake of ours")
        if words == "wrong":
            raise UserError(_("cancel"))

    def feature(self, name: str = "listener") -> Feature:
        router = Router(_("yes"))

        @router.command(f"{name}-publish", summary=_("yes"), role=Role.COORDINATOR, in_dialogue=True)
        async def publish(ctx: CommandContext) -> None:
            self.heard.append(f"published {ctx.args}")
            await ctx.reply(_("yes"))
            await ctx.react("👌")

        return Feature(
            name=name,
            routers=(router,),
            on_message=self.on_message,
            on_edit=self.on_edit,
            on_reply=self.on_reply,
            on_reaction=self.on_reaction,
            on_vote=self.on_vote,
            on_membership=self.on_membership,
            on_refusal=self.on_refusal,
            on_gap=self.on_gap,
            on_deletion=self.on_deletion if name == "listener" else None,
        )


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def other() -> Listener:
    return Listener()


@pytest.fixture
async def story(database: Database, listener: Listener, other: Listener) -> AsyncIterator[Story]:
    it = Story(database, features=(*FEATURES, listener.feature(), other.feature("other")))
    await it.set_up()
    async with running(it):
        yield it


async def zone_of(story: Story, who: Sender) -> str | None:
    async with story.database.begin() as store:
        person = await store.people.by_account(who.account) if who.account else None
        return person.zone if person else None


async def test_a_message_is_heard_acknowledged_and_passed_on(story: Story, listener: Listener) -> None:
    await story.says(KOELN, MEHMET, "#agreed")
    assert listener.heard == ["Mehmet Kaya says #agreed"]
    assert story.at(KOELN) == ["ja", "ja"], "both features answer"
    assert story.at(INDY) == ["Mehmet Kaya · Köln: #agreed"]


async def test_a_message_and_a_command_can_be_acknowledged_by_a_sign(story: Story) -> None:
    said = story.telegram.says(KOELN, ANNA, "#signed")
    typed = story.telegram.says(KOELN, ANNA, "/listener-publish")
    await story.quiet()
    signs = {each.id: each.reaction for each in story.telegram.messages_in(KOELN)}
    assert (signs[said], signs[typed]) == ("👍", "👌")


async def test_only_a_persons_own_words_in_a_dialogue_are_heard(story: Story, listener: Listener) -> None:
    story.telegram.says(KOELN, MEHMET, "forwarded", forwarded=True, origin="Ben")
    story.telegram.says(KOELN, MEHMET, "found", via="@wiki")
    story.telegram.says(KOELN, Sender(None, "Channel"), "anonymous")
    story.telegram.says(private_chat(MEHMET), MEHMET, "private", private=True)
    await story.says(KOELN, MEHMET, "/me")
    assert listener.heard == []


async def test_what_was_lost_is_heard_of_once_for_the_chats_of_that_messenger(story: Story, listener: Listener) -> None:
    story.telegram.gap = True
    for text in ("one", "two"):
        await story.says(KOELN, MEHMET, text)
    await story.says(INDY, GRACE, "three")
    assert [each for each in listener.heard if "missing" in each] == [f"something is missing in {KOELN}"]
    assert listener.heard[0] == f"something is missing in {KOELN}", "before what comes after it"


async def test_who_is_muted_is_not_heard(story: Story, listener: Listener) -> None:
    id = story.telegram.says(KOELN, MEHMET, "spam")
    await story.quiet()
    await story.says(KOELN, ANNA, "/mute", reply_to=id)
    listener.heard.clear()
    story.telegram.says(KOELN, MEHMET, "more spam")
    story.telegram.edits(KOELN, MEHMET, id, "changed spam")
    await story.quiet()
    assert listener.heard == []


async def test_a_hook_that_fails_stops_neither_the_message_nor_the_others(
    story: Story, listener: Listener, other: Listener
) -> None:
    await story.says(INDY, TOM, "fail")
    assert listener.heard == other.heard == ["Tom Jackson says fail"]
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: fail"]
    assert all(each.startswith("Something went wrong") for each in story.at(INDY))
    assert await zone_of(story, TOM) is None, "what the hook has changed is undone"
    assert await story.says(INDY, TOM, "wrong") == "cancel"


async def test_an_edit_is_heard_once(story: Story, listener: Listener) -> None:
    id = story.telegram.says(KOELN, MEHMET, "one")
    await story.quiet()
    story.telegram.edits(KOELN, MEHMET, id, "two")
    story.telegram.edits(KOELN, MEHMET, id, "two")
    story.telegram.edits(KOELN, ANNA, id, "of somebody else")
    await story.quiet()
    assert listener.heard == ["Mehmet Kaya says one", "Mehmet Kaya now says two"]


async def test_a_mistyped_command_that_becomes_ordinary_text_is_heard(story: Story, listener: Listener) -> None:
    id = story.telegram.says(KOELN, MEHMET, "/hilfee")
    await story.quiet()
    story.telegram.edits(KOELN, MEHMET, id, "#agreed")
    await story.quiet()
    assert listener.heard == ["Mehmet Kaya says #agreed"]
    assert story.at(INDY) == ["Mehmet Kaya · Köln: #agreed"]


async def test_an_edited_command_reaches_the_feature_that_handled_it(
    story: Story, listener: Listener, other: Listener
) -> None:
    id = story.telegram.says(KOELN, ANNA, "/listener-publish one")
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, "/listener-publish one")
    story.telegram.edits(KOELN, ANNA, id, "/listener-publish two")
    story.telegram.edits(KOELN, ANNA, id, "/other-publish three")
    story.telegram.edits(KOELN, ANNA, id, "no command")
    story.telegram.edits(KOELN, MEHMET, id, "/listener-publish of somebody else")
    await story.quiet()
    assert listener.heard == ["published one", "Anna Weber now says two"]
    assert other.heard == []
    assert story.at(INDY) == []


async def test_an_edited_command_is_checked_again(story: Story, listener: Listener) -> None:
    id = story.telegram.says(KOELN, ANNA, "/listener-publish one")
    await story.quiet()
    await story.says(KOELN, ANNA, "/role @12 guest")
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        anna = await store.people.by_account(ANNA.account) if ANNA.account else None
        assert anna
        await store.roles.set(dialogue, anna, dialogue.cities[0], Role.STAFF, story.app.clock())
    story.telegram.edits(KOELN, ANNA, id, "/listener-publish two")
    await story.quiet()
    assert listener.heard == ["published one"]
    assert "Koordination vorbehalten" in story.at(KOELN)[-1]


async def test_an_answer_to_a_post_of_the_feature_is_heard_by_it_alone(
    story: Story, listener: Listener, other: Listener
) -> None:
    own = private_chat(ANNA)
    await story.says(own, ANNA, "/listener-publish")
    post = story.telegram.messages_in(own)[-1].id
    before = len(story.at(own))
    await story.says(own, ANNA, "thanks", reply_to=post)
    assert listener.heard == ["published ", "Anna Weber answers thanks"]
    assert other.heard == []
    assert len(story.at(own)) == before, "it is not said that nothing is passed on"
    await story.says(own, ANNA, "/me")
    await story.says(own, ANNA, "thanks", reply_to=story.telegram.messages_in(own)[-1].id)
    assert listener.heard[2:] == [], "the post of another feature"
    assert "Nichts wird weitergegeben" in story.at(own)[-1]


async def test_a_reaction_is_heard_when_put_and_when_removed(story: Story, listener: Listener) -> None:
    id = story.matrix.says(INDY, TOM, "Good morning")
    await story.quiet()
    story.matrix.reacts(INDY, GRACE, id, "👍")
    story.matrix.reacts(INDY, GRACE, id, "👍", removed=True)
    story.matrix.reacts(INDY, GRACE, "unknown", "👍")
    await story.quiet()
    assert listener.heard[1:] == ["Grace Miller puts 👍", "Grace Miller removes 👍"]


async def test_a_vote_is_heard_by_the_feature_that_has_posted_the_poll(
    story: Story, listener: Listener, other: Listener
) -> None:
    async with story.database.begin() as store:
        chat = await store.chats.by_ref(KOELN)
        assert chat
        ctx = story.app.services.context(store, story.app.clock(), "listener")
        await ctx.post_poll([chat], _("yes"), _("no"), _("yes"))
    await story.quiet()
    shown = story.telegram.messages_in(KOELN)[-1].id
    for number, options in enumerate(((1,), ())):
        vote = Vote(
            id=f"v{number}", poll=f"poll-{shown}", ref=None, sender=MEHMET, at=story.app.clock(), options=options
        )
        story.telegram.happens(vote)
        await story.quiet()
    story.telegram.happens(replace(vote, id="v3", poll="unknown"))
    await story.quiet()
    assert listener.heard == ["Mehmet Kaya votes (1,)", "Mehmet Kaya votes ()"]
    assert other.heard == []


async def test_a_chat_that_has_left_the_dialogue_votes_and_reacts_no_more(story: Story, listener: Listener) -> None:
    async with story.database.begin() as store:
        koeln, indy = [await store.chats.by_ref(each) for each in (KOELN, INDY)]
        assert koeln
        assert indy
        assert koeln.dialogue_id
        ctx = story.app.services.context(store, story.app.clock(), "listener")
        dialogue = await store.dialogues.get(koeln.dialogue_id)
        await ctx.post_poll([koeln], _("yes"), _("no"), _("yes"), dialogue=dialogue)
        await ctx.post([indy], _("yes"), dialogue=dialogue)
    await story.quiet()
    poll, card = story.telegram.messages_in(KOELN)[-1].id, story.matrix.messages_in(INDY)[-1].id

    async def vote_and_react(number: int) -> None:
        at = story.app.clock()
        story.telegram.happens(Vote(id=f"v{number}", poll=f"poll-{poll}", ref=None, sender=MEHMET, at=at, options=(1,)))
        story.matrix.reacts(INDY, GRACE, card, "👍")
        await story.quiet()

    await vote_and_react(1)
    assert len(listener.heard) == 2
    async with story.database.begin() as store:
        other = await store.dialogues.add("Indianapolis alone", ())
        assert indy.city
        await store.chats.unpair(koeln)
        await store.chats.pair(INDY, other, indy.city)
    await vote_and_react(2)
    assert len(listener.heard) == 2


async def test_where_the_bot_is_is_heard(story: Story, listener: Listener) -> None:
    gone = Membership(id="gone", chat=KOELN, sender=ANNA, at=story.app.clock(), presence=Presence.GONE)
    story.telegram.happens(gone)
    await story.quiet()
    assert listener.heard == [f"gone {KOELN}"]


async def test_no_edit_of_an_ordinary_message_runs_a_command(story: Story, listener: Listener) -> None:
    id = story.telegram.says(KOELN, ANNA, "Guten Tag")
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, rich("/listener-publish"))
    await story.quiet()
    assert not any(each.startswith("published") for each in listener.heard)


async def test_a_feature_hears_which_of_its_posts_will_never_arrive(
    story: Story, listener: Listener, other: Listener
) -> None:
    story.telegram.faults = [PermanentError("bad message")]
    await story.says(KOELN, ANNA, "/listener-publish")
    assert listener.heard == ["published ", f"refused by {KOELN}"]
    story.telegram.faults = [PermanentError("bad message")]
    await story.says(INDY, TOM, "A message of people, which is no feature's")
    assert "refused" not in " ".join([*listener.heard[2:], *other.heard])


async def test_a_deletion_is_heard_however_it_was_done(story: Story, listener: Listener) -> None:
    told = story.telegram.says(KOELN, MEHMET, "first")
    redacted = story.matrix.says(INDY, TOM, "second")
    await story.quiet()
    await story.says(KOELN, MEHMET, "/loeschen", reply_to=told)
    story.matrix.deletes(INDY, TOM, redacted)
    await story.quiet()
    assert listener.heard[-2:] == [f"deleted: {told}", f"deleted: {redacted}"]
