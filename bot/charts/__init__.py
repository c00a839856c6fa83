"""Charts as pictures, drawn in a process of its own: what draws takes much memory, and is needed for a second."""

from bot.charts.model import BarChart, BarGroup, BarValue, ChartError
from bot.charts.process import draw

__all__ = ["BarChart", "BarGroup", "BarValue", "ChartError", "draw"]
