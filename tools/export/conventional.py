"""UNet, UNet++ and DeepLabv3+ of segmentation-models-pytorch: one channel of logits for each structure."""

from __future__ import annotations

from pathlib import Path

import segmentation_models_pytorch as smp
import torch
from torch import Tensor, nn

from exportable import IMAGENET_MEAN, IMAGENET_STD, Exportable, Graph, Pixels
from weights import example, load, randomise

NETWORKS = {"unet": smp.Unet, "unetplusplus": smp.UnetPlusPlus, "deeplabv3plus": smp.DeepLabV3Plus}
TITLES = {"unet": "UNet", "unetplusplus": "UNet++", "deeplabv3plus": "DeepLabv3+"}
SIDE, ENCODER = 352, "resnet50"


class Whole(nn.Module):
    """pixel_values [N,3,S,S] -> logits [N,C,S,S], pooled: the mean of the encoder's deepest map."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, Tensor]:
        features = self.model.encoder(pixel_values)
        return self.model.segmentation_head(self.model.decoder(features)), features[-1].mean((2, 3))


def build(architecture: str, checkpoint: Path | None, classes: int, encoder: str = ENCODER, side: int = SIDE,
          **options: object) -> Exportable:
    model = NETWORKS[architecture](encoder_name=encoder, encoder_weights=None, classes=classes, **options).eval()
    if checkpoint is not None:
        load(model, checkpoint)
    else:
        randomise(model, lambda: model(example(side)), model.segmentation_head[0])
    whole = Graph(Whole(model).eval(), ("pixel_values",), ("logits", "pooled"))
    return Exportable(
        architecture, f"{TITLES[architecture]} with a {encoder} encoder (segmentation-models-pytorch)",
        lambda pixel_values, *_: model(pixel_values), whole, None, Pixels(side, IMAGENET_MEAN, IMAGENET_STD), None,
        network=model)
