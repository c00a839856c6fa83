"""The progress of a running roundtable, and the live card that shows it in every chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.context import Context
from bot.text.catalogue import LazyText, _, lines, n_
from bot.voice import Choice
from handlers.roundtables import _speakers
from handlers.roundtables._choices import wish
from storage import TAKE_MINUTES, AgendaItem, Invitation, Roundtable, Speech

MEETING = "meeting"
"""The button action `meeting:ROUNDTABLE:STEP:REVISION`, and the kind of the job that keeps the time."""
ITEM, SPEAKER, END = "item", "speaker", "end"
"""The steps."""
_SHOWN = 5
"""How many of those who wait to speak are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of a running roundtable at one time. Without an agenda it has no items."""

    roundtable: Roundtable
    items: Sequence[AgendaItem]
    speeches: Sequence[Speech]
    invitations: Sequence[Invitation]
    names: Mapping[int, str]
    cities: Mapping[int, str]
    has_minutes: bool
    at: datetime

    @property
    def item(self) -> AgendaItem | None:
        """The current item."""
        return next((each for each in self.items if each.started_at and not each.ended_at), None)

    @property
    def following(self) -> AgendaItem | None:
        """The item after that."""
        return next((each for each in self.items if not each.started_at), None)

    @property
    def speech(self) -> Speech | None:
        """The current speech."""
        return next((each for each in self.speeches if each.ended_at is None), None)

    @property
    def waiting(self) -> list[Invitation]:
        """Those who have asked to speak, in the order of their turns."""
        return _speakers.waiting(self.invitations, self.speeches, self.at)

    @property
    def began(self) -> datetime:
        """When the roundtable began."""
        return self.roundtable.started_at or self.at

    @property
    def revision(self) -> int:
        """A number that changes with each step, and the buttons with it: pressing one twice skips no item."""
        return sum(bool(each.started_at) for each in self.items) + len(self.speeches)

    def name(self, person_id: int | None) -> str | LazyText:
        """Return a person's name; None: they have been forgotten since."""
        return self.names[person_id] if person_id is not None else _("somebody")

    def speaker(self, each: Invitation | Speech) -> LazyText:
        """Return the name and the city of somebody who speaks, or has asked to."""
        return _("{name} ({city})", name=self.name(each.person_id), city=self.cities.get(each.city_id, ""))


async def progress_of(ctx: Context, roundtable: Roundtable) -> Progress:
    """Return the present progress of a roundtable."""
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    items = await ctx.store.agenda.of(roundtable.id)
    invitations = await ctx.store.invitations.of(roundtable.id)
    speeches = await ctx.store.meetings.speeches(roundtable.id)
    ids = {roundtable.chair_id, *(each.person_id for each in invitations), *(each.person_id for each in speeches)}
    people = [await ctx.store.people.get(id) for id in ids if id is not None]
    return Progress(
        roundtable=roundtable,
        items=items,
        speeches=speeches,
        invitations=invitations,
        names={each.id: each.name for each in people},
        cities={each.id: each.name for each in dialogue.cities},
        has_minutes=any(each.is_open for each in await ctx.store.minutes.of_dialogue(dialogue.id)),
        at=ctx.now,
    )


async def show(ctx: Context, progress: Progress) -> None:
    """Bring the live card up to date in every chat."""
    meeting = await ctx.store.meetings.of(progress.roundtable.id)
    if meeting:
        await ctx.update(meeting.card_id, card(progress), *buttons(progress))


def card(progress: Progress) -> LazyText:
    """Return what the live card says."""
    return lines(*_card(progress))


def buttons(progress: Progress) -> list[Choice]:
    """Return the buttons of the card: those of the chair, and one to wish to speak; one that starts minutes."""
    about = f"{MEETING}:{progress.roundtable.id}"
    speaker = Choice(_("next speaker"), "🎤", f"{about}:{SPEAKER}:{progress.revision}")
    item = Choice(_("next item"), "⏭️", f"{about}:{ITEM}:{progress.revision}")
    end = Choice(_("end the roundtable"), "🏁", f"{about}:{END}:{progress.revision}")
    steps = [*([speaker] if progress.waiting else []), item if progress.following else end]
    minutes = Choice(_("take minutes"), "📝", f"{TAKE_MINUTES}:{progress.roundtable.id}")
    return [wish(progress.roundtable), *steps, *([] if progress.has_minutes else [minutes])]


def _card(progress: Progress) -> Iterator[LazyText]:
    roundtable = progress.roundtable
    yield _("🔴 *Roundtable {number} is running: {title}*", number=str(roundtable.number), title=roundtable.title)
    if roundtable.chair_id:
        yield _("In the chair: {name}", name=progress.name(roundtable.chair_id))
    if item := progress.item:
        yield _("*{position}. {text}*: {time}", **titled(item), time=time_used(progress.at - begun(item), item.planned))
    if speech := progress.speech:
        time = time_used(_speakers.length(speech, progress.at), _speakers.budget(speech, progress.item))
        yield _("🎤 Speaking: {name}, {time}", name=progress.speaker(speech), time=time)
    if queue := [progress.speaker(each) for each in progress.waiting]:
        yield _("✋ Next to speak: {names}", names=[*queue[:_SHOWN], *([_("others")] if queue[_SHOWN:] else [])])
    if following := progress.following:
        yield _("Then: {position}. {text}", **titled(following))
    yield _("In all: {time}", time=time_used(progress.at - progress.began, roundtable.length))


def titled(item: AgendaItem) -> dict[str, str]:
    """Return the position of an item, counted from 1, and its text, to be filled in."""
    return {"position": str(item.position + 1), "text": item.text}


def begun(item: AgendaItem) -> datetime:
    """Return when an item began. Raises ValueError if it has not."""
    if item.started_at is None:
        raise ValueError(f"item {item.id} has not begun")
    return item.started_at


def time_used(used: timedelta, planned: timedelta | None) -> LazyText:
    """Return the time used, of the time planned if that is known, in whole minutes."""
    minutes = int(used.total_seconds() // 60)
    if planned is None:
        return n_("{n} minute", "{n} minutes", minutes)
    of = max(1, round(planned.total_seconds() / 60))
    if used <= planned:
        return n_("{used} of {n} minute", "{used} of {n} minutes", of, used=minutes)
    return n_("{used} of {n} minute, over time", "{used} of {n} minutes, over time", of, used=minutes)
