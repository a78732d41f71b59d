"""Run exported bundles with ONNX Runtime, as the product does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

import numpy as np
from PIL import Image
from scipy import ndimage

from graphs import PYRAMID
from onnx_runtime import session
from sets import MIRRORED, TURNED
from text import TextEncoder

Features = dict[str, np.ndarray]


@dataclass(frozen=True)
class Pose:
    """How an image is held; each pose undoes itself. turned: by half a circle."""

    mirrored: bool = False
    turned: bool = False

    def of(self, planes: np.ndarray) -> np.ndarray:
        """[...,S,S] -> [...,S,S]."""
        turned = planes[..., ::-1, :] if self.turned else planes
        return turned[..., ::-1] if self.mirrored != self.turned else turned

    def holds(self, prompt: str) -> bool:
        """Whether the words are true of the posed image too: they name no place that it moves."""
        across = self.mirrored != self.turned and re.search(r"\b(left|right)\b", prompt, re.IGNORECASE)
        return not across and not (self.turned and re.search(r"\b(top|bottom|upper|lower)\b", prompt, re.IGNORECASE))


def poses(family: str, turned: frozenset[str]) -> list[Pose]:
    """As the image comes, and the poses that the family allows to a model that knows families turned."""
    return [Pose(m, t) for t in (False, True) for m in (False, True)
            if (family in MIRRORED or not m) and (family in turned or not t)]


Looks = list[tuple[Pose, Features]]


def pixel_values(image: np.ndarray) -> np.ndarray:
    """uint8 [S,S,3] -> float32 [1,3,S,S], normalised."""
    return ((image.astype(np.float32) - 127) / 128).transpose(2, 0, 1)[None]


class VlsmBundle:
    """text.onnx, image.onnx and decoder.onnx. What ships was not trained on turned images."""

    turned: frozenset[str] = frozenset()

    def __init__(self, folder: Path) -> None:
        self.image, self.decoder = session(folder / "image.onnx"), session(folder / "decoder.onnx")
        self.text = TextEncoder()

    def features(self, image: np.ndarray) -> Features:
        names = [*PYRAMID, "pooled"]
        return dict(zip(names, self.image.run(names, {"pixel_values": pixel_values(image)})))

    def pooled(self, image: np.ndarray) -> np.ndarray:
        """uint8 [S,S,3] -> float32 [432]."""
        return self.features(image)["pooled"][0]

    def looks(self, image: np.ndarray, family: str) -> Looks:
        return [(pose, self.features(posed(image, pose))) for pose in poses(family, self.turned)]

    def probabilities(self, looks: Looks, prompt: str) -> np.ndarray:
        """-> float32 [S,S] in 0..1. Words that name a place are not asked where a pose moves it."""
        tokens, mask = self.text.batch([prompt])
        answers = []
        for pose, look in looks:
            if pose.holds(prompt):
                inputs = {name: look[name] for name in PYRAMID} | {"tokens": tokens, "attention_mask": mask}
                answers.append(pose.of(self.decoder.run(["logits"], inputs)[0][0, 0]))
        return sigmoid(np.mean(answers, 0))


class ConventionalBundle:
    """image.onnx, decoder.onnx, and decoder-FAMILY.onnx of those that have their own."""

    turned = TURNED

    def __init__(self, folder: Path) -> None:
        self.image, self.decoder = session(folder / "image.onnx"), session(folder / "decoder.onnx")
        self.own = {path.stem.removeprefix("decoder-"): session(path) for path in sorted(folder.glob("decoder-*.onnx"))}

    def pooled(self, image: np.ndarray) -> np.ndarray:
        """uint8 [S,S,3] -> float32 [472]."""
        return self.image.run(["pooled"], {"pixel_values": pixel_values(image)})[0][0]

    def probabilities(self, image: np.ndarray, family: str) -> np.ndarray:
        """uint8 [S,S,3] -> float32 [C,S,S] in 0..1."""
        answers = [pose.of(self.logits(posed(image, pose), family)) for pose in poses(family, self.turned)]
        return sigmoid(np.mean(answers, 0))

    def logits(self, image: np.ndarray, family: str) -> np.ndarray:
        """uint8 [S,S,3] -> float32 [C,S,S]."""
        maps = dict(zip(PYRAMID, self.image.run(list(PYRAMID), {"pixel_values": pixel_values(image)})))
        return self.own.get(family, self.decoder).run(["logits"], maps)[0][0]


def posed(image: np.ndarray, pose: Pose) -> np.ndarray:
    """uint8 [S,S,3] -> uint8 [S,S,3]."""
    return np.ascontiguousarray(pose.of(image.transpose(2, 0, 1)).transpose(1, 2, 0))


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits.clip(-30, 30)))


class MaskRule(TypedDict):
    """As in shared/model/mask-rule.ts."""

    threshold: float
    minAreaFraction: float
    temperature: NotRequired[float]
    shape: NotRequired[Literal["ellipse"]]


def mask_at(probabilities: np.ndarray, size: tuple[int, int], rule: MaskRule) -> np.ndarray:
    """[S,S] -> bool [height,width] at the image's own size (width, height), bilinear before the
    threshold; nothing is found where less than `minAreaFraction` of the image is above `threshold`.
    Where the rule has a shape, the mask is drawn in it."""
    full = np.asarray(Image.fromarray(probabilities).resize(size, Image.Resampling.BILINEAR))
    above = (full > rule["threshold"]).mean()
    if above == 0 or above < rule["minAreaFraction"]:
        return np.zeros(full.shape, bool)
    mask = full > frame_threshold(probabilities, rule)
    return ellipse_of(mask) if rule.get("shape") == "ellipse" else mask


def ellipse_of(mask: np.ndarray) -> np.ndarray:
    """bool [H,W] -> the solid ellipse with centre and second moments of its largest piece, see ellipseOf in
    shared/model/ellipse.ts."""
    pieces, count = ndimage.label(mask, np.ones((3, 3)))
    if count == 0:
        return np.zeros_like(mask)
    places = np.argwhere(pieces == 1 + np.argmax(np.bincount(pieces.ravel())[1:]))
    centre = places.mean(0)
    covariance = (places - centre).T @ (places - centre) / len(places) + np.eye(2) / 12
    away = np.moveaxis(np.indices(mask.shape), 0, -1) - centre
    return np.einsum("...i,ij,...j", away, np.linalg.inv(covariance), away) <= 4


#: Steps of probability in which thresholds are compared.
STEPS = 512


def frame_threshold(probabilities: np.ndarray, rule: MaskRule) -> float:
    """The threshold of greatest expected Dice where the rule has a temperature and the frame shows anything at all;
    see frameThreshold in shared/model/mask-rule.ts."""
    threshold, temperature = rule["threshold"], rule.get("temperature")
    if temperature is None or probabilities.max() <= threshold:
        return threshold
    softened = sigmoid(logit(probabilities.astype(np.float64)) / temperature).ravel()
    steps = np.minimum(STEPS - 1, (softened * STEPS).astype(int))
    pixels = np.cumsum(np.bincount(steps, minlength=STEPS)[:0:-1])
    inside = np.cumsum(np.bincount(steps, softened, minlength=STEPS)[:0:-1])
    at = (STEPS - 1 - int(np.argmax(inside / (pixels + softened.sum())))) / STEPS
    return min(threshold, float(sigmoid(np.float64(temperature * logit(at)))))


def logit(probabilities: np.ndarray | float) -> np.ndarray:
    p = np.clip(probabilities, 1e-13, 1 - 1e-13)
    return np.log(p / (1 - p))


def dice(a: np.ndarray, b: np.ndarray) -> float:
    """Of two bool masks; two empty ones agree fully."""
    total = int(a.sum()) + int(b.sum())
    return 2 * int((a & b).sum()) / total if total else 1.0
