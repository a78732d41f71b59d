"""CLIP's towers as CRIS uses them: a ResNet that keeps its feature maps, and a causal text transformer.

Written from the papers (CLIP, arXiv 2103.00020; CRIS, arXiv 2111.15174). Names of parameters are those of the public
checkpoints: `visual.*`, `transformer.resblocks.*`, `token_embedding`, `positional_embedding`, `ln_final`, `text_projection`.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EXPANSION = 4


@dataclass(frozen=True)
class ClipSize:
    """CLIP RN50 unless said otherwise."""

    layers: tuple[int, int, int, int] = (3, 4, 6, 3)
    width: int = 64
    image_heads: int = 32
    #: Side of the feature map that the position table was learned on: 224 / 32.
    grid: int = 7
    embed: int = 1024
    text_width: int = 512
    text_heads: int = 8
    text_layers: int = 12
    context: int = 77
    vocabulary: int = 49408


def attend(q: Tensor, k: Tensor, v: Tensor, heads: int, mask: Tensor | None = None) -> Tensor:
    """Projected q [N,Q,D], k and v [N,K,D] -> [N,Q,D]; `mask` is added to the scores."""
    def split(x: Tensor) -> Tensor:
        return x.unflatten(2, (heads, x.shape[2] // heads)).transpose(1, 2)
    return F.scaled_dot_product_attention(split(q), split(k), split(v), attn_mask=mask).transpose(1, 2).flatten(2)


def multihead(layer: nn.MultiheadAttention, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """nn.MultiheadAttention's arithmetic on batch-first tensors, without its shortcut, which cannot be traced."""
    weights, biases = layer.in_proj_weight.chunk(3), layer.in_proj_bias.chunk(3)
    q, k, v = (F.linear(x, w, b) for x, w, b in zip((q, k, v), weights, biases))
    return layer.out_proj(attend(q, k, v, layer.num_heads, mask))


class Bottleneck(nn.Module):
    """Strides are average pools, so that the 3 x 3 convolution never skips a pixel."""

    def __init__(self, inside: int, planes: int, stride: int) -> None:
        super().__init__()
        outside = planes * EXPANSION
        self.conv1, self.bn1 = nn.Conv2d(inside, planes, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = nn.Conv2d(planes, outside, 1, bias=False), nn.BatchNorm2d(outside)
        self.pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.downsample = nn.Sequential(OrderedDict([
            ("-1", nn.AvgPool2d(stride)), ("0", nn.Conv2d(inside, outside, 1, bias=False)),
            ("1", nn.BatchNorm2d(outside)),
        ])) if stride > 1 or inside != outside else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(self.pool(y))) + self.downsample(x))


class DensePool(nn.Module):
    """CLIP's attention pool kept as a map: each place attends to all, beside a 1 x 1 shortcut (CRIS, 3.1)."""

    def __init__(self, grid: int, width: int, heads: int, out: int) -> None:
        super().__init__()
        self.grid, self.heads = grid, heads
        self.positional_embedding = nn.Parameter(torch.randn(grid * grid + 1, width) / width ** 0.5)
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(width, width) for _ in range(3))
        self.c_proj = nn.Linear(width, out)
        self.connect = nn.Sequential(nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out))
        self.table: Tensor | None = None

    def fix_side(self, side: int) -> None:
        """Brings the position table to side x side once, so that no graph does it again each time."""
        table = self.positional_embedding[1:].detach().T.reshape(1, -1, self.grid, self.grid)
        self.table = F.interpolate(table, size=(side, side), mode="bicubic", align_corners=False).flatten(2).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(2).transpose(1, 2) + self.table
        y = self.c_proj(attend(self.q_proj(flat), self.k_proj(flat), self.v_proj(flat), self.heads))
        y = y.transpose(1, 2).unflatten(2, (x.shape[2], x.shape[3]))
        return F.relu(y + self.connect(x))


class VisualResNet(nn.Module):
    """[N,3,S,S] -> maps of strides 8, 16, 32 with 8 x, 16 x width and `embed` channels."""

    def __init__(self, size: ClipSize) -> None:
        super().__init__()
        half, width = size.width // 2, size.width
        self.conv1, self.bn1 = nn.Conv2d(3, half, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(half)
        self.conv2, self.bn2 = nn.Conv2d(half, half, 3, padding=1, bias=False), nn.BatchNorm2d(half)
        self.conv3, self.bn3 = nn.Conv2d(half, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        inside = width
        for number, blocks in enumerate(size.layers):
            planes = width * 2 ** number
            layer = [Bottleneck(inside, planes, 1 if number == 0 else 2)]
            inside = planes * EXPANSION
            layer += [Bottleneck(inside, planes, 1) for _ in range(1, blocks)]
            setattr(self, f"layer{number + 1}", nn.Sequential(*layer))
        self.attnpool = DensePool(size.grid, inside, size.image_heads, size.embed)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        for conv, bn in ((self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3)):
            x = F.relu(bn(conv(x)))
        x = self.layer1(F.avg_pool2d(x, 2))
        stride8 = self.layer2(x)
        stride16 = self.layer3(stride8)
        return stride8, stride16, self.attnpool(self.layer4(stride16))


class QuickGelu(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(1.702 * x)


class TextBlock(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(width, heads)
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.Sequential(OrderedDict([
            ("c_fc", nn.Linear(width, width * 4)), ("gelu", QuickGelu()), ("c_proj", nn.Linear(width * 4, width))]))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        y = self.ln_1(x)
        x = x + multihead(self.attn, y, y, y, mask)
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, width: int, heads: int, layers: int) -> None:
        super().__init__()
        self.resblocks = nn.Sequential(*(TextBlock(width, heads) for _ in range(layers)))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        for block in self.resblocks:
            x = block(x, mask)
        return x


def causal(ids: Tensor) -> Tensor:
    """[T,T], added to scores: a token sees itself and what stands before it, so padding behind changes nothing."""
    length = ids.shape[1]
    return torch.full((length, length), -1e4).triu(1)


def at_end(x: Tensor, ids: Tensor) -> Tensor:
    """[N,T,D] -> [N,D] at the end-of-text token, whose id is the highest of the vocabulary."""
    end = ids.to(torch.int32).argmax(dim=1)[:, None, None].expand(-1, 1, x.shape[2])
    return x.gather(1, end).squeeze(1)


class Clip(nn.Module):
    def __init__(self, size: ClipSize) -> None:
        super().__init__()
        self.visual = VisualResNet(size)
        self.transformer = Transformer(size.text_width, size.text_heads, size.text_layers)
        self.token_embedding = nn.Embedding(size.vocabulary, size.text_width)
        self.positional_embedding = nn.Parameter(torch.randn(size.context, size.text_width) * 0.01)
        self.ln_final = nn.LayerNorm(size.text_width)
        self.text_projection = nn.Parameter(torch.randn(size.text_width, size.embed) / size.text_width ** 0.5)
        self.logit_scale = nn.Parameter(torch.tensor(2.6593))
        nn.init.normal_(self.token_embedding.weight, std=0.02)

    def words(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """int64 [N,T] -> every token [N,T,text_width], and the whole prompt [N,embed]."""
        x = self.token_embedding(ids) + self.positional_embedding[:ids.shape[1]]
        x = self.ln_final(self.transformer(x, causal(ids)))
        return x, at_end(x, ids) @ self.text_projection
