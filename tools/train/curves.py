"""Learning curves of the starters' trainings: from their logs to a table, and from the table to a plot.

    python tools/train/curves.py --log "run 4/VLSM=run/vlsm.log" --log "run 4/U-Net=run/unet.log"
    python tools/train/curves.py                                  only the plot, from the table

Writes docs/benchmark/learning-curves.csv and .svg; a log takes the place of what the table had under its name.
A log's line: minutes, step, and the mean loss since the line before it. A resumed run goes on counting.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import paths
from experiment.figures import COLOURS, grid_of, save

FOLDER = paths.REPOSITORY / "docs" / "benchmark"
LINE = re.compile(r"([\d.]+) min\s+step (\d+)\s+loss ([\d.]+)")
HEAD = ["run", "model", "minutes", "step", "loss"]
MODELS = ("VLSM", "U-Net")
#: Lines over which the plot averages: one line is 20 seconds.
WINDOW = 9

Row = dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", action="append", default=[], metavar="RUN/MODEL=FILE", help="repeatable")
    args = parser.parse_args()
    table = FOLDER / "learning-curves.csv"
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for pair in args.log:
        name, log = pair.split("=", 1)
        run, model = name.rsplit("/", 1)
        rows = [row for row in rows if (row["run"], row["model"]) != (run, model)] + parse(run, model, Path(log))
    write(rows, table)
    draw(rows, FOLDER / "learning-curves.svg")


def parse(run: str, model: str, log: Path) -> list[Row]:
    """Where a restart repeats steps, what was trained later counts."""
    found: list[Row] = []
    for match in LINE.finditer(log.read_text()):
        while found and int(found[-1]["step"]) >= int(match[2]):
            found.pop()
        found.append(dict(zip(HEAD, (run, model, *match.groups()))))
    return found


def write(rows: Iterable[Row], path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def draw(rows: list[Row], path: Path) -> None:
    runs = list(dict.fromkeys(row["run"] for row in rows))
    figure, axes = grid_of(len(runs))
    for axis, run in zip(axes, runs):
        highest = 0.0
        for model, colour in zip(MODELS, COLOURS):
            mine = [row for row in rows if (row["run"], row["model"]) == (run, model)]
            if not mine:
                continue
            minutes, loss = (np.array([float(row[name]) for row in mine]) for name in ("minutes", "loss"))
            axis.plot(minutes, loss, color=colour, alpha=0.2, linewidth=0.7)
            axis.plot(smooth(minutes), smooth(loss), color=colour, label=model)
            highest = max(highest, float(np.percentile(loss, 99)))
        axis.set(title=run, xlabel="minutes of training", ylim=(0, highest * 1.05))
    figure.supylabel("loss (augmented training images)")
    axes[0].legend()
    save(figure, path)


def smooth(values: np.ndarray) -> np.ndarray:
    """Mean over WINDOW neighbours; the ends are left out."""
    return np.convolve(values, np.ones(WINDOW) / WINDOW, "valid") if len(values) >= WINDOW else values


if __name__ == "__main__":
    main()
