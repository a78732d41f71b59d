"""Turn a fine-tuned checkpoint into a bundle that Maskwright loads.

    python tools/export/main.py --architecture clipseg --checkpoint FILE --out DIR --split
    python tools/export/main.py --architecture unet --random --out DIR
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from architectures import ARCHITECTURES, Choices, build
from bundle_files import EXAMPLE_CLASSES, write_bundle
from conventional import ENCODER, NETWORKS
from weights import SEED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", choices=ARCHITECTURES, required=True)
    weights = parser.add_mutually_exclusive_group(required=True)
    weights.add_argument("--checkpoint", type=Path, help="state dict (.pt, .pth, .ckpt, .safetensors); for clipseg also a folder")
    weights.add_argument("--random", action="store_true", help="random weights from a fixed seed")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle; its name is the bundle's id")
    parser.add_argument("--split", action="store_true", help="graphs text, image and decoder instead of one")
    parser.add_argument("--class", dest="classes", action="append", metavar="FAMILY/NAME",
                        help="a structure of the model, once each; for conventional models in the order of the channels")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json that the checkpoint was trained with")
    parser.add_argument("--max-tokens", type=int, help="longest prompt, where that is less than the position table")
    parser.add_argument("--encoder", default=ENCODER, help="encoder of a conventional model (default %(default)s)")
    parser.add_argument("--side", type=int, help="input size in pixels, where it is not the published one")
    parser.add_argument("--card", type=Path, help="JSON with further keys of manifest.json: licence, training, metrics ...")
    args = parser.parse_args()
    if args.split and args.architecture in NETWORKS:
        parser.error(f"{args.architecture} takes no prompt: there is nothing to split")
    if args.side and args.architecture in ("cris", "biomedclipseg"):
        parser.error(f"{args.architecture} has one input size")
    classes = tuple(args.classes or (EXAMPLE_CLASSES if args.random else ()))
    if not classes and args.architecture in NETWORKS:
        parser.error("say with --class which structure each channel is")
    choices = Choices(args.tokenizer, args.max_tokens, len(classes), args.encoder, args.side)
    model = build(args.architecture, args.checkpoint, choices)
    graphs = model.split if args.split and model.split else {"whole": model.whole}
    card = json.loads(args.card.read_text("utf-8")) if args.card else None
    manifest = write_bundle(model, graphs, args.out, random=args.random, seed=SEED, classes=classes, card=card)
    for name, graph in manifest["graphs"].items():
        print(f"{args.out / graph['file']}: {graph['bytes'] / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
