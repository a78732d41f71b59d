"""Training batches of the prompted model: drawn images, with one to four prompts each."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from augment import Changes
from cache import CachedSet
from pictures import PictureBatch, Pictures, PictureSampler, with_classes
from prompts import Case, PaperPrompts, absent_prompt, write_prompt
from text import TextEncoder

#: Several structures of one image in one batch teach the decoder to tell them apart.
MOST_TARGETS = 3
#: Images that are also asked for something that they do not show; about 11 % of the prompts.
ABSENT_SHARE = 0.25


@dataclass
class Batch(PictureBatch):
    """And P prompts: tokens [P,T,384], attention_mask [P,T], prompt_image [P] (whose prompt),
    prompt_masks [P,1,S,S]."""

    tokens: Tensor
    attention_mask: Tensor
    prompt_image: Tensor
    prompt_masks: Tensor


class Sampler(PictureSampler):
    """Prompts of every type that is true of the drawn image."""

    def __init__(self, sets: dict[str, CachedSet], splits: dict[str, dict[str, list[str]]],
                 paper: PaperPrompts, text: TextEncoder, seed: int, changes: Changes = Changes()) -> None:
        super().__init__(sets, splits, seed, changes)
        self.paper, self.text = paper, text

    def draw(self, images: int) -> Batch:
        return self.with_prompts(self.pictures(images))

    def with_prompts(self, pictures: Pictures) -> Batch:
        words, prompt_image, prompt_masks = [], [], []
        for n, (s, i) in enumerate(pictures.picks):
            looked_for = pictures.looked_for(n)
            for k in self.targets(looked_for):
                prompt_image.append(n)
                if k is None:
                    words.append(absent_prompt(s.spec, self.rng))
                    prompt_masks.append(torch.zeros_like(pictures.masks[n, 0]))
                    continue
                mask = pictures.masks[n, k]
                findings = tuple(s.classes[f] for f in looked_for if s.classes[f] in FINDINGS)
                case = Case(s.spec, s.ids[i], s.classes[k], (mask > 0.5).numpy(), pictures.mirrored[n], findings,
                            pictures.turns[n] > 0)
                words.append(self.words(case))
                prompt_masks.append(mask)
        tokens, attention_mask = self.text.batch(words)
        return Batch(**vars(with_classes(pictures)), tokens=torch.from_numpy(tokens),
                     attention_mask=torch.from_numpy(attention_mask), prompt_image=torch.tensor(prompt_image),
                     prompt_masks=torch.stack(prompt_masks)[:, None])

    def words(self, case: Case) -> str:
        """A prompt of any type that is true of the case."""
        return write_prompt(case, self.paper, self.rng)

    def targets(self, looked_for: list[int]) -> list[int | None]:
        """Up to three of the image's structures, and sometimes one that it does not show (None)."""
        chosen: list[int | None] = list(self.rng.sample(looked_for, min(MOST_TARGETS, len(looked_for))))
        return [*chosen, None] if self.rng.random() < ABSENT_SHARE else chosen


FINDINGS = ("ground glass opacity", "consolidation", "devices")
