"""The text-conditioned decoder: cross-attention to the prompt's tokens, then convolutions."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from encoder import CHANNELS, Pyramid, pooled, POOLED
from text import WIDTH

DIM, HEADS = 160, 5
#: Learned places a side; a finer or coarser grid of features takes what lies between them.
PLACES = 16


class VlsmDecoder(nn.Module):
    """Pyramid, tokens [N,T,384], attention_mask int64 [N,T] -> logits [N,1,S,S], presence [N].

    The logits already hold log sigmoid(presence): a structure that is not there
    pulls the whole mask down.
    """

    def __init__(self, mean: Tensor | None = None, whitening: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("token_mean", torch.zeros(WIDTH) if mean is None else mean)
        self.register_buffer("whiten", torch.eye(WIDTH) if whitening is None else whitening)
        self.token_in = nn.Linear(WIDTH, DIM)
        self.f16_in = nn.Conv2d(CHANNELS["f16"], DIM, 1)
        self.f32_in = nn.Conv2d(CHANNELS["f32"], DIM, 1)
        self.place = nn.Parameter(torch.randn(1, PLACES * PLACES, DIM) * 0.02)
        self.attention = nn.ModuleList([TextBlock(), TextBlock()])
        self.text_vector = nn.Sequential(nn.Linear(DIM, DIM), nn.ReLU())
        self.to8 = nn.Conv2d(DIM, 96, 1)
        self.skip8 = nn.Conv2d(CHANNELS["f8"], 96, 1)
        self.conv8 = FilmConv(96, 96)
        self.to4 = nn.Conv2d(96, 64, 1)
        self.skip4 = nn.Conv2d(CHANNELS["f4"], 64, 1)
        self.conv4a, self.conv4b = FilmConv(64, 64), FilmConv(64, 64)
        self.head = nn.Conv2d(64, 16, 3, padding=1)
        self.to2 = nn.Conv2d(64, 96, 1)
        self.skip2 = nn.Conv2d(CHANNELS["f2"], 24, 1)
        self.conv2 = FilmConv(24, 24)
        self.detail = nn.Conv2d(24, 4, 3, padding=1)
        nn.init.zeros_(self.detail.weight)
        self.presence = nn.Sequential(nn.Linear(2 * DIM + POOLED, 64), nn.ReLU(), nn.Linear(64, 1))
        nn.init.constant_(self.presence[-1].bias, 2.0)

    def forward(self, pyramid: Pyramid, tokens: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        x, text, there = self.at_stride_8(pyramid, tokens, attention_mask)
        x = F.interpolate(self.to4(x), scale_factor=2.0) + self.skip4(pyramid["f4"])
        x = self.conv4b(self.conv4a(x, text), text)
        y = self.conv2(F.pixel_shuffle(self.to2(x), 2) + self.skip2(pyramid["f2"]), text)
        logits = F.pixel_shuffle(self.head(x), 4).float() + F.pixel_shuffle(self.detail(y), 2).float()
        return logits - F.softplus(-there.float())[:, None, None, None], there.float()

    def at_stride_8(self, pyramid: Pyramid, tokens: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """-> features [N,96,S/8,S/8], the whole text [N,160], presence [N]."""
        words = self.token_in((tokens - self.token_mean) @ self.whiten)
        keep = attention_mask.to(words.dtype)
        bias = (1 - keep)[:, None, None, :] * -1e4
        mean = (words * keep[..., None]).sum(1) / keep.sum(1, keepdim=True)
        text = self.text_vector(mean)

        x = self.f16_in(pyramid["f16"]) + F.interpolate(self.f32_in(pyramid["f32"]), scale_factor=2.0)
        rows, columns = x.shape[2:]
        x = (x + self.places(rows, columns)).flatten(2).transpose(1, 2)
        for block in self.attention:
            x = block(x, words, bias)
        there = self.presence(torch.cat([x.mean(1), text, pooled(pyramid)], 1))[:, 0]

        x = x.transpose(1, 2).reshape(-1, DIM, rows, columns)
        x = F.interpolate(self.to8(x), scale_factor=2.0) + self.skip8(pyramid["f8"])
        return self.conv8(x, text), text, there

    def places(self, rows: int, columns: int) -> Tensor:
        """-> [1,160,rows,columns]."""
        grid = self.place.transpose(1, 2).reshape(1, DIM, PLACES, PLACES)
        return F.interpolate(grid, (rows, columns), mode="bilinear")


class TextBlock(nn.Module):
    """Pixels look at the words, then at each other. x [N,P,160], words [N,T,160]."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_cross, self.norm_self, self.norm_mlp = nn.LayerNorm(DIM), nn.LayerNorm(DIM), nn.LayerNorm(DIM)
        self.norm_words = nn.LayerNorm(DIM)
        self.cross, self.self_ = Attention(), Attention()
        self.mlp = nn.Sequential(nn.Linear(DIM, 2 * DIM), nn.ReLU(), nn.Linear(2 * DIM, DIM))

    def forward(self, x: Tensor, words: Tensor, bias: Tensor) -> Tensor:
        x = x + self.cross(self.norm_cross(x), self.norm_words(words), bias)
        y = self.norm_self(x)
        x = x + self.self_(y, y, None)
        return x + self.mlp(self.norm_mlp(x))


class Attention(nn.Module):
    """Multi-head attention, written out so that it exports to plain MatMul and Softmax."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(DIM, DIM) for _ in range(4))

    def forward(self, x: Tensor, source: Tensor, bias: Tensor | None) -> Tensor:
        q, k, v = (heads(f(s)) for f, s in ((self.query, x), (self.key, source), (self.value, source)))
        scores = q @ k.transpose(-1, -2) * (DIM // HEADS) ** -0.5
        weights = (scores if bias is None else scores + bias).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(-1, x.shape[1], DIM))


def heads(x: Tensor) -> Tensor:
    """[N,T,160] -> [N,5,T,32]."""
    return x.reshape(x.shape[0], x.shape[1], HEADS, DIM // HEADS).transpose(1, 2)


class FilmConv(nn.Module):
    """3x3 convolution, BatchNorm, scale and shift from the text, ReLU."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.film = nn.Linear(DIM, 2 * channels)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, text: Tensor) -> Tensor:
        scale, shift = self.film(text)[:, :, None, None].chunk(2, 1)
        return F.relu(self.norm(self.conv(x)) * (1 + scale) + shift)
