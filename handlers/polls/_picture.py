"""The result of a closed poll as a picture, for each language."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from fractions import Fraction

import structlog

from bot import charts
from bot.charts import BarChart, BarGroup, BarValue, ChartError
from bot.commands.context import Context, DialogueContext
from bot.jobs.kinds import JobKind, Work
from bot.model import File, FileKind
from bot.text.catalogue import LazyText, LocaleContext, _, lines
from bot.voice import Files, words
from bot.voting import HIGHEST, Method, TopicResult
from handlers.polls import _priorities, _result
from handlers.polls._result import Standing, standing
from storage import AT_ONCE, Job, Poll

log = structlog.get_logger()

PICTURE = "poll picture"
"""The kind of jobs. Without a payload it is for every chat, below the result; the key is the poll's id."""
_JOINT = _("together")

Pictures = Mapping[str, bytes]
"""PNG files by locale."""


async def schedule(ctx: Context, poll: Poll) -> None:
    """Schedule that the picture is posted in every chat."""
    await ctx.store.jobs.schedule(PICTURE, str(poll.id))


async def answer(ctx: DialogueContext, poll: Poll) -> None:
    """Answer with the whole result of a closed poll; the picture follows."""
    in_force = await ctx.store.polls.in_force(poll.dialogue_id)
    offers = _priorities.buttons(poll) if in_force and in_force.id == poll.id else ()
    rows = [_result.closed(await standing(ctx.store, poll))]
    if poll.in_force_at and in_force and in_force.id != poll.id:
        rows.append(_("That of poll {number} is in force now.", number=str(in_force.number)))
    told = await ctx.reply(lines(*rows), *offers)
    payload = {"chat": ctx.chat.id, "locale": ctx.locale_context.locale, "below": told}
    await ctx.store.jobs.schedule(PICTURE, f"{poll.id} {told}", AT_ONCE, payload)


async def _draw(work: Work, job: Job) -> tuple[Standing, Pictures] | None:
    """Return the pictures that are needed. One that cannot be drawn is left out, and the text stands alone."""
    async with work.database.begin() as store:
        poll = await store.polls.read(int(job.key.split()[0]))
        if poll is None or poll.result is None:
            return None
        shown = await standing(store, poll)
        if not any(shown.result.turnout.values()):
            return None
        chats = await store.chats.of_dialogue(poll.dialogue_id)
    locales = {job.payload["locale"]} if job.payload else {each.locale or LocaleContext().locale for each in chats}
    drawn = {}
    for locale in sorted(locales):
        try:
            drawn[locale] = await charts.draw(chart(shown, LocaleContext(locale)))
        except ChartError as error:
            log.error("no picture of the result", poll=poll.id, locale=locale, error=str(error))  # noqa: TRY400
    return shown, drawn


async def _post(ctx: Context, job: Job, prepared: tuple[Standing, Pictures] | None) -> None:
    if prepared is None:
        return
    shown, drawn = prepared
    chats = await ctx.store.chats.of_dialogue(shown.poll.dialogue_id)
    if job.payload:
        chats = [await ctx.store.chats.get(job.payload["chat"])]
    readers = [(each, await ctx.voice.locale_context(ctx.store, each)) for each in chats]
    able = [each for each, reader in readers if reader.locale in drawn]
    caption = _("📊 The result of poll {number} as a picture", number=str(shown.poll.number))
    below = job.payload.get("below", shown.poll.result_id)
    dialogue = await ctx.store.dialogues.get(shown.poll.dialogue_id)
    await ctx.post(able, caption, files=_files(ctx, shown, drawn), reply_to=below, dialogue=dialogue)


def _files(ctx: Context, shown: Standing, drawn: Pictures) -> Files:
    async def for_reader(reader: LocaleContext) -> Sequence[File]:
        png = drawn[reader.locale]
        source, size = await ctx.store.files.add(png, ctx.now)
        width, height = struct.unpack(">II", png[16:24])
        return (
            File(
                kind=FileKind.PHOTO,
                source=source,
                name=words(_("poll-{number}.png", number=str(shown.poll.number)), reader),
                mime="image/png",
                size=size,
                alt=words(_result.closed(shown), reader),
                width=width,
                height=height,
            ),
        )

    return for_reader


def chart(shown: Standing, reader: LocaleContext) -> BarChart:
    """Return the chart of a result for readers of a language: for each topic the joint bar, and one for each city."""
    poll = shown.poll
    title = _("Poll {number}: {question}", number=str(poll.number), question=poll.question)
    groups = [_group(shown, each, reader) for each in shown.result.topics]
    footer = [*_result.effect(shown), *_result.remarks(shown)]
    return BarChart(
        title=words(title, reader),
        groups=tuple(groups),
        maximum=_maximum(shown),
        legend=words(_result.scale(shown), reader),
        footer=tuple(words(each, reader) for each in footer),
    )


def _group(shown: Standing, each: TopicResult, reader: LocaleContext) -> BarGroup:
    bars = [BarValue(words(_JOINT, reader), float(each.joint), _shown(each.joint, reader), total=True)]
    bars += [
        BarValue(shown.cities[key], float(each.by_city[key]), _shown(each.by_city[key], reader))
        for key in shown.shown_cities
    ]
    return BarGroup(f"{each.place}. {shown.topic(each)}", tuple(bars))


def _shown(mean: Fraction, reader: LocaleContext) -> str:
    return words(LazyText("{mean}", params={"mean": mean}), reader)


def _maximum(shown: Standing) -> float:
    match shown.poll.method:
        case Method.SCORE:
            return float(HIGHEST)
        case Method.RANK:
            return float(len(shown.topics) - 1)
    return 1.0


KIND = JobKind(name=PICTURE, prepare=_draw, apply=_post)
