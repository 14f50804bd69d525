# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How cost grows, as a chart: both axes are logarithmic, so that what is linear is a straight line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .growth import Line

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 48, 56
COLORS = ("#0b6bcb", "#b3590b")
MARKS = ("circle", "square")
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #222 }
  .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #ddd } .ideal { stroke: #999; stroke-dasharray: 4 4; fill: none }
  .page { fill: #fff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e6e6 } .grid { stroke: #444 } .ideal { stroke: #888 } .page { fill: #1c1c1c }
  }
"""


class Axes:
    """From items and seconds to places in the picture."""

    def __init__(self, lines: Sequence[Line]) -> None:
        counts = [count for line in lines for count in line.seconds]
        seconds = [max(value, 0.001) for line in lines for value in line.seconds.values()]
        self.columns = range(math.floor(math.log10(min(counts))), math.ceil(math.log10(max(counts))) + 1)
        self.rows = range(math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds))) + 1)

    def x(self, count: float) -> float:
        share = (math.log10(count) - self.columns[0]) / max(1, self.columns[-1] - self.columns[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, seconds: float) -> float:
        share = (math.log10(max(seconds, 0.001)) - self.rows[0]) / max(1, self.rows[-1] - self.rows[0])
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def svg(lines: Sequence[Line]) -> str:
    """The picture."""
    axes = Axes(lines)
    summary = "; ".join(
        f"{line.name}: " + ", ".join(f"{count:,} items {seconds:.2f} s" for count, seconds in line.seconds.items())
        for line in lines
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title summary">',
        '<title id="title">Seconds by number of items</title>',
        f'<desc id="summary">{summary}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="24">Seconds by number of items (start of ansible-playbook aside)</text>',
        *_grid(axes),
    ]
    for number, line in enumerate(lines):
        parts += _line(axes, line, number)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _grid(axes: Axes) -> list[str]:
    parts = []
    for power in axes.columns:
        x = axes.x(10**power)
        parts.append(f'<line class="grid" x1="{x:.0f}" y1="{TOP}" x2="{x:.0f}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{x:.0f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{10**power:,}</text>')
    for power in axes.rows:
        y = axes.y(10**power)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.0f}" x2="{WIDTH - RIGHT}" y2="{y:.0f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{10**power:g} s</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [*parts, f'<text x="{middle:.0f}" y="{HEIGHT - 12}" text-anchor="middle">items</text>']


def _line(axes: Axes, line: Line, number: int) -> list[str]:
    """The measured points, and the straight line that goes up as steeply as the number of items, through the last of them."""
    color = COLORS[number % len(COLORS)]
    points = [(axes.x(count), axes.y(seconds)) for count, seconds in line.seconds.items()]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    (first, *_middle, last) = line.seconds
    each = line.seconds[last] / last
    lowest = max(first, 10 ** axes.rows[0] / each)
    ideal = f"{axes.x(lowest):.1f},{axes.y(lowest * each):.1f} {axes.x(last):.1f},{axes.y(line.seconds[last]):.1f}"
    y = TOP + 18 + 22 * number
    return [
        f'<polyline class="ideal" points="{ideal}"/>',
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>',
        *(_mark(x, y_of_point, number, color) for x, y_of_point in points),
        _mark(LEFT + 18, y - 4, number, color),
        f'<text x="{LEFT + 30}" y="{y}">{line.name}: {each * 1000:.2f} ms each at {last:,}; dashed: linear</text>',
    ]


def _mark(x: float, y: float, number: int, color: str) -> str:
    if MARKS[number % len(MARKS)] == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>'
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{color}"/>'
