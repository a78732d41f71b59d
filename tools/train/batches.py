"""Draw training batches: images of mixed sets, one to four prompts each, all annotated classes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

import augment
from cache import CachedSet
from prompts import Case, PaperPrompts, absent_prompt, write_prompt
from sets import CLASS_NAMES
from text import TextEncoder

#: Several structures of one image in one batch teach the decoder to tell them apart.
MOST_TARGETS = 3
#: Images that are also asked for something that they do not show; about 11 % of the prompts.
ABSENT_SHARE = 0.25
#: Images on which nothing is to be found are few, and what a model gets wrong most.
EMPTY_WEIGHT = 3.0


@dataclass
class Batch:
    """B images with P prompts, and M annotated (image, class) pairs.

    pixels [B,3,256,256] normalised; tokens [P,T,384], attention_mask [P,T], prompt_image [P]
    (whose prompt), prompt_masks [P,1,256,256]; class_image, class_index [M], class_masks [M,1,256,256].
    """

    pixels: Tensor
    tokens: Tensor
    attention_mask: Tensor
    prompt_image: Tensor
    prompt_masks: Tensor
    class_image: Tensor
    class_index: Tensor
    class_masks: Tensor


class Sampler:
    """Sets are drawn with probability sqrt(pairs) * weight, i.e. each pair with 1 / sqrt(pairs)."""

    def __init__(self, sets: dict[str, CachedSet], splits: dict[str, dict[str, list[str]]],
                 paper: PaperPrompts, text: TextEncoder, seed: int) -> None:
        self.sets, self.paper, self.text = list(sets.values()), paper, text
        self.rng, self.generator = Random(seed), torch.Generator().manual_seed(seed)
        self.train = []
        for s in self.sets:
            rows = {image_id: i for i, image_id in enumerate(s.ids)}
            wanted = [rows[i] for i in splits[s.spec.name]["train"] if i in rows]
            self.train.append([i for i in wanted if s.annotated[i].any()])
        self.shares = [[EMPTY_WEIGHT if not s.masks[i].any() else 1.0 for i in rows]
                       for s, rows in zip(self.sets, self.train)]
        pairs = [s.annotated[rows].sum() for s, rows in zip(self.sets, self.train)]
        self.weights = [float(np.sqrt(p)) * s.spec.weight for s, p in zip(self.sets, pairs)]

    def draw(self, images: int) -> Batch:
        chosen = self.rng.choices(range(len(self.sets)), self.weights, k=images)
        picks = [(self.sets[s], self.rng.choices(self.train[s], self.shares[s])[0]) for s in chosen]
        mirrored = [s.spec.mirror != "none" and self.rng.random() < 0.5 for s, _ in picks]
        width = max(len(s.classes) for s, _ in picks)
        pixels = torch.zeros(images, 3, 256, 256)
        masks = torch.zeros(images, width, 256, 256)
        for n, (s, i) in enumerate(picks):
            pixels[n] = torch.from_numpy(s.images[i]).permute(2, 0, 1).float() / 255
            masks[n, :len(s.classes)] = torch.from_numpy(s.masks[i]).float() / 255
        pixels, masks = augment.warp(pixels, masks, augment.affine(mirrored, self.generator))
        pixels = augment.normalise(augment.light(pixels, self.generator))
        annotated = [s.annotated[i].copy() for s, i in picks]
        for n, (s, _) in enumerate(picks):
            if mirrored[n] and s.spec.mirror == "sides":
                order = side_swap(s.classes)
                masks[n, :len(order)] = masks[n, order]
                annotated[n] = annotated[n][order]
        return self.assemble(picks, pixels, masks, annotated, mirrored)

    def assemble(self, picks: list[tuple[CachedSet, int]], pixels: Tensor, masks: Tensor,
                 annotated: list[np.ndarray], mirrored: list[bool]) -> Batch:
        words, prompt_image, prompt_masks, image_of, class_of, class_masks = [], [], [], [], [], []
        for n, (s, i) in enumerate(picks):
            looked_for = [k for k in range(len(s.classes)) if annotated[n][k]]
            for k in looked_for:
                image_of.append(n)
                class_of.append(CLASS_NAMES.index(s.classes[k]))
                class_masks.append(masks[n, k])
            for k in self.targets(looked_for):
                prompt_image.append(n)
                if k is None:
                    words.append(absent_prompt(s.spec, self.rng))
                    prompt_masks.append(torch.zeros(256, 256))
                    continue
                findings = tuple(s.classes[f] for f in looked_for if s.classes[f] in FINDINGS)
                case = Case(s.spec, s.ids[i], s.classes[k], (masks[n, k] > 0.5).numpy(), mirrored[n], findings)
                words.append(self.words(case))
                prompt_masks.append(masks[n, k])
        tokens, attention_mask = self.text.batch(words)
        return Batch(pixels.contiguous(memory_format=torch.channels_last),
                     torch.from_numpy(tokens), torch.from_numpy(attention_mask),
                     torch.tensor(prompt_image), torch.stack(prompt_masks)[:, None], torch.tensor(image_of),
                     torch.tensor(class_of), torch.stack(class_masks)[:, None])

    def words(self, case: Case) -> str:
        """A prompt of any type that is true of the case."""
        return write_prompt(case, self.paper, self.rng)

    def targets(self, looked_for: list[int]) -> list[int | None]:
        """Up to three of the image's structures, and sometimes one that it does not show (None)."""
        chosen: list[int | None] = list(self.rng.sample(looked_for, min(MOST_TARGETS, len(looked_for))))
        return [*chosen, None] if self.rng.random() < ABSENT_SHARE else chosen


FINDINGS = ("ground glass opacity", "consolidation", "devices")


def side_swap(classes: list[str]) -> list[int]:
    """Index order that exchanges "left x" and "right x" where both are there."""
    def other(name: str) -> str:
        side, _, rest = name.partition(" ")
        return {"left": f"right {rest}", "right": f"left {rest}"}.get(side, name)
    return [classes.index(other(name)) if other(name) in classes else k for k, name in enumerate(classes)]
