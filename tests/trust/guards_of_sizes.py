"""The guards of the size of an event, each taken away as in `guards`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot import parts
from bot.messengers.matrix import crypto, writing
from tests.trust import test_sizes as sizes
from tests.trust.guards import instead

bytes_not_counted = instead(parts, "fitting", lambda text, *_limit: [text])
edits_whole_twice = instead(writing, "_LARGEST", 10**9)


def letters_escaped(patch: pytest.MonkeyPatch) -> None:
    """Write each non-ASCII letter as six bytes, as nio does."""

    class Escaping:
        @staticmethod
        def dumps(value: Any, **_how: Any) -> str:
            return json.dumps(value)

    patch.setattr(crypto, "json", Escaping)


_CASE = sizes.test_case_111_a_long_text_and_its_edit_fit_into_an_encrypted_room
GUARDS = [(_CASE, bytes_not_counted), (_CASE, edits_whole_twice), (_CASE, letters_escaped)]
