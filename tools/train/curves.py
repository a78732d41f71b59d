"""Learning curves of starter runs: from their logs to a table, and from the table to a plot.

    python tools/train/curves.py --log FIRST=run/log --log SECOND=run2/log     also makes learning-curves.csv
    python tools/train/curves.py                                               only the plot, from the table

Writes docs/benchmark/learning-curves.csv and .svg. A log's line: minutes, step, and the mean loss of both
decoders since the line before it. A resumed run goes on counting.
"""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path

import numpy as np

import paths
from experiment.figures import row_of, COLOURS, save

FOLDER = paths.REPOSITORY / "docs" / "benchmark"
LINE = re.compile(r"([\d.]+) min\s+step (\d+)\s+vlsm ([\d.]+)\s+unet ([\d.]+)")
HEAD = ["run", "minutes", "step", "vlsm", "unet"]
#: Lines over which the plot averages: one line is 20 seconds.
WINDOW = 9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", action="append", default=[], metavar="NAME=FILE", help="a run's log; repeatable")
    args = parser.parse_args()
    table = FOLDER / "learning-curves.csv"
    FOLDER.mkdir(parents=True, exist_ok=True)
    if args.log:
        rows = [row for pair in args.log for row in parse(*pair.split("=", 1))]
        with table.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
    with table.open(newline="") as file:
        draw(list(csv.DictReader(file)), FOLDER / "learning-curves.svg")


def parse(run: str, log: str) -> list[list[str]]:
    """Where a restart repeats steps, what was trained later counts."""
    found: list[list[str]] = []
    for match in LINE.finditer(Path(log).read_text()):
        while found and int(found[-1][2]) >= int(match[2]):
            found.pop()
        found.append([run, *match.groups()])
    return found


def draw(rows: list[dict[str, str]], path: Path) -> None:
    runs = list(dict.fromkeys(row["run"] for row in rows))
    figure, axes = row_of(len(runs))
    for axis, run in zip(axes, runs):
        mine = [row for row in rows if row["run"] == run]
        minutes = np.array([float(row["minutes"]) for row in mine])
        for name, colour in zip(("vlsm", "unet"), COLOURS):
            loss = np.array([float(row[name]) for row in mine])
            axis.plot(minutes, loss, color=colour, alpha=0.2, linewidth=0.7)
            axis.plot(smooth(minutes), smooth(loss), color=colour, label={"vlsm": "VLSM", "unet": "U-Net"}[name])
        axis.set(title=run, xlabel="minutes of training", ylim=(0, np.percentile([float(r["vlsm"]) for r in mine], 99) * 1.05))
    axes[0].set_ylabel("loss (augmented training images)")
    axes[0].legend()
    save(figure, path)


def smooth(values: np.ndarray) -> np.ndarray:
    """Mean over WINDOW neighbours; the ends are left out."""
    return np.convolve(values, np.ones(WINDOW) / WINDOW, "valid") if len(values) >= WINDOW else values


if __name__ == "__main__":
    main()
