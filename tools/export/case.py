"""One case of images, prompts and the logits that PyTorch makes of them, as files that the Node side reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from exportable import Exportable, Words, normalised
from weights import example

PROMPTS = ("left lung", "one small round pink polyp, located in the top left of the image")
IMAGES = 2


def example_images(side: int) -> Tensor:
    """uint8 [IMAGES,side,side,3]."""
    return ((example(side, IMAGES) * 60 + 120).clamp(0, 255)).to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def token_ids(words: Words, prompt: str, padded: bool) -> tuple[Tensor, Tensor]:
    """int64 [1,T] ids and mask; `padded` to the length that the published code pads to."""
    ids = Tokenizer.from_str(words.tokenizer.decode()).encode(prompt).ids
    mask = [1] * len(ids)
    missing = max(0, words.padded - len(ids)) if padded else 0
    return torch.tensor([ids + [words.pad] * missing]), torch.tensor([mask + [0] * missing])


@torch.inference_mode()
def expected_logits(model: Exportable, images: Tensor, prompts: tuple[str, ...]) -> np.ndarray:
    """By the published way of running, each prompt alone and padded -> float32 [prompts,images,C,h,w]."""
    pixels = normalised(images, model.pixels)
    if not model.words:
        return model.published(pixels).numpy()[None]
    found = []
    for prompt in prompts:
        ids, mask = token_ids(model.words, prompt, padded=True)
        n = len(pixels)
        found.append(model.published(pixels, ids.expand(n, -1).contiguous(), mask.expand(n, -1).contiguous()).numpy())
    return np.stack(found)


def write_case(model: Exportable, folder: Path, prompts: tuple[str, ...] = PROMPTS) -> np.ndarray:
    """case.json, images.rgb and logits.f32 (little-endian), in C order; -> the logits."""
    folder.mkdir(parents=True, exist_ok=True)
    images = example_images(model.pixels.side)
    logits = expected_logits(model, images, prompts)
    (folder / "images.rgb").write_bytes(images.numpy().tobytes())
    (folder / "logits.f32").write_bytes(logits.astype("<f4").tobytes())
    (folder / "case.json").write_text(json.dumps({
        "side": model.pixels.side, "images": len(images), "prompts": list(prompts) if model.words else [""],
        "logits": list(logits.shape)}) + "\n")
    return logits
