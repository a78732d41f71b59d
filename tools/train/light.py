"""How a family's training images are lit, so that an image with other light can be made like them."""

from __future__ import annotations

import numpy as np

from cache import CachedSet

#: Values of each channel: the least, the greatest, and what parts the pixels into 32 equal shares.
QUANTILES = np.linspace(0, 1, 33)
#: Training images of each set that are looked at, and every how many of their pixels in a row and column.
IMAGES, PIXELS = 40, 4


def light_of(sets: dict[str, CachedSet], splits: dict[str, dict[str, list[str]]], family: str) -> list[list[float]]:
    """[3][33] in 0..255: mean of the images' quantiles in each channel, each set equally heavy."""
    means = []
    for name, cached in sets.items():
        if cached.spec.family != family:
            continue
        rows = [cached.ids.index(i) for i in splits[name]["train"]]
        few = cached.images[rows[::max(1, len(rows) // IMAGES)], ::PIXELS, ::PIXELS]
        means.append(np.mean([np.quantile(image, QUANTILES, axis=(0, 1)) for image in few], 0))
    return [[round(float(v), 1) for v in channel] for channel in np.mean(means, 0).T]
