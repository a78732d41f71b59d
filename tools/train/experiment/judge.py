"""Score a trained decoder on images that it has not seen: rows as `evaluate.py` has them."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

from bundle import dice, mask_at
from cache import CachedSet, read_masks
from case_table import spread
from evaluate import NO_CLASS
from experiment.features import FeatureSet
from experiment.fit import unfold
from experiment.plan import POOLED, SHIFTED_IMAGES, VLSM, Training, classes_of
from experiment.wordings import fixed
from encoder import Pyramid
from groups import group_of
from model import pyramid_at
from prompts import Case, PaperPrompts
from sets import CLASS_NAMES, ImageSet, family_classes
from text import TextEncoder
from vocabulary import MAY_SHOW

Row = dict[str, Any]
#: A structure that images of the set cannot show.
STRANGER = "stranger"
SAME_VIEW, OTHER_VIEW = "same view", "other view"


class Oracle:
    """A decoder that can be asked for structures; words need a VLSM."""

    def __init__(self, training: Training, decoder: nn.Module, text: TextEncoder) -> None:
        self.reads = training.architecture == VLSM
        self.channels = classes_of(training.sets)
        self.decoder, self.text = decoder.eval(), text

    @torch.no_grad()
    def ask(self, pyramid: Pyramid, questions: list[str]) -> np.ndarray:
        """Prompts, or class names for a conventional decoder -> probabilities float32 [Q,256,256]."""
        with torch.autocast("cpu", torch.bfloat16):
            if self.reads:
                tokens, mask = (torch.from_numpy(a) for a in self.text.batch(questions))
                logits = self.decoder(pyramid_at(pyramid, torch.zeros(len(questions), dtype=torch.long)), tokens, mask)[0]
            else:
                coarse, presence = self.decoder(pyramid)
                at = [self.channels.index(q) for q in questions]
                logits = unfold(coarse[0, at], presence[0, at])
        return torch.sigmoid(logits[:, 0].float()).numpy()


def judge(training: Training, oracle: Oracle, sets: dict[str, FeatureSet], splits: dict[str, dict[str, list[str]]],
          paper: PaperPrompts) -> list[Row]:
    """The held-apart images (test and calibration part: nothing is calibrated here) of the sets trained on, and
    a part of all images of the shifted ones."""
    rows: list[Row] = []
    for name in training.sets:
        for image_id in splits[name]["test"] + splits[name]["calibration"]:
            rows += judge_image(training, oracle, sets[name], image_id, paper)
    for name in training.shifted:
        for image_id in spread(sets[name].cached.ids, SHIFTED_IMAGES):
            rows += judge_image(training, oracle, sets[name], image_id, {})
    return rows


def judge_image(training: Training, oracle: Oracle, features: FeatureSet, image_id: str, paper: PaperPrompts) -> list[Row]:
    cached = features.cached
    spec, i = cached.spec, cached.ids.index(image_id)
    truths = true_masks(cached, i, oracle.channels)
    asked = questions(training, oracle, cached, i, list(truths), paper)
    if not asked:
        return []
    answers = oracle.ask(features.pyramid([features.views[i][0]]), [words for _, words, _ in asked])
    size = next(iter(truths.values())).shape[::-1]
    view = (SAME_VIEW if training.view in image_id else OTHER_VIEW) if training.view else ""
    rows = []
    for (kind, _, prompted), probabilities in zip(asked, answers):
        mask = mask_at(probabilities, size, NO_CLASS)
        for target in list(truths) if kind == "name" and oracle.reads else [prompted]:
            truth = truths.get(target, np.zeros_like(mask))
            overlap = 1.0 if target == prompted else dice(truths[prompted], truth)
            rows.append({"dataset": spec.name, "view": view, "image": image_id, "group": group_of(spec.name, image_id),
                         "promptType": kind, "prompted": prompted, "target": target, "dice": round(dice(mask, truth), 4),
                         "trueFraction": round(float(truth.mean()), 5), "foundFraction": round(float(mask.mean()), 5),
                         "overlap": round(overlap, 4)})
    return rows


def true_masks(cached: CachedSet, i: int, known: list[str]) -> dict[str, np.ndarray]:
    """Masks at the image's own size of what was looked for and can be asked for."""
    drawn = read_masks(cached.folder, cached.ids[i], cached.spec)
    with Image.open(cached.folder / f"{cached.ids[i]}.jpg") as image:
        shape = image.size[::-1]
    return {name: np.asarray(drawn[name]) > 127 if name in drawn else np.zeros(shape, bool)
            for k, name in enumerate(cached.classes) if cached.annotated[i, k] and name in known}


def questions(training: Training, oracle: Oracle, cached: CachedSet, i: int, targets: list[str],
              paper: PaperPrompts) -> list[tuple[str, str, str]]:
    """(prompt type, words or class, structure meant)."""
    if training.wording:
        return [(training.wording, fixed(Case(cached.spec, cached.ids[i], t, mask_of(cached, i, t), False), training.wording), t)
                for t in targets]
    asked = [("name", t, t) for t in targets]
    if oracle.reads:
        for t in targets:
            own = paper.get((cached.spec.name, cached.ids[i], t))
            if own:
                asked += [("paper p0", "", t), *((f"paper {kind}", words[0], t) for kind, words in sorted(own.items()))]
    if training.name == POOLED and targets:
        asked.append((STRANGER, stranger(cached.spec, cached.ids[i]), STRANGER))
    return asked


def mask_of(cached: CachedSet, i: int, target: str) -> np.ndarray:
    return cached.masks[i, cached.classes.index(target)] > 127


def stranger(spec: ImageSet, image_id: str) -> str:
    """A class of another family's images, the same for every decoder."""
    own = {spec.family, *MAY_SHOW[spec.family], "ct-torso"}
    near = {name for family in own for name in family_classes(family)} | {"tumor"}
    return Random(f"{spec.name}/{image_id}").choice([n for n in CLASS_NAMES if n not in near])
