"""Measured values and their targets, as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.system.streams import Tally


@dataclass(frozen=True)
class Figure:
    """A row of the table. `holds`: None without a target. `floor`: ratio to the bare client's result."""

    what: str
    value: str
    target: str = ""
    holds: bool | None = None
    floor: float | None = None
    broken: bool = False
    """Something was lost, duplicated or out of order, whatever the speed."""

    @property
    def verdict(self) -> str:
        return {None: "", True: "pass", False: "FALLS SHORT"}[self.holds]


def at_most(what: str, value: float, limit: float, unit: str, floor: float | None = None) -> Figure:
    return Figure(what, f"{value:.1f} {unit}", f"≤ {limit:g} {unit}", value <= limit, floor)


def at_least(what: str, value: float, limit: float, unit: str, floor: float | None = None) -> Figure:
    return Figure(what, f"{value:.1f} {unit}", f"≥ {limit:g} {unit}", value >= limit, floor)


def known(what: str, value: float, unit: str, floor: float | None = None) -> Figure:
    """Return a figure that has no target."""
    return Figure(what, f"{value:.1f} {unit}", floor=floor)


def nothing_wrong(what: str, tally: Tally) -> Figure:
    value = f"{tally.said}: {tally.lost} lost, {tally.doubled} doubled, {tally.disordered} disordered"
    return Figure(what, value, "0, 0, 0", tally.good, broken=not tally.good)


def table(figures: Iterable[Figure]) -> str:
    rows = [("", "measured", "target", "", "× floor")]
    rows += [(f.what, f.value, f.target, f.verdict, f"{f.floor:.2f}" if f.floor else "") for f in figures]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "─" * len(max(lines, key=len)), *lines[1:]])
