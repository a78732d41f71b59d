"""manifest.json, tokenizer.json and CARD.md beside the graphs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from exportable import Exportable, Graph
from graph_file import write_graphs

RANDOM = "Random weights from a fixed seed: made to prove the export, segments nothing."
NOT_MEASURED = ("Not calibrated: thresholds are 0.5, and there are no statistics of the training images, so the distance "
                "of an image to them is not judged.")
#: A bundle of random weights has these so that it loads; a real one gets its own by --class.
EXAMPLE_CLASSES = ("chest-xray/left lung", "chest-xray/right lung", "chest-xray/heart")


def write_bundle(model: Exportable, graphs: dict[str, Graph], folder: Path, *, random: bool, seed: int,
                 classes: tuple[str, ...] = EXAMPLE_CLASSES, card: dict[str, Any] | None = None) -> dict[str, Any]:
    """`card`: whatever of the manifest this tool cannot know (licence, training, metrics, notes, domain ...)."""
    folder.mkdir(parents=True, exist_ok=True)
    write_graphs(model, graphs, folder)
    if model.words:
        (folder / "tokenizer.json").write_bytes(model.words.tokenizer)
    manifest = manifest_of(model, graphs, folder, random, seed, classes) | (card or {})
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (folder / "CARD.md").write_text(card_of(manifest), "utf-8")
    return manifest


def manifest_of(model: Exportable, graphs: dict[str, Graph], folder: Path, random: bool, seed: int,
                classes: tuple[str, ...]) -> dict[str, Any]:
    notes = [*([RANDOM] if random else []), NOT_MEASURED, *model.notes]
    tokenizer = {"tokenizer": described(folder / "tokenizer.json") | {"maxTokens": model.words.max_tokens}} if model.words else {}
    return {
        "schema": "maskwright.bundle/1", "id": folder.name, "version": "1.0.0",
        "kind": "vlsm" if model.words else "conventional", "architecture": model.describes,
        "researchUseOnly": True, "licence": "none: random weights" if random else "unknown: say it with --card",
        "graphs": {name: described(folder / f"{name}.onnx") for name in graphs}, **tokenizer,
        "input": {"width": model.pixels.side, "height": model.pixels.side, "channels": 3, "resize": "squash",
                  "mean": [round(255 * v, 6) for v in model.pixels.mean],
                  "std": [round(255 * v, 6) for v in model.pixels.std]},
        "classes": [class_of(one, None if model.words else n) for n, one in enumerate(classes)],
        "domain": {}, "metrics": [],
        "training": {"data": [], "minutes": 0, "seed": seed, "date": "unknown", "code": "tools/export"},
        "notes": notes,
    }


def class_of(name: str, channel: int | None) -> dict[str, Any]:
    """FAMILY/NAME."""
    family, _, structure = name.partition("/")
    if not family or not structure:
        raise SystemExit(f"--class {name}: FAMILY/NAME is expected, for example chest-xray/heart")
    return {"name": structure, "family": family, "threshold": 0.5, "minAreaFraction": 0,
            **({} if channel is None else {"channel": channel})}


def described(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {"file": file.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def card_of(manifest: dict[str, Any]) -> str:
    graphs = "\n".join(f"| {name} | {one['bytes'] / 1e6:.1f} MB |" for name, one in manifest["graphs"].items())
    notes = "\n".join(f"- {note}" for note in manifest["notes"])
    size = manifest["input"]
    return (f"# {manifest['id']} {manifest['version']}\n\n{manifest['architecture']}.\n\n"
            f"Licence: {manifest['licence']}. Research use only.\n\n"
            f"Input: {size['width']} x {size['height']} pixels, the whole image squashed to it; mean {size['mean']}, "
            f"deviation {size['std']} of 0..255.\n\n| graph | size |\n| --- | --- |\n{graphs}\n\n{notes}\n")
