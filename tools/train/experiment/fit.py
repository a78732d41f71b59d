"""Train one decoder on cached features: a fixed number of samples from a fixed seed, on one thread."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from batches import Batch
from encoder import Pyramid
from experiment.conventional import DeepLabV3Plus, UNet, UNetPlusPlus
from experiment.plan import BATCH, CLIP, EMA, RATE, SEED, VLSM, WEIGHT_DECAY, Training, classes_of
from experiment.prompted import NarrowVlsm
from experiment.sampler import FeatureSampler
from losses import mask_loss
from model import MovingAverage, pyramid_at
from sets import CLASS_NAMES

CONVENTIONAL = {"U-Net": UNet, "U-Net++": UNetPlusPlus, "DeepLabv3+": DeepLabV3Plus}
#: The moving average takes every fourth step: it costs as much as the optimiser.
AVERAGED = 4
Statistics = tuple[Tensor, Tensor]


@dataclass
class Fitted:
    """The averaged decoder; curve: mean loss of each twentieth of the training."""

    decoder: nn.Module
    curve: list[float]
    parameters: int


def decoder_of(training: Training, text: Statistics) -> nn.Module:
    torch.manual_seed(SEED)
    if training.architecture == VLSM:
        return NarrowVlsm(*text).to(memory_format=torch.channels_last)
    return CONVENTIONAL[training.architecture](len(classes_of(training.sets))).to(memory_format=torch.channels_last)


def fit(training: Training, sampler: FeatureSampler, text: Statistics) -> Fitted:
    """The same training gives the same weights on the same machine."""
    decoder = decoder_of(training, text).train()
    average = MovingAverage(decoder, EMA)
    optimiser = torch.optim.AdamW(decoder.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY, fused=True)
    channels = {CLASS_NAMES.index(name): k for k, name in enumerate(classes_of(training.sets))}
    steps = math.ceil(training.samples / BATCH)
    warm_up = max(1, steps // 20)
    losses = []
    for step in range(steps):
        rate = RATE * min(1.0, (step + 1) / warm_up) * 0.5 * (1 + math.cos(math.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = rate
        pyramid, batch = sampler.draw_features(BATCH)
        loss = loss_of(decoder, pyramid, batch, channels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), CLIP)
        optimiser.step()
        if step % AVERAGED == 0:
            average.update(decoder, step // AVERAGED)
        losses.append(loss.item())
    parts = [losses[steps * k // 20:steps * (k + 1) // 20] for k in range(20)]
    curve = [round(sum(p) / len(p), 4) for p in parts if p]
    return Fitted(average.model, curve, sum(p.numel() for p in decoder.parameters()))


def loss_of(decoder: nn.Module, pyramid: Pyramid, batch: Batch, channels: dict[int, int]) -> Tensor:
    """A prompt's mask, or every class that is annotated in the image."""
    with torch.autocast("cpu", torch.bfloat16):
        if isinstance(decoder, NarrowVlsm):
            logits, there = decoder(pyramid_at(pyramid, batch.prompt_image), batch.tokens, batch.attention_mask)
            return mask_loss(logits, there, batch.prompt_masks)
        coarse, presence = decoder(pyramid)
    at = (batch.class_image, torch.tensor([channels[int(k)] for k in batch.class_index]))
    return mask_loss(unfold(coarse[at], presence[at]), presence[at], batch.class_masks)


def unfold(coarse: Tensor, presence: Tensor) -> Tensor:
    """[M,16,64,64], presence [M] -> logits [M,1,256,256]."""
    return F.pixel_shuffle(coarse, 4).float() - F.softplus(-presence)[:, None, None, None]
