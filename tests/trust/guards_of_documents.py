"""The guards of documents, and of the minutes that they show, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.documents import html, inline
from bot.documents.word import parts
from bot.text import markdown
from bot.text.characters import utf8_safe
from handlers.agreements.minutes import _afterwards
from tests.trust import test_documents as documents
from tests.trust import test_ended_minutes as ended
from tests.trust.guards import instead


def _as_typed(text: str, **_options: bool) -> str:
    return text


async def _everybody(_ctx: object) -> None:
    """Refuse nobody."""


def _overwritten(content: Mapping[str, Any], text: str, *_more: object) -> dict[str, Any]:
    """Put a correction in the place of what was noted."""
    return {**content, "lines": [{**each, "text": text} for each in content["lines"]]}


def _never(_shown: str, _url: str) -> bool:
    return False


GUARDS: list[Any] = [
    (documents.test_case_150_a_docx_is_well_formed_whatever_people_write, instead(inline, "clean_text", utf8_safe)),
    (documents.test_case_150_a_docx_is_well_formed_whatever_people_write, instead(parts, "escape", _as_typed)),
    (documents.test_case_150_links_of_a_docx_lead_where_they_say, instead(inline, "misleads", _never)),
    (documents.test_case_150_a_page_has_no_markup_of_people, instead(html, "escape", _as_typed)),
    (documents.test_case_150_markdown_has_no_markup_of_people, instead(markdown, "escape", _as_typed)),
    (ended.test_case_151_only_coordinators_correct_minutes, instead(_afterwards, "coordinators_only", _everybody)),
    (ended.test_case_151_nothing_that_was_noted_is_altered, instead(_afterwards, "corrected", _overwritten)),
]
