"""CARD.md from a manifest: what a person should know before using the bundle."""

from __future__ import annotations

from typing import Any

from cache import SIDE, SIDES
from report import table

LIMITS = (
    f"{SIDE} x {SIDE} input (fundus {SIDES['fundus']} x {SIDES['fundus']}): thin or small structures (vessels, clavicles, small lesions) are coarse.",
    "Few hundred images a family, most from one place each; expect less on other scanners. The domain files measure "
    "how far an image is from the training images, they do not promise quality.",
    "Presence is learnt from few empty images, and many prompts for something that the image cannot show get a mask "
    "all the same (report, \"Nothing to find\"). The product keeps no mask of a structure that is not among the classes.",
    "CT slices of the torso are known from synthetic phantoms only; chest X-ray and endoscopy also from phantoms.",
    "Left and right are the patient's. Chest X-rays are expected in the usual display (patient's left on the image's "
    "right).",
    "Sex, age and ethnicity of the training patients are mostly unknown; no subgroup was evaluated.",
)
NO_PROMPT = "This model takes no prompt: each class has its own channel."


def write_card(manifest: dict[str, Any], wrong_prompts: str, both_sides: str) -> str:
    """wrong_prompts: the control's table, both_sides: the images of exams that were trained on; markdown."""
    sections = [
        f"# {manifest['id']} {manifest['version']}",
        "**Research use only. Not a medical device.**",
        f"{manifest['architecture']}.",
        f"Licence of the weights: {manifest['licence']}.",
        "## Files", files(manifest),
        "## Training data", data(manifest),
        f"Trained {manifest['training']['minutes']} minutes on {manifest['training']['date']}, seed "
        f"{manifest['training']['seed']}, code in `{manifest['training']['code']}`. Images are those of the training "
        "part; another part of each set was held apart by patient, exam or sequence where that was known when the split was made.",
        "## Dice on held-apart images", metrics(manifest),
        "Mean Dice at the image's own size with the exported graphs; 95 % bootstrap interval over patients or "
        "sequences. All cases and other prompt types: `tools/train/report.md`.",
        "## Exams on both sides of the split", both_sides,
        "## Wrong-prompt control", wrong_prompts if manifest["kind"] == "vlsm" else NO_PROMPT,
        "## Limits", "\n".join(f"- {limit}" for limit in LIMITS),
        "## Notes", "\n".join(f"- {note}" for note in manifest["notes"]),
    ]
    return "\n\n".join(sections) + "\n"


def files(manifest: dict[str, Any]) -> str:
    entries = [*manifest["graphs"].values(), *(d["decoder"] for d in manifest["domain"].values() if "decoder" in d),
               *([manifest["tokenizer"]] if "tokenizer" in manifest else [])]
    return table(["file", "bytes", "sha256"], [[e["file"], f"{e['bytes']:,}", f"`{e['sha256']}`"] for e in entries])


def data(manifest: dict[str, Any]) -> str:
    return table(["set", "images", "licence", "source"],
                 [[d["name"], str(d["images"]), d["licence"], d["source"]] for d in manifest["training"]["data"]])


def metrics(manifest: dict[str, Any]) -> str:
    return table(["set", "structure", "n", "Dice", "95 % interval"],
                 [[m["dataset"], m["target"], str(m["n"]), f"{m['dice']:.3f}",
                   f"{m['diceLow']:.3f} to {m['diceHigh']:.3f}"] for m in manifest["metrics"]])

