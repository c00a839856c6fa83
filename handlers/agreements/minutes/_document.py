"""Minutes as a document, in the language of its readers, with the fields of both traditions.

German administrations write an Ergebnisprotokoll: place, day, beginning and end, who was present, agenda, decisions in
their exact wording, votes, and who does what by when. British and American minutes have the same, in their own terms.
What people wrote stays in the language they wrote it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.agreement import AgreementState, Step
from bot.documents import BodyText, Content, Document, Fields, Heading, Items, Part, Phrase, Table
from bot.model import Link, RichText, Role, Text, bold, rich
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, LocaleContext, _
from bot.text.localtimes import LocalDate, LocalTime, ShortDate
from bot.voice import words
from handlers.agreements._confirmations import FORGOTTEN
from handlers.agreements._states import STATE_NAMES
from handlers.agreements.minutes import _votes
from handlers.agreements.minutes._record import MinutesRecord
from storage import LineKind

Json = Mapping[str, Any]


def document(record: MinutesRecord, dialogue: str, locale: str) -> Document:
    """Return the present version of minutes for readers of a locale. `dialogue`: its name."""
    return MinutesWriter(record, dialogue, locale).document()


def title(number: int, name: str) -> LazyText:
    """Return the title of minutes."""
    return _("Minutes {number}: {title}", number=str(number), title=name)


class MinutesWriter:
    """Writes the sections of minutes, one after the other."""

    def __init__(self, record: MinutesRecord, dialogue: str, locale: str) -> None:
        self._record = record
        self._content = record.content
        self._dialogue = dialogue
        self._reader = LocaleContext(locale)
        self._cities: Sequence[Json] = record.content["cities"]

    def document(self) -> Document:
        """Return the whole document."""
        number, version = str(self._record.minutes.number), str(self._record.agreement.version)
        footer = _(
            "{dialogue} · Minutes {number} · Version {version}", dialogue=self._dialogue, number=number, version=version
        )
        return Document(
            self._say(title(self._record.minutes.number, self._content["title"])),
            self._reader.locale,
            tuple(self._parts()),
            footer=self._say(footer),
        )

    def _parts(self) -> Iterator[Part]:
        yield self._remark(
            _("Working record of the dialogue {dialogue}, not official minutes", dialogue=self._dialogue)
        )
        yield Fields(list(self._meeting()))
        yield from self._presence()
        yield from self._agenda()
        yield from self._decisions()
        yield from _votes.parts(self._content["polls"], self._reader)
        yield from self._actions()
        yield from self._course()
        yield from self._corrections()
        yield from self._confirmations()

    # The meeting

    def _meeting(self) -> Iterator[tuple[str, Content]]:
        content = self._content
        if content["roundtable"] is not None:
            yield self._say(_("Meeting")), self._say(_("Roundtable {number}", number=str(content["roundtable"])))
        yield self._say(_("Place")), _linked(content["place"]) or self._say(_("in the chats of the cities"))
        started, ended = datetime.fromisoformat(content["started"]), datetime.fromisoformat(content["ended"])
        yield self._say(_("Date")), self._days(started)
        yield self._say(_("Start")), self._times(started)
        yield self._say(_("End")), self._times(ended, began=started)
        if chair := content["chair"]:
            yield self._say(_("Chair")), self._person(self._record.chair, chair["role"], chair["city"])
        if writers := [each for each in content["present"] if each["who"] in content["writers"]]:
            yield self._say(_("Minutes taken by")), self._people(writers, cities=True)

    def _days(self, at: datetime) -> str:
        days = {each["name"]: self._shown(LocalDate(at, each["zone"])) for each in self._cities}
        if len(set(days.values())) == 1:
            return next(iter(days.values()))
        return "\n".join(f"{city}: {day}" for city, day in days.items())

    def _times(self, at: datetime, began: datetime | None = None) -> str:
        """Return the time in each city, with the day where the meeting began on another one."""
        return "\n".join(self._time(at, each["name"], each["zone"], began) for each in self._cities)

    def _time(self, at: datetime, city: str, zone: str, began: datetime | None) -> str:
        time = LocalTime(at, zone)
        if began and at.astimezone(ZoneInfo(zone)).date() != began.astimezone(ZoneInfo(zone)).date():
            return self._say(_("{city}: {time} on {day}", city=city, time=time, day=LocalDate(at, zone)))
        return self._say(_("{city}: {time}", city=city, time=time))

    def _presence(self) -> Iterator[Part]:
        rows = []
        for city in (each["name"] for each in self._cities):
            of_city = [each for each in self._content["present"] if each["city"] == city]
            here = [each for each in of_city if not each["excused"]]
            rows.append((city, self._people(here) or self._say(_("nobody"))))
            if excused := [each for each in of_city if each["excused"]]:
                rows.append((self._say(_("Apologies: {city}", city=city)), self._people(excused)))
        yield from (Heading(self._say(_("Present"))), Fields(rows))

    def _people(self, people: Iterable[Json], *, cities: bool = False) -> str:
        """Return a line for each of the people of the content; `cities`: with their city."""
        names = self._record.present
        known = [each for each in people if each["entry"] in names]
        return "\n".join(
            self._person(names[each["entry"]], each["role"], each["city"] if cities else "") for each in known
        )

    def _person(self, name: str, role: str, city: str = "") -> str:
        name = name or self._say(FORGOTTEN)
        official = [self._say(ROLE_NAMES[Role(role)])] if role and role != Role.GUEST else []
        details = ", ".join([*official, *([city] if city else [])])
        return f"{name} ({details})" if details else name

    # What was said and decided

    def _agenda(self) -> Iterator[Part]:
        if topics := [self._typed(each) for each in self._lines(LineKind.TOPIC)]:
            yield from (Heading(self._say(_("Agenda"))), Items(topics, numbered=True))

    def _decisions(self) -> Iterator[Part]:
        yield Heading(self._say(_("Decisions, word for word")))
        decisions = [self._typed(each) for each in self._lines(LineKind.AGREED)]
        yield Items(decisions, numbered=True) if decisions else BodyText(self._say(_("No decisions were taken.")))

    def _actions(self) -> Iterator[Part]:
        yield Heading(self._say(_("Action points: who does what by when")))
        if not self._content["actions"]:
            yield BodyText(self._say(_("No action points were proposed.")))
            return
        header = (_("No."), _("What"), _("Who"), _("By when"), _("State"))
        rows = [self._action(each) for each in self._content["actions"]]
        yield Table([self._say(each) for each in header], rows, (6, 36, 22, 17, 19))

    def _action(self, action: Json) -> list[Content]:
        due = self._shown(ShortDate(date.fromisoformat(action["due"]))) if action["due"] else "–"
        state = self._say(STATE_NAMES[AgreementState(action["state"])])
        return [str(action["number"]), self._typed(action), "\n".join(self._owners(action)) or "–", due, state]

    def _owners(self, action: Json) -> Iterator[str]:
        for each in action["owners"]:
            name = self._record.owners.get(each["who"]) or self._say(FORGOTTEN)
            yield f"{name} ({each['city']})" if each["city"] else name
        if action["lead"]:
            yield self._say(_("Lead: {city}", city=action["lead"]))

    def _course(self) -> Iterator[Part]:
        """Yield what was noted, by topics; decisions and action points only by their numbers."""
        listed_above = {LineKind.AGREED, LineKind.ACTION}
        if all(each["kind"] in listed_above for each in self._content["lines"]):
            return
        notes, topics, decisions = list[Content](), 0, 0
        yield Heading(self._say(_("Notes")))
        for line in self._content["lines"]:
            kind = LineKind(line["kind"])
            if kind is LineKind.TOPIC:
                if notes:
                    yield Items(notes)
                topics, notes = topics + 1, []
                yield Heading(self._say(_("Item {number}: {topic}", number=str(topics), topic=line["text"])), 2)
                continue
            decisions += kind is LineKind.AGREED
            notes.append(self._note(kind, line, decisions))
        if notes:
            yield Items(notes)

    def _note(self, kind: LineKind, line: Json, decision: int) -> Content:
        if kind is LineKind.AGREED:
            return self._say(_("Decision {number}, see above", number=str(decision)))
        if kind is LineKind.ACTION and line["action"] is not None:
            return self._say(_("Action point {number}, see above", number=str(line["action"])))
        label = self._say(_LABELS.get(kind, _("Information")))
        return bold(f"{label}:"), Text(" "), *self._typed(line)

    # What became of the minutes

    def _corrections(self) -> Iterator[Part]:
        if corrections := self._content["corrections"]:
            yield from (
                Heading(self._say(_("Corrections"))),
                Items([*map(self._correction, corrections)], numbered=True),
            )

    def _correction(self, correction: Json) -> Content:
        label = _(
            "{city}, {day}, to version {version}:",
            city=correction["city"],
            day=self._day(datetime.fromisoformat(correction["at"]), correction["city"]),
            version=str(correction["version"]),
        )
        return bold(self._say(label)), Text(" "), Phrase(_linked(correction["text"]), correction["language"])

    def _confirmations(self) -> Iterator[Part]:
        yield Heading(self._say(_("Confirmation by the cities")))
        names = [each["name"] for each in self._cities]
        yield Fields([(name, self._answer(name)) for name in names])
        agreement = self._record.agreement
        yield self._remark(
            _("Version {version}, check number {number}", version=str(agreement.version), number=agreement.check_number)
        )

    def _answer(self, city: str) -> str:
        entry = self._record.answers.get(city)
        if entry is None:
            return self._say(_("not yet confirmed"))
        who = self._person(self._record.signers.get(entry.position, ""), entry.content.get("role", ""))
        day = self._day(entry.at, city)
        if entry.step is Step.OBJECTED:
            return self._say(_("objected on {day}: {who}", day=day, who=who)) + f"\n{entry.content['reason']}"
        return self._say(_("confirmed on {day}: {who}", day=day, who=who))

    def _day(self, at: datetime, city: str) -> date:
        """Return the day of a moment in a city."""
        zone = next((each["zone"] for each in self._cities if each["name"] == city), "UTC")
        return at.astimezone(ZoneInfo(zone)).date()

    # Words

    def _lines(self, kind: LineKind) -> list[Json]:
        return [each for each in self._content["lines"] if each["kind"] == kind]

    def _typed(self, what: Json) -> tuple[Text | Phrase, ...]:
        """Return a text in the language that it was written in, with the one in a second language below it."""
        parts: Sequence[Text | Phrase] = [Phrase(_linked(what["text"]), what["language"] or "")]
        if what["translation"]:
            second = what.get("translation_language") or self._other_language(what["language"])
            parts = [*parts, Text("\n"), Phrase(_linked(what["translation"]), second)]
        return tuple(parts)

    def _other_language(self, language: str) -> str:
        """Return the language of the other cities, if they have one in common."""
        others = {each["language"] for each in self._cities} - {language}
        return others.pop() if len(others) == 1 else ""

    def _remark(self, text: LazyText) -> BodyText:
        return BodyText(self._say(text), small=True)

    def _say(self, text: LazyText) -> str:
        return words(text, self._reader)

    def _shown(self, value: LocalDate | ShortDate) -> str:
        return self._say(LazyText("{value}", params={"value": value}))


def _linked(text: str) -> RichText:
    """Return a text in which addresses are links."""
    parts = _ADDRESS.split(text)
    return rich(*(Link(each, rich(each)) if number % 2 else each for number, each in enumerate(parts)))


_ADDRESS = re.compile(r"""(https?://[^\s<>"]*[^\s<>"'.,;:!?)\]}»”])""")
_LABELS = {LineKind.IDEA: _("Idea"), LineKind.LINK: _("Link"), LineKind.INFO: _("Information")}
