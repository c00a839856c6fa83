"""The guards of action points in files and calendars, each taken away as in `guards`."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from bot.calendars import tasks, texts
from bot.text import tables
from handlers import exports
from storage import ActionPoint
from storage.actions.recorded import ActionRecords
from tests.trust import test_action_exports as files
from tests.trust.guards import instead

_everybody_s = ActionRecords.due


async def _due(
    self: ActionRecords, dialogue_id: int, since: date, _person_id: int | None, most: int
) -> list[tuple[ActionPoint, str]]:
    """Return everybody's action points, whoever asks."""
    return await _everybody_s(self, dialogue_id, since, None, most)


async def _any_chat(_ctx: object, _chat: object, _dialogue: object) -> bool:
    return True


def _as_typed(text: str) -> str:
    return text


_never = re.compile("()(?!)")

GUARDS: list[Any] = [
    (
        files.test_case_70_no_cell_of_an_action_point_is_calculated,
        instead(tables, "harmless_cell", _as_typed),
        {"delimiter": ";"},
    ),
    (
        files.test_case_70_no_cell_of_an_action_point_is_calculated,
        instead(tables, "_SPLIT", _never),
        {"delimiter": ","},
    ),
    (files.test_case_71_no_text_adds_a_line_to_a_task, instead(tasks, "_ESCAPED", {})),
    (files.test_case_71_no_text_adds_a_line_to_a_task, instead(texts, "_CONTROLS", _never)),
    (
        files.test_case_143_a_calendar_shows_people_what_is_theirs_and_names_nobody,
        instead(ActionRecords, "due", _due),
    ),
    (files.test_case_144_a_chat_that_has_left_the_dialogue_gets_no_file, instead(exports, "_may_have", _any_chat)),
    (files.test_case_144_a_former_coordinator_gets_no_file_in_private, instead(exports, "_may_have", _any_chat)),
]
