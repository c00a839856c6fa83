"""What the cities agree on in an action point, as people read it: the text, who, by when. Changes are marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from bot.agreement import Entry, Step
from bot.commands.context import Context
from bot.model import RichText, rich
from bot.text.catalogue import LazyText, LocaleContext, _, lines
from bot.text.languages import cldr
from bot.text.localtimes import LocalDate
from bot.text.names import guard
from handlers.agreements._authority import parties
from handlers.agreements.actions._difference import difference
from storage import ActionPoint

NO_DATE = _("no date")


def day(due: date) -> LazyText:
    """Return a day with its weekday: `Tuesday, 15 December 2026`."""
    return LazyText("{day}", params={"day": LocalDate(datetime.combine(due, time(12), UTC), "UTC")})


def written(text: str | RichText) -> LazyText:
    """Return what somebody wrote."""
    return LazyText("{text}", params={"text": guard(rich(text) if isinstance(text, str) else text)})


def versions(history: Sequence[Entry]) -> list[Mapping[str, Any]]:
    """Return what each version says, as `storage.Terms.content` has it."""
    return [each.content for each in history if each.step in {Step.PROPOSED, Step.EDITED}]


async def effective(ctx: Context, point: ActionPoint) -> ActionPoint:
    """Return an action point with the text and the due date that count: those in force, while a change is proposed."""
    if point.agreement.effective_version == point.version:
        return point
    terms = versions(await ctx.store.agreements.history(point.id))[point.agreement.effective_version - 1]
    texts = {key: terms[key] for key in ("text", "language", "translation", "translation_language")}
    return replace(point, due_on=point.effective_due, **texts)


def text(point: ActionPoint, before: Mapping[str, Any] | None) -> list[LazyText]:
    """Return the text, and the one in the second language; `before`: what the last version says, if that is shown."""
    rows = _changed(None, point.text, before["text"] if before else None)
    told = before["translation"] if before else None
    if point.translation:
        name = _language(point.translation_language or "")
        rows += _changed(name, point.translation, told)
    elif before and told:
        rows += [_("*{label}:* no longer there", label=_language(before["translation_language"] or ""))]
    return rows


async def rows(ctx: Context, point: ActionPoint, before: Mapping[str, Any] | None) -> list[LazyText]:
    """Return who does it, by when, and what it is about."""
    shown = [await _who(ctx, point, before), _due(point, before)]
    shown += [_("*SDGs:* {numbers}", numbers=", ".join(map(str, point.sdgs)))] if point.sdgs else []
    about = [
        text
        for number, text in (
            (point.roundtable, _("roundtable {number}", number=str(point.roundtable))),
            (point.poll, _("poll {number}", number=str(point.poll))),
            (point.minutes, _("minutes {number}", number=str(point.minutes))),
        )
        if number is not None
    ]
    shown += [_("*About:* {what}", what=about)] if about else []
    if point.replaces is not None:
        shown.append(_replaces(point, str(point.replaces)))
    return shown


def _replaces(point: ActionPoint, number: str) -> LazyText:
    if point.agreement.in_force is None:
        return _("Once it is agreed, it replaces action point {number}.", number=number)
    return _("It replaces action point {number}.", number=number)


def _changed(name: LazyText | None, new: str, old: str | None) -> list[LazyText]:
    """Return a text, and below it what it was before, if it has changed."""
    if old is None or old == new:
        return [_labelled(name, written(new))]
    was, now = difference(old, new)
    return [_labelled(name, written(now)), _("*Before:* {text}", text=written(was))]


def _labelled(name: LazyText | None, text: LazyText) -> LazyText:
    return _("*{label}:* {text}", label=name, text=text) if name else text


def _language(code: str) -> LazyText:
    """Return the name of a language, in that of the reader."""

    def name(reader: LocaleContext) -> LazyText:
        return LazyText("{name}", params={"name": str(cldr(reader.locale).languages.get(code, code))})

    return LazyText("{name}", params={"name": name})


def _due(point: ActionPoint, before: Mapping[str, Any] | None) -> LazyText:
    now = day(point.due_on) if point.due_on else NO_DATE
    old = before["due"] if before else None
    if before is None or old == (point.due_on and point.due_on.isoformat()):
        return _("*Due:* {day}", day=now)
    return _("*Due:* {day} (before: {before})", day=now, before=day(date.fromisoformat(old)) if old else NO_DATE)


async def _who(ctx: Context, point: ActionPoint, before: Mapping[str, Any] | None) -> LazyText:
    version = point.agreement.current_version
    content = versions(await ctx.store.agreements.history(point.id))[version - 1]
    now = await _owners(ctx, point, content, version)
    if before is None or all(before[key] == content[key] for key in ("owners", "lead")):
        return _("*Who:* {owners}", owners=now)
    was = await _owners(ctx, point, before, point.version - 1)
    return lines(_("*Who:* {owners}", owners=now), _("*Before:* {text}", text=was))


async def _owners(ctx: Context, point: ActionPoint, content: Mapping[str, Any], version: int) -> LazyText:
    """Return the owners of a version with their cities; those that take part and have none yet are named, too."""
    cities = {each.id: each.name for each in (await ctx.store.dialogues.get(point.dialogue_id)).cities}
    lead, named = content["lead"], [each["city"] or "" for each in content["owners"]]
    names: dict[str, list[str]] = {each.name: [] for each in await parties(ctx, point.dialogue_id)}
    names |= {city: [] for city in (*named, lead) if city}
    for each in await ctx.store.actions.owners(point, version):
        person = await ctx.store.people.get(each.person_id)
        names.setdefault(cities.get(each.city_id or 0, ""), []).append(person.name)
    people = [_of_city(name, city, lead=city == lead) for city, own in names.items() for name in own]
    free = [city for city, own in names.items() if city and not own]
    yet, gone = ([_city(each, lead=each == lead) for each in free if (each in named) is was] for was in (False, True))
    rows = [lines(*people, by=", ")] if people else []
    rows += [_("nobody yet in {cities}", cities=yet)] if yet else []
    rows += [_("nobody any more in {cities}", cities=gone)] if gone else []
    return lines(*rows, by="; ") if rows else _("nobody yet")


def _of_city(name: str, city: str, *, lead: bool) -> LazyText:
    if not city:
        return LazyText("{name}", params={"name": name})
    if lead:
        return _("{name} ({city}, lead)", name=name, city=city)
    return _("{name} ({city})", name=name, city=city)


def _city(name: str, *, lead: bool) -> LazyText:
    return _("{city} (lead)", city=name) if lead else LazyText("{city}", params={"city": name})
