"""Results: one JSON file a training while the experiment runs; two files in the repository afterwards."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from pathlib import Path
from typing import Any

from groups import group_of
from paths import HERE

RESULTS = HERE / "experiment" / "results"
COLUMNS = ("training", "architecture", "repeat", "dataset", "view", "image", "group", "promptType", "prompted", "target",
           "dice", "trueFraction", "foundFraction", "overlap")
NUMBERS = ("dice", "trueFraction", "foundFraction", "overlap")
Facts = dict[str, Any]


def save(path: Path, result: Facts) -> None:
    """Write beside, then move: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(result))
    os.replace(part, path)


def gather(folder: Path, keys: list[str]) -> None:
    """Finished trainings, in the plan's order -> trainings.json (facts) and cases.csv.gz (a line a mask)."""
    found = [json.loads(p.read_text()) for p in (folder / f"{k}.json" for k in keys) if p.exists()]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for result in found:
        same = {"training": result["training"], "architecture": result["architecture"], "repeat": result["repeat"]}
        writer.writerows(same | row for row in result.pop("rows"))
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "trainings.json").write_text(json.dumps(found, indent=1) + "\n")
    with (RESULTS / "cases.csv.gz").open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def read() -> tuple[list[Facts], list[Facts]]:
    """Facts of the trainings, and all cases, from the repository."""
    trainings = json.loads((RESULTS / "trainings.json").read_text())
    with gzip.open(RESULTS / "cases.csv.gz", "rt", newline="") as file:
        cases = [row | {n: float(row[n]) for n in NUMBERS}
                 | {"repeat": int(row["repeat"]), "group": f"{row['dataset']}/{group_of(row['dataset'], row['image'])}"} for row in csv.DictReader(file)]
    return trainings, cases
