"""Charts to draw in tests."""

from __future__ import annotations

from collections.abc import Sequence

from bot.charts import BarChart, BarGroup, BarValue

TOPICS = (
    "Stadtbäume und Schatten",
    "Straßenbahnen: größere Übergänge für Füße & Räder",
    "Solar power on the roofs of schools and other public buildings, paid for by cooperatives of citizens and by bonds",
    "$x_1$ costs \\$5 & 10 % of \\alpha_beta^{2} #1 ~ `code` {",
    "🌳 Bäume 👩‍🚒 ☕️",
    "气候行动",
    "حماية المناخ",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsstandortentwicklungskonzept" * 3,
    "a\u202eb\x00c\nd",
    "🌳",
    "",
    "x" * 5000,
)
CITIES = ("Köln", "Indianapolis", "Charlottenburg-Wilmersdorf am See", "Leeds", "São Paulo", "香港")


def chart(topics: Sequence[str] = TOPICS, cities: Sequence[str] = CITIES[:2]) -> BarChart:
    groups = []
    for number, topic in enumerate(topics, 1):
        values = [(number * 7 + place * 3) % 11 / 2 for place, _city in enumerate(cities)]
        joint = sum(values) / len(values)
        bars = [BarValue(city, value, f"{value:.2f}") for city, value in zip(cities, values, strict=True)]
        groups.append(BarGroup(f"{number}. {topic}", (BarValue("Gemeinsam", joint, f"{joint:.2f}", True), *bars)))
    footer = ("Abgestimmt haben: Köln 12 von 18, Indianapolis 7 von 9.", "Umfrage 4")
    return BarChart(title="Was zuerst?", groups=tuple(groups), maximum=5, legend="Punkte, 0 bis 5", footer=footer)
