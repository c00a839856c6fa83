"""Faults on demand: what a network or a busy server may do to a call."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What happens to a call."""

    RESET = "reset"
    """Performed, then the connection is cut without an answer."""
    STALL = "stall"
    """Performed, but the answer never comes."""
    GARBLE = "garble"
    """Performed, then 502 with a page that is not JSON."""
    LOSE = "lose"
    """Not performed, the connection is cut."""
    HANG = "hang"
    """Not performed, and the answer never comes."""
    ERROR = "error"
    """Not performed, 500."""
    GATEWAY = "gateway"
    """Not performed, 502."""

    @property
    def performed(self) -> bool:
        """Whether the call takes effect nevertheless."""
        return self in {Fault.RESET, Fault.STALL, Fault.GARBLE}


SENDS = frozenset(
    {
        "sendMessage",
        "sendPhoto",
        "sendVideo",
        "sendAnimation",
        "sendAudio",
        "sendVoice",
        "sendVideoNote",
        "sendDocument",
        "sendSticker",
        "sendMediaGroup",
        "sendPoll",
        "sendLocation",
        "sendVenue",
        "sendContact",
        "sendDice",
        "editMessageLiveLocation",
        "stopMessageLiveLocation",
        "stopPoll",
        "editMessageText",
        "editMessageCaption",
        "editMessageMedia",
        "editMessageReplyMarkup",
        "deleteMessage",
        "deleteMessages",
    }
)


@dataclass
class Faults:
    """`once` and `always` choose faults; a call meets at most one."""

    seed: int = 1
    chances: dict[Fault, float] = field(default_factory=dict)
    """Probability of each fault for every call of `methods`."""
    methods: frozenset[str] = SENDS
    met: list[tuple[str, Fault]] = field(default_factory=list)
    """Methods and their faults, in the order in which they happened."""
    _queued: list[tuple[str, Fault]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Seed the random numbers: the same seed leads to the same faults."""
        self._dice = random.Random(self.seed)  # noqa: S311 - play, not secrets

    def once(self, *faults: Fault, method: str = "sendMessage") -> None:
        """Apply these faults to the next calls of `method`, one each."""
        self._queued += [(method, fault) for fault in faults]

    def always(self, chances: dict[Fault, float], methods: Iterable[str] = SENDS) -> None:
        """Apply faults to each call of `methods` with these probabilities from now on; `{}` ends it."""
        self.chances, self.methods = chances, frozenset(methods)

    def pick(self, method: str) -> Fault | None:
        """Return the fault for this call, if any."""
        fault = self._take(method) or self._roll(method)
        if fault:
            self.met.append((method, fault))
        return fault

    def _take(self, method: str) -> Fault | None:
        for entry in self._queued:
            if entry[0] == method:
                self._queued.remove(entry)
                return entry[1]
        return None

    def _roll(self, method: str) -> Fault | None:
        if method not in self.methods or not self.chances:
            return None
        throw = self._dice.random()
        for fault, chance in self.chances.items():
            throw -= chance
            if throw < 0:
                return fault
        return None
