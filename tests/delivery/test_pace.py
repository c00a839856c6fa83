"""How fast what one person writes goes out while others write, too."""

from __future__ import annotations

from bot.delivery.pace import AT_ONCE, GAP, OTHERS, Pace

MAX, ANNA, LANE = 5, 6, "matrix:!a:b"


class Now:
    """A driven clock."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_nobody_waits_alone() -> None:
    pace = Pace(Now())
    for _ in range(10 * AT_ONCE):
        pace.sent(LANE, MAX)
        pace.sent(LANE, 0)  # the bot is nobody
    assert not pace.waits(LANE)


def test_whoever_writes_much_waits_while_others_write() -> None:
    pace = Pace(now := Now())
    pace.sent("matrix:!c:d", ANNA)
    for _ in range(AT_ONCE):
        assert not pace.waits(LANE)
        pace.sent(LANE, MAX)
    assert pace.waits(LANE) == {MAX: GAP}
    now.at += GAP
    assert not pace.waits(LANE)
    pace.sent(LANE, MAX)
    assert pace.waits(LANE) == {MAX: GAP}
    now.at = OTHERS
    assert not pace.waits(LANE)
