"""Turn a fine-tuned checkpoint into a bundle that Maskwright loads.

    python tools/export/main.py --architecture clipseg --checkpoint FILE --out DIR --split
    python tools/export/main.py --architecture unet --random --out DIR
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from architectures import ARCHITECTURES, Choices, build
from bundle_files import EXAMPLE_CLASSES, write_bundle
from conventional import ENCODER, NETWORKS
from weights import SEED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", choices=ARCHITECTURES, required=True)
    weights = parser.add_mutually_exclusive_group(required=True)
    weights.add_argument("--checkpoint", type=there, help="state dict (.pt, .pth, .ckpt, .safetensors); for clipseg also a folder")
    weights.add_argument("--random", action="store_true", help="random weights from a fixed seed")
    parser.add_argument("--out", type=bundle_folder, required=True, help="folder of the bundle; its name is the bundle's id")
    parser.add_argument("--split", action="store_true", help="graphs text, image and decoder instead of one")
    parser.add_argument("--class", dest="classes", action="append", metavar="FAMILY/NAME",
                        help="a structure of the model, once each; for conventional models in the order of the channels")
    parser.add_argument("--tokenizer", type=there, help="tokenizer.json that the checkpoint was trained with")
    parser.add_argument("--max-tokens", type=int, help="longest prompt, where that is less than the position table")
    parser.add_argument("--encoder", default=ENCODER, help="encoder of a conventional model (default %(default)s)")
    parser.add_argument("--side", type=int, help="input size in pixels, where it is not the published one")
    parser.add_argument("--card", type=card_in, help="JSON with further keys of manifest.json: licence, training, metrics ...")
    args = parser.parse_args()
    if args.split and args.architecture in NETWORKS:
        parser.error(f"{args.architecture} takes no prompt: there is nothing to split")
    if args.side and args.architecture in ("cris", "biomedclipseg"):
        parser.error(f"{args.architecture} has one input size")
    if args.checkpoint and args.checkpoint.is_dir() and args.architecture != "clipseg":
        parser.error(f"--checkpoint {args.checkpoint} is a folder, and {args.architecture} takes a file")
    classes = tuple(args.classes or (EXAMPLE_CLASSES if args.random else ()))
    if not classes and args.architecture in NETWORKS:
        parser.error("say with --class which structure each channel is")
    choices = Choices(args.tokenizer, args.max_tokens, len(classes), args.encoder, args.side)
    model = build(args.architecture, args.checkpoint, choices)
    graphs = model.split if args.split and model.split else {"whole": model.whole}
    manifest = write_bundle(model, graphs, args.out, random=args.random, seed=SEED, classes=classes, card=args.card)
    for name, graph in manifest["graphs"].items():
        print(f"{args.out / graph['file']}: {graph['bytes'] / 1e6:.1f} MB")


def there(text: str) -> Path:
    """A file or folder that exists."""
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{text} is not there")
    return path


def bundle_folder(text: str) -> Path:
    """A folder whose name the product takes as a bundle's id (shared/model/manifest.ts)."""
    folder = Path(text)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", folder.name):
        raise argparse.ArgumentTypeError(f"the folder's name {folder.name!r} cannot be a bundle's id: up to 64 letters, digits, dots, "
                                         "dashes and underscores, a letter or digit first")
    return folder


def card_in(text: str) -> dict[str, Any]:
    """The JSON object in a file."""
    try:
        card = json.loads(Path(text).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text} cannot be read as JSON: {error}") from error
    if not isinstance(card, dict):
        raise argparse.ArgumentTypeError(f"{text} must hold a JSON object with keys of manifest.json")
    return card


if __name__ == "__main__":
    main()
