"""What a chart shows. All texts are shown as they are: formatted for their reader, and never read as markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


class ChartError(Exception):
    """A chart could not be drawn within the limits of time and memory."""


@dataclass(frozen=True, slots=True)
class BarValue:
    """One bar: its `label`, its `value` from 0 to the maximum of the chart, and the same as `text`.

    `value` is None if there is none; the text then says so. A `total` stands out from the other bars of its group.
    """

    label: str
    value: float | None
    text: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars that belong together, below a title. The same label has the same pattern in each group of a chart."""

    title: str
    bars: tuple[BarValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Horizontal bars in groups, from top to bottom. `legend`: what the bars mean; `footer`: one paragraph each."""

    title: str
    groups: tuple[BarGroup, ...]
    maximum: float
    legend: str = ""
    footer: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the chart as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> BarChart:
        """Return the chart that `to_json` returned."""
        groups = [BarGroup(each["title"], tuple(BarValue(**bar) for bar in each["bars"])) for each in values["groups"]]
        return cls(**{**values, "groups": tuple(groups), "footer": tuple(values["footer"])})
