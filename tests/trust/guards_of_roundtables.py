"""The guards of roundtables, each taken away as in `guards`."""

from __future__ import annotations

from dataclasses import replace

from handlers.roundtables import _commands, _correction, _creation
from handlers.roundtables._meeting import router as meeting
from handlers.roundtables._progress import Progress
from storage import Roundtable
from storage.roundtables.repository import Roundtables
from tests.trust import test_roundtables as roundtables
from tests.trust.guards import instead, rights_of_any_dialogue, soon_nothing, yes


async def _of_any_dialogue(self: Roundtables, _dialogue_id: int, number: int) -> Roundtable | None:
    return await self.get(number)


def _never_changes(_self: Progress) -> int:
    return 0


everybody_schedules = instead(_creation, "coordinators_only", soon_nothing)
everybody_changes = instead(_commands, "coordinators_only", soon_nothing)
buttons_for_everybody = instead(meeting, "buttons", [replace(each, role=None) for each in meeting.buttons])
buttons_for_coordinators = instead(meeting, "buttons", [replace(each, check=None) for each in meeting.buttons])
buttons_that_last = instead(Progress, "revision", property(_never_changes))
numbers_of_any_dialogue = instead(Roundtables, "numbered", _of_any_dialogue)

everybody_corrects = instead(_correction, "_may_correct", yes)

GUARDS = [
    (roundtables.test_case_15_only_coordinators_schedule_and_change_a_roundtable, everybody_schedules),
    (roundtables.test_case_15_only_coordinators_schedule_and_change_a_roundtable, everybody_changes),
    (roundtables.test_case_15_a_roundtable_of_another_dialogue_is_out_of_reach, numbers_of_any_dialogue),
    (roundtables.test_case_15_a_roundtable_of_another_dialogue_is_out_of_reach, rights_of_any_dialogue),
    (roundtables.test_case_15_the_date_is_corrected_by_no_one_elses_answer, everybody_corrects),
    (roundtables.test_case_15_only_coordinators_run_a_roundtable, everybody_changes),
    (roundtables.test_case_15_only_coordinators_run_a_roundtable, buttons_for_everybody),
    (roundtables.test_case_15_the_buttons_of_a_meeting_are_for_the_chair_and_for_once, buttons_for_coordinators),
    (roundtables.test_case_15_the_buttons_of_a_meeting_are_for_the_chair_and_for_once, buttons_that_last),
]
