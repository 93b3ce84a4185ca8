"""Draws the two curves of the confidence as SVG, a panel a language. It computes nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from askarticle.confidence import FOUND_FROM

_SIZE, _LEFT, _TOP = 300, 56, 40
_WIDTH, _HEIGHT = _SIZE + _LEFT + 24, _SIZE + _TOP + 52  # of a panel
_COLOURS = ("#0072b2", "#d55e00", "#009e73")  # told apart by the colour-blind too
_NAMES = {"zh": "Chinese questions", "en": "English questions"}

Bins = Sequence[tuple[float, float, int]]


def reliability(bins: Mapping[str, Bins]) -> str:
    """By language, ten bins of first hits: (mean confidence, share right, how many)."""
    panels = []
    for language, found in bins.items():
        points = [(said, right) for said, right, _ in found]
        counts = (
            _text(said, right - 0.06, str(count), anchor="start", dx=5)
            for said, right, count in found
        )
        panels.append(
            _axes(_NAMES.get(language, language), "confidence of the first hit", "share right")
            + _line([(0, 0), (1, 1)], "#999", dash="4 4")
            + _line(points, _COLOURS[0])
            + "".join(_dot(*point, _COLOURS[0]) for point in points)
            + "".join(counts)
        )
    return _picture(panels)


def answered(confidences: Mapping[str, Mapping[str, NDArray[np.float64]]]) -> str:
    """By language and kind of question, the replies' confidences: how many get an answer."""
    thresholds = np.linspace(0, 1, 101)
    panels = []
    for language, kinds in confidences.items():
        panel = _axes(
            _NAMES.get(language, language), "least confidence of a reply", "share answered"
        )
        for word, least in FOUND_FROM.items():
            panel += _line([(least, 0), (least, 1)], "#999", dash="2 3")
            panel += _text(least, 0.02, word, anchor="start", dx=-4, turn=True)
        for number, (kind, sure) in enumerate(kinds.items()):
            shares = [float((sure >= least).mean()) for least in thresholds]
            panel += _line(list(zip(thresholds, shares, strict=True)), _COLOURS[number])
            at = 0.94 - 0.07 * number
            panel += _line([(0.55, at), (0.61, at)], _COLOURS[number])
            panel += _text(0.63, at - 0.015, f"{kind} ({len(sure)})", anchor="start")
        panels.append(panel)
    return _picture(panels)


def _picture(panels: Sequence[str]) -> str:
    width = _WIDTH * len(panels)
    moved = (f'<g transform="translate({_WIDTH * i} 0)">{p}</g>' for i, p in enumerate(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}" '
        f'height="{_HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(moved)}</svg>\n'
    )


def _axes(title: str, across: str, up: str) -> str:
    ticks = np.linspace(0, 1, 6)
    return (
        "".join(
            _line([(at, 0), (at, 1)], "#eee") + _line([(0, at), (1, at)], "#eee") for at in ticks
        )
        + "".join(_text(at, -0.06, f"{at:.1f}") for at in ticks)
        + "".join(_text(0, at - 0.012, f"{at:.1f}", anchor="end", dx=-8) for at in ticks)
        + "".join(
            _line(side, "#222", thin=True)
            for side in pairwise([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
        )
        + _text(0.5, 1.04, title)
        + _text(0.5, -0.13, across)
        + _text(0, 0.5, up, dx=-36, turn=True)
    )


def _line(
    points: Iterable[tuple[float, float]], colour: str, *, dash: str = "", thin: bool = False
) -> str:
    at = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    width = 1 if dash or thin or colour == "#eee" else 2
    return f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3.5" fill="{colour}"/>'


def _text(
    x: float, y: float, text: str, *, anchor: str = "middle", dx: float = 0, turn: bool = False
) -> str:
    at = f"{_x(x) + dx:.1f} {_y(y):.1f}"
    turned = " rotate(-90)" if turn else ""
    return f'<text transform="translate({at}){turned}" text-anchor="{anchor}">{escape(text)}</text>'


def _x(value: float) -> float:
    return _LEFT + value * _SIZE


def _y(value: float) -> float:
    return _TOP + (1 - value) * _SIZE
