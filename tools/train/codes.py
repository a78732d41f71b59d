"""The coded concept (DICOM PS3.3 section 8) of each class, as the catalogue's tasks name it.

    python tools/train/codes.py [--manifest FILE...]   # puts them into manifests that have none; prints what has no code
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import yaml

import paths

Code = dict[str, str]
TASKS = paths.REPOSITORY / "catalogue" / "tasks"

#: Structures that the models know and no task asks for; codes and meanings of PS3.16 (CID 4, CID 6104), the last two of
#: SNOMED CT. Left and right are in the name: a manifest's code has no modifier.
UNASKED: dict[str, Code] = {
    "left clavicle": {"scheme": "SCT", "value": "51299004", "meaning": "Clavicle"},
    "right clavicle": {"scheme": "SCT", "value": "51299004", "meaning": "Clavicle"},
    "heart and mediastinum": {"scheme": "SCT", "value": "72410000", "meaning": "Mediastinum"},
    "airways": {"scheme": "SCT", "value": "110726009", "meaning": "Trachea and bronchus"},
    "ground glass opacity": {"scheme": "DCM", "value": "112120", "meaning": "Ground glass opacity"},
    "consolidation": {"scheme": "SCT", "value": "95436008", "meaning": "Lung consolidation"},
    "devices": {"scheme": "SCT", "value": "49062001", "meaning": "Device"},
}


def class_codes(tasks: Path = TASKS) -> dict[tuple[str, str], Code]:
    """By family and name: the type of the task's target."""
    found: dict[tuple[str, str], Code] = {}
    for file in sorted(tasks.glob("*.yaml")):
        task = yaml.safe_load(file.read_text())
        for target in task["targets"]:
            kind = target["type"]
            code = {"scheme": kind["scheme"], "value": str(kind["value"]), "meaning": kind["meaning"]}
            before = found.setdefault((task["family"], target["name"]), code)
            if before != code:
                raise ValueError(f"{file.name}: {target['name']} is {code}, another task of {task['family']} says {before}")
    return found


def code_of(family: str, name: str, codes: dict[tuple[str, str], Code]) -> Code | None:
    return codes.get((family, name)) or UNASKED.get(name)


def with_code(entry: dict[str, Any], codes: dict[tuple[str, str], Code]) -> dict[str, Any]:
    """A manifest's class with its code after its family; unchanged where none is known."""
    code = code_of(entry["family"], entry["name"], codes)
    if code is None:
        return entry
    rest = {key: value for key, value in entry.items() if key not in ("name", "family", "code")}
    return {"name": entry["name"], "family": entry["family"], "code": code, **rest}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, nargs="*", default=[])
    args = parser.parse_args()
    codes = class_codes()
    for file in args.manifest:
        manifest = json.loads(file.read_text())
        manifest["classes"] = [with_code(entry, codes) for entry in manifest["classes"]]
        file.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        without = [f"{c['family']}/{c['name']}" for c in manifest["classes"] if "code" not in c]
        print(f"{file}: {len(manifest['classes']) - len(without)} codes; none for {', '.join(without) or 'no class'}")


if __name__ == "__main__":
    main()
