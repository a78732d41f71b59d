"""Cases of one part of the splits, as `maskwright evaluate` and `calibrate` read them.

    python tools/train/case_table.py --part test --out test.csv

Needs no other package than Python's own.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import paths
from groups import group_of, trained_on
from sets import ALL_SETS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--part", choices=("train", "calibration", "test"), required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=10_000, help="images a set")
    parser.add_argument("--sets", nargs="*", help="only these")
    parser.add_argument("--unseen", action="store_true", help="without images of a patient, exam or sequence that was trained on")
    args = parser.parse_args()
    folders = {folder.name: folder for folder in [*args.images.iterdir(), *args.phantoms] if folder.is_dir()}
    with args.out.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image", "mask", "target", "attributes", "dataset", "group"])
        for name, parts in json.loads(paths.SPLITS.read_text())["sets"].items():
            if name not in folders or (args.sets and name not in args.sets):
                continue
            is_seen = trained_on(name, parts) if args.unseen else lambda _: False
            for image_id in spread([i for i in parts[args.part] if not is_seen(i)], args.limit):
                writer.writerows(cases(folders[name], name, image_id))


def spread(ids: list[str], limit: int) -> list[str]:
    """At most `limit` ids, from the whole list."""
    return ids if len(ids) <= limit else [ids[i * len(ids) // limit] for i in range(limit)]


def cases(folder: Path, name: str, image_id: str) -> list[list[str]]:
    """A row for each structure with a mask; several files of one structure are left out, for they are parts."""
    structures = ALL_SETS[name].structures
    rows = []
    for structure, target in structures.items():
        mask = folder / f"{image_id}{'.' if structure else ''}{structure}.png"
        parts = [s for s, t in structures.items() if t == target]
        if mask.exists() and len(parts) == 1:
            rows.append([str(folder / f"{image_id}.jpg"), str(mask), target, "", name, f"{name}/{group_of(name, image_id)}"])
    return rows


if __name__ == "__main__":
    main()
