"""Run exported bundles with ONNX Runtime, as the product does."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from graphs import PYRAMID
from sets import MIRRORED
from text import TextEncoder

Features = dict[str, np.ndarray]


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def pixel_values(image: np.ndarray) -> np.ndarray:
    """uint8 [S,S,3] -> float32 [1,3,S,S], normalised."""
    return ((image.astype(np.float32) - 127) / 128).transpose(2, 0, 1)[None]


class VlsmBundle:
    """text.onnx, image.onnx and decoder.onnx."""

    def __init__(self, folder: Path) -> None:
        self.image, self.decoder = session(folder / "image.onnx"), session(folder / "decoder.onnx")
        self.text = TextEncoder()

    def features(self, image: np.ndarray) -> Features:
        names = [*PYRAMID, "pooled"]
        return dict(zip(names, self.image.run(names, {"pixel_values": pixel_values(image)})))

    def pooled(self, image: np.ndarray) -> np.ndarray:
        """uint8 [S,S,3] -> float32 [432]."""
        return self.features(image)["pooled"][0]

    def looks(self, image: np.ndarray, family: str) -> list[Features]:
        """Of the image, and of its mirror image where the family allows."""
        return [self.features(each) for each in mirrored(image, family)]

    def probabilities(self, looks: list[Features], prompt: str) -> np.ndarray:
        """-> float32 [S,S] in 0..1. Words that name a side are not asked of the mirror image."""
        tokens, mask = self.text.batch([prompt])
        asked = looks[:1] if NAMES_SIDE.search(prompt) else looks
        inputs = [{name: look[name] for name in PYRAMID} | {"tokens": tokens, "attention_mask": mask} for look in asked]
        return sigmoid(mean_of([self.decoder.run(["logits"], each)[0][0, 0] for each in inputs]))


class ConventionalBundle:
    """whole.onnx."""

    def __init__(self, folder: Path) -> None:
        self.whole = session(folder / "whole.onnx")

    def pooled(self, image: np.ndarray) -> np.ndarray:
        """uint8 [S,S,3] -> float32 [472]."""
        return self.whole.run(["pooled"], {"pixel_values": pixel_values(image)})[0][0]

    def probabilities(self, image: np.ndarray, family: str) -> np.ndarray:
        """uint8 [S,S,3] -> float32 [C,S,S] in 0..1."""
        answers = [self.whole.run(["logits"], {"pixel_values": pixel_values(each)})[0][0]
                   for each in mirrored(image, family)]
        return sigmoid(mean_of(answers))


NAMES_SIDE = re.compile(r"\b(left|right)\b", re.IGNORECASE)


def mirrored(image: np.ndarray, family: str) -> list[np.ndarray]:
    return [image, np.ascontiguousarray(image[:, ::-1])] if family in MIRRORED else [image]


def mean_of(logits: list[np.ndarray]) -> np.ndarray:
    """[...,S] of the image and, where there are two, of its mirror image."""
    return np.mean([logits[0], *(each[..., ::-1] for each in logits[1:])], 0)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits.clip(-30, 30)))


def mask_at(probabilities: np.ndarray, size: tuple[int, int], threshold: float, least: float) -> np.ndarray:
    """[S,S] -> bool [height,width] at the image's own size (width, height), bilinear before the
    threshold; a mask of less than `least` of the image counts as nothing found."""
    full = np.asarray(Image.fromarray(probabilities).resize(size, Image.Resampling.BILINEAR))
    mask = full > threshold
    return mask if mask.mean() >= least else np.zeros_like(mask)


def dice(a: np.ndarray, b: np.ndarray) -> float:
    """Of two bool masks; two empty ones agree fully."""
    total = int(a.sum()) + int(b.sum())
    return 2 * int((a & b).sum()) / total if total else 1.0
