"""The guards against too much at once, each taken away as in `guards`."""

from __future__ import annotations

import pytest

from bot import scheduler
from tests.trust import test_load as load


def everything_in_one_slice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scheduler, "FEWEST", 10**6)
    patch.setattr(scheduler, "MOST", 10**6)


GUARDS = [(load.test_case_94_what_is_old_is_deleted_while_others_write, everything_in_one_slice)]
