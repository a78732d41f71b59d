"""Where weights come from: a fine-tuned checkpoint, or a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

#: What training frameworks put around a state dict, and before its keys.
WRAPPERS = ("state_dict", "model_state_dict", "model")
PREFIXES = ("module.", "net.", "model.", "_orig_mod.")
SEED = 20261125
#: Largest logit of the example: the starter's decoder, which is trained, goes to 18. Random logits would lie so close
#: together that any two runs agree.
LARGEST_LOGIT = 20.0
#: Share of its layer's mean variance that every channel has: no trained channel is as dead as some random ones, whose
#: normalisation then makes large numbers of rounding errors.
LEAST_VARIANCE = 0.05
#: Gain of a residual branch of a ResNet, small as training makes it: at the libraries' first value of 1 sixteen blocks
#: multiply rounding errors, and PyTorch in single precision is 2e-3 away from itself in double.
RESIDUAL_GAIN = 0.2


def load(network: nn.Module, checkpoint: Path) -> None:
    """Loads a .pt, .pth, .ckpt or .safetensors file; every parameter must be there, and nothing besides."""
    state = without_prefix(read(checkpoint), set(network.state_dict()))
    missing, unexpected = network.load_state_dict(state, strict=False)
    unexpected = [key for key in unexpected if not key.endswith(("position_ids", "num_batches_tracked"))]
    missing = [key for key in missing if not key.endswith(("position_ids", "num_batches_tracked"))]
    if missing or unexpected:
        raise SystemExit(f"{checkpoint}: {len(missing)} parameters are missing ({', '.join(missing[:5])} ...) and "
                         f"{len(unexpected)} are unknown ({', '.join(unexpected[:5])} ...)")


def read(checkpoint: Path) -> Mapping[str, Tensor]:
    if checkpoint.suffix == ".safetensors":
        from safetensors.torch import load_file
        return load_file(checkpoint)
    # Only tensors and plain containers: a pickle from elsewhere can run code.
    found = torch.load(checkpoint, map_location="cpu", weights_only=True)
    for wrapper in WRAPPERS:
        if isinstance(found, dict) and isinstance(found.get(wrapper), dict):
            found = found[wrapper]
    return found


def without_prefix(state: Mapping[str, Tensor], wanted: set[str]) -> dict[str, Tensor]:
    state = dict(state)
    while not wanted & set(state):
        prefix = next((p for p in PREFIXES if state and all(key.startswith(p) for key in state)), None)
        if prefix is None:
            break
        state = {key.removeprefix(prefix): value for key, value in state.items()}
    return state


@torch.no_grad()
def randomise(network: nn.Module, run: Callable[[], Tensor], last: nn.Module) -> None:
    """Attention that chooses, batch statistics as of real activations, and logits that go as far as trained ones.

    `run` gives logits for an example of several images; `last` is the layer in which they are linear.
    """
    for module in network.modules():
        # The libraries' small first weights let every token weigh the same: a wrong prompt would hardly be seen.
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features ** -0.5)
        elif isinstance(module, nn.MultiheadAttention):
            nn.init.normal_(module.in_proj_weight, std=module.embed_dim ** -0.5)
        elif isinstance(getattr(module, "bn3", None), nn.BatchNorm2d) and hasattr(module, "downsample"):
            nn.init.constant_(module.bn3.weight, RESIDUAL_GAIN)
    norms = [m for m in network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    if norms:
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
            norm.train()
        run()
        for norm in norms:
            norm.running_var.clamp_(min=LEAST_VARIANCE * float(norm.running_var.mean()))
    network.eval()
    factor = LARGEST_LOGIT / float(run().abs().max())
    for parameter in last.parameters():
        parameter.mul_(factor)


EXAMPLES = 4


def example(side: int, n: int = EXAMPLES) -> Tensor:
    """Smooth colours with noise, float32 [n,3,side,side], normalised; each image with a light and contrast of its own."""
    generator = torch.Generator().manual_seed(SEED)
    coarse = torch.randn(n, 3, 8, 8, generator=generator)
    smooth = nn.functional.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=False)
    light, contrast = torch.randn(n, 3, 1, 1, generator=generator), 0.4 + torch.rand(n, 1, 1, 1, generator=generator)
    return (smooth + 0.2 * torch.randn(n, 3, side, side, generator=generator)) * contrast + 0.5 * light


def prompts(start: int, end: int, vocabulary: int, n: int = EXAMPLES) -> Tensor:
    """int64 [n,8]: start, six ids at random, end."""
    generator = torch.Generator().manual_seed(SEED)
    ids = torch.randint(5, vocabulary, (n, 8), generator=generator)
    ids[:, 0], ids[:, -1] = start, end
    return ids
