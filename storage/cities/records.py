"""The records of cities and dialogues."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A city, with the locale (`de_DE`) and zone (`Europe/Berlin`) of its people."""

    id: int
    name: str
    locale: str
    zone: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation that two or more paired cities share."""

    id: int
    name: str
    cities: tuple[City, ...]
