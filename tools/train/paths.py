"""Where things lie, relative to the repository; each can be set by a flag."""

from __future__ import annotations

import argparse
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
SPLITS = HERE / "splits.json"


def add_data_flags(parser: argparse.ArgumentParser) -> None:
    """--images, --prompts, --phantoms (repeatable) and --run: the same in every command."""
    parser.add_argument("--images", type=Path, default=SHARED_DATA / "images", help="folder of the image sets")
    parser.add_argument("--prompts", type=Path, default=SHARED_DATA / "prompts", help="the paper's prompt files")
    parser.add_argument("--phantoms", type=Path, action="append", default=[], help="a phantom set; repeatable")
    parser.add_argument("--run", type=Path, default=HERE / "run", help="cache, checkpoints and log go here")
