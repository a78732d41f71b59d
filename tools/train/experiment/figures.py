"""Plots as SVG whose bytes depend on the figures alone."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "maskwright", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False,
                            "axes.spines.right": False, "figure.constrained_layout.use": True})
from matplotlib import pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

#: VLSM first, then U-Net, U-Net++ and DeepLabv3+.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
Interval = tuple[float, float, float]


def grid_of(count: int, across: int = 4) -> tuple[Figure, list[Axes]]:
    """Plots in rows of `across`."""
    down = -(-count // across)
    figure, axes = pyplot.subplots(down, across, figsize=(3.6 * across + 1, 3.2 * down), squeeze=False, layout="constrained")
    for axis in axes.flat[count:]:
        axis.remove()
    return figure, list(axes.flat[:count])


def save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def dots(rows: list[str], series: dict[str, list[Interval | None]], label: str, path: Path) -> None:
    """One line a row, one dot with its interval (value, low, high) a series."""
    figure, axis = pyplot.subplots(figsize=(7.5, 0.9 + 0.32 * len(rows)))
    spread = np.linspace(-0.28, 0.28, len(series))
    for (name, values), colour, shift in zip(series.items(), COLOURS, spread):
        known = [(n, v) for n, v in enumerate(values) if v is not None]
        if not known:
            continue
        at = np.array([n + shift for n, _ in known])
        middle, low, high = np.array([v for _, v in known]).T
        axis.errorbar(middle, at, xerr=[np.maximum(middle - low, 0), np.maximum(high - middle, 0)], fmt="o", markersize=3.5,
                      linewidth=1, color=colour, label=name)
    axis.set(yticks=range(len(rows)), yticklabels=rows, xlabel=label, ylim=(len(rows) - 0.5, -0.5))
    axis.grid(axis="x", linewidth=0.4, alpha=0.6)
    if axis.containers:
        axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(series), frameon=False)
    save(figure, path)
