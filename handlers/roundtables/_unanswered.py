"""Two days before the start, the coordinators of a city learn which of its speakers have not answered."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.context import Context
from bot.text.catalogue import LazyText, _
from storage import Answer, City, Dialogue, Invitation, Job, Participation, Roundtable, RoundtableState

UNANSWERED = "unanswered invitations"
"""The kind of jobs that tell the coordinators; the key is the id of the roundtable."""
BEFORE = timedelta(days=2)
"""How long before the start the coordinators are told."""


async def plan(ctx: Context, roundtable: Roundtable) -> None:
    """Schedule the notice to the coordinators, unless the roundtable begins in less than two days."""
    due = roundtable.starts_at - BEFORE
    if roundtable.state is RoundtableState.PLANNED and due > ctx.now:
        await ctx.store.jobs.schedule(UNANSWERED, str(roundtable.id), due)
    else:
        await ctx.store.jobs.cancel(UNANSWERED, str(roundtable.id))


async def unanswered(ctx: Context, roundtable: Roundtable, city: City) -> list[str]:
    """Return the names of a city's speakers, deputies included, who have not answered."""
    invitations = await ctx.store.invitations.of(roundtable.id)
    theirs = [each for each in invitations if each.city_id == city.id and _is_missing(each)]
    return [(await ctx.store.people.get(each.person_id)).name for each in theirs]


def _is_missing(invitation: Invitation) -> bool:
    return invitation.part is Participation.SPEAKER and invitation.answer is Answer.OPEN


async def tell_coordinators(ctx: Context, job: Job, _prepared: None) -> None:
    """Report to the coordinators of each city who has not answered."""
    roundtable = await ctx.store.roundtables.of_job(int(job.key))
    if roundtable is None or roundtable.state is not RoundtableState.PLANNED or roundtable.starts_at <= ctx.now:
        return
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    for city in dialogue.cities:
        if names := await unanswered(ctx, roundtable, city):
            await tell_city(ctx, dialogue, city, _reminder(roundtable, names))


def _reminder(roundtable: Roundtable, names: list[str]) -> LazyText:
    return _(
        "Roundtable {number}, {title}, begins on {start}. Not answered yet: {names}",
        number=str(roundtable.number),
        title=roundtable.title,
        start=roundtable.starts_at,
        names=names,
    )


async def tell_city(ctx: Context, dialogue: Dialogue, city: City, text: LazyText) -> None:
    """Notify the city's coordinators or, if it has none, those from the settings."""
    appointed = await ctx.store.roles.coordinators_of(city)
    theirs = {each.person_id for each in appointed if each.dialogue_id == dialogue.id}
    theirs = theirs or {each.id for each in await ctx.rights.coordinators(ctx.store, None)}
    for id in sorted(theirs):
        await ctx.tell(id, text, dialogue=dialogue)
