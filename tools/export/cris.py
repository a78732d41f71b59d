"""CRIS: CLIP-driven referring image segmentation, a compact implementation from the paper (arXiv 2111.15174, section 3).

Names of parameters are those of the public checkpoints (`backbone`, `neck`, `decoder`, `proj`), so that a fine-tuned
state dict loads as it is. `fix_side` must follow loading.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clip_backbone import Clip, ClipSize, multihead

STRIDE_OF_DECODER = 16


@dataclass(frozen=True)
class CrisSize:
    clip: ClipSize = field(default_factory=ClipSize)
    side: int = 416
    #: Channels of the fused maps at strides 8, 16 and 32; the middle one is the decoder's width.
    neck: tuple[int, int, int] = (256, 512, 1024)
    layers: int = 3
    heads: int = 8
    feed_forward: int = 2048


def conv(inside: int, out: int, kernel: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inside, out, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU())


def double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class Coordinates(nn.Module):
    """A convolution that also sees where it is: x and y from -1 to 1 as two more channels."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.conv1 = conv(channels + 2, channels, 3)
        line = torch.linspace(-1, 1, side)
        y, x = torch.meshgrid(line, line, indexing="ij")
        self.register_buffer("grid", torch.stack([x, y])[None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv1(torch.cat([x, self.grid.expand(x.shape[0], -1, -1, -1)], 1))


class Neck(nn.Module):
    """Feature pyramid at stride 16, opened by the prompt: the deepest map is multiplied with the sentence."""

    def __init__(self, size: CrisSize) -> None:
        super().__init__()
        inside = (size.clip.width * 8, size.clip.width * 16, size.clip.embed)
        out = size.neck
        self.txt_proj = nn.Sequential(nn.Linear(size.clip.embed, out[2], bias=False), nn.BatchNorm1d(out[2]), nn.ReLU())
        self.f1_v_proj = conv(inside[2], out[2], 1)
        self.norm_layer = nn.Sequential(nn.BatchNorm2d(out[2]), nn.ReLU())
        self.f2_v_proj, self.f2_cat = conv(inside[1], out[1], 3), conv(out[2] + out[1], out[1], 1)
        self.f3_v_proj, self.f3_cat = conv(inside[0], out[0], 3), conv(out[0] + out[1], out[1], 1)
        self.f4_proj5, self.f4_proj4, self.f4_proj3 = (conv(n, out[1], 3) for n in (out[2], out[1], out[1]))
        self.aggr = conv(3 * out[1], out[1], 1)
        self.coordconv = nn.Sequential(Coordinates(out[1], size.side // STRIDE_OF_DECODER), conv(out[1], out[1], 3))

    def forward(self, maps: tuple[Tensor, Tensor, Tensor], sentence: Tensor) -> Tensor:
        stride8, stride16, stride32 = maps
        gate = self.txt_proj(sentence)[:, :, None, None]
        f5 = self.norm_layer(self.f1_v_proj(stride32) * gate)
        f4 = self.f2_cat(torch.cat([self.f2_v_proj(stride16), double(f5)], 1))
        f3 = self.f3_cat(torch.cat([F.avg_pool2d(self.f3_v_proj(stride8), 2), f4], 1))
        fused = torch.cat([self.f4_proj3(f3), self.f4_proj4(f4), double(self.f4_proj5(f5))], 1)
        return self.coordconv(self.aggr(fused))


class DecoderLayer(nn.Module):
    def __init__(self, width: int, heads: int, feed_forward: int) -> None:
        super().__init__()
        self.self_attn_norm, self.cross_attn_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.self_attn, self.multihead_attn = (nn.MultiheadAttention(width, heads) for _ in range(2))
        self.ffn = nn.Sequential(nn.Linear(width, feed_forward), nn.ReLU(), nn.Dropout(0.1), nn.LayerNorm(feed_forward),
                                 nn.Linear(feed_forward, width))
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x: Tensor, places: Tensor, words: Tensor, order: Tensor, mask: Tensor) -> Tensor:
        y = self.norm1(x)
        x = x + self.self_attn_norm(multihead(self.self_attn, y + places, y + places, y))
        y = self.norm2(x)
        x = x + self.cross_attn_norm(multihead(self.multihead_attn, y + places, words + order, words, mask))
        return x + self.ffn(self.norm3(x))


class Decoder(nn.Module):
    def __init__(self, size: CrisSize) -> None:
        super().__init__()
        width, side = size.neck[1], size.side // STRIDE_OF_DECODER
        self.layers = nn.ModuleList(DecoderLayer(width, size.heads, size.feed_forward) for _ in range(size.layers))
        self.norm = nn.LayerNorm(width)
        self.register_buffer("places", places(side, width), persistent=False)
        self.register_buffer("order", waves(torch.arange(size.clip.context), width), persistent=False)

    def forward(self, x: Tensor, words: Tensor, attention_mask: Tensor) -> Tensor:
        hidden = (1 - attention_mask[:, None, None, :].to(x.dtype)) * -1e4
        flat, order = x.flatten(2).transpose(1, 2), self.order[:words.shape[1]]
        for layer in self.layers:
            flat = layer(flat, self.places, words, order, hidden)
        return self.norm(flat).transpose(1, 2).unflatten(2, (x.shape[2], x.shape[3]))


def waves(position: Tensor, width: int) -> Tensor:
    """Sines and cosines in turn, [P] -> [P,width]."""
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    angle = position[:, None] * rates
    return torch.stack([angle.sin(), angle.cos()], 2).flatten(1)


def places(side: int, width: int) -> Tensor:
    """[side * side,width]: the first half of the channels tells the column, the second the row."""
    line = waves(torch.arange(side), width // 2)
    return torch.cat([line[None].expand(side, -1, -1), line[:, None].expand(-1, side, -1)], 2).flatten(0, 1)


class Projector(nn.Module):
    """The sentence becomes a 3 x 3 kernel that is laid over the image's features."""

    def __init__(self, width: int, embed: int) -> None:
        super().__init__()
        self.channels = width // 2
        self.vis = nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), conv(width, width, 3),
                                 nn.Upsample(scale_factor=2, mode="bilinear"), conv(width, self.channels, 3),
                                 nn.Conv2d(self.channels, self.channels, 1))
        self.txt = nn.Linear(embed, self.channels * 9 + 1)

    def forward(self, x: Tensor, sentence: Tensor) -> Tensor:
        """As the paper says it: one convolution, with the batch as groups."""
        x, kernel = self.vis(x), self.txt(sentence)
        n, channels, height, width = x.shape
        weight, bias = kernel[:, :-1].reshape(n, channels, 3, 3), kernel[:, -1]
        return F.conv2d(x.reshape(1, -1, height, width), weight, bias, padding=1, groups=n).transpose(0, 1)

    def any_batch(self, x: Tensor, sentence: Tensor) -> Tensor:
        """The same sums without groups, whose number ONNX fixes: the channels for each tap first, then nine shifts."""
        x, kernel = self.vis(x), self.txt(sentence)
        height, width = x.shape[2:]
        taps = kernel[:, :-1].unflatten(1, (self.channels, 9)).transpose(1, 2) @ x.flatten(2)
        taps = F.pad(taps.unflatten(2, (height, width)), (1, 1, 1, 1))
        shifted = (taps[:, 3 * dy + dx, dy:dy + height, dx:dx + width] for dy in range(3) for dx in range(3))
        return (sum(shifted) + kernel[:, -1:, None])[:, None]


class Cris(nn.Module):
    """The public model ends at a quarter of the image's side; so do its logits here."""

    def __init__(self, size: CrisSize) -> None:
        super().__init__()
        self.side = size.side
        self.backbone = Clip(size.clip)
        self.neck = Neck(size)
        self.decoder = Decoder(size)
        self.proj = Projector(size.neck[1], size.clip.embed)

    def fix_side(self) -> Cris:
        self.backbone.visual.attnpool.fix_side(self.side // 32)
        return self

    def forward(self, pixel_values: Tensor, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """[N,3,S,S], int64 [N,T] twice -> logits [N,1,S/4,S/4]."""
        words, sentence = self.backbone.words(input_ids)
        fused = self.neck(self.backbone.visual(pixel_values), sentence)
        return self.proj(self.decoder(fused, words, attention_mask), sentence)
