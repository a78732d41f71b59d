"""Cross-entropy and Dice on masks, cross-entropy on presence."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

PRESENCE_WEIGHT = 0.3


def mask_loss(logits: Tensor, presence: Tensor, target: Tensor) -> Tensor:
    """logits and target [M,1,S,S], presence [M]. Dice only where something is there."""
    there = (target.amax((1, 2, 3)) > 0.5).float()
    entropy = F.binary_cross_entropy_with_logits(logits, target)
    p = torch.sigmoid(logits)
    overlap, total = (p * target).sum((1, 2, 3)), (p + target).sum((1, 2, 3))
    dice = 1 - (2 * overlap + 1) / (total + 1)
    dice = (dice * there).sum() / there.sum().clamp(min=1)
    return entropy + dice + PRESENCE_WEIGHT * F.binary_cross_entropy_with_logits(presence, there)
