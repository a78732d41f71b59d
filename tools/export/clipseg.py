"""CLIPSeg (Hugging Face `CLIPSegForImageSegmentation`), at 352 pixels as published."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation

from clip_backbone import at_end, causal
from clipseg_head import REDUCED, PromptedDecoder, ReducedFeatures, last_layer
from exportable import IMAGENET_MEAN, IMAGENET_STD, Exportable, Graph, Pixels, Words, whole_of
from weights import example, load, prompts, randomise

SIDE = 352
#: CIDAS/clipseg-rd64-refined.
REFINED = {"vision_config": {"patch_size": 16}, "reduce_dim": 64, "use_complex_transposed_convolution": True}


class Text(nn.Module):
    """input_ids int64 [N,T] -> text_embeds [N,E]. Causal, so that the mask of padding is not needed."""

    def __init__(self, model: CLIPSegForImageSegmentation) -> None:
        super().__init__()
        self.text, self.projection = model.clip.text_model, model.clip.text_projection

    def forward(self, input_ids: Tensor) -> Tensor:
        x = self.text.embeddings(input_ids=input_ids)
        mask = causal(input_ids)[None, None]
        for layer in self.text.encoder.layers:
            x = layer(x, mask)
        return self.projection(at_end(self.text.final_layer_norm(x), input_ids))


class Image(nn.Module):
    """pixel_values [N,3,S,S] -> reduced0..2, pooled [N,E] (CLIP's image embedding)."""

    def __init__(self, model: CLIPSegForImageSegmentation, side: int) -> None:
        super().__init__()
        self.vision, self.projection = model.clip.vision_model, model.clip.visual_projection
        self.reduced, self.extract = ReducedFeatures(model.decoder), model.extract_layers
        patches = (side // self.vision.embeddings.patch_size) ** 2
        with torch.no_grad():
            self.table = self.vision.embeddings.interpolate_pos_encoding(
                torch.zeros(1, patches + 1, self.vision.config.hidden_size), side, side)

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        embeddings = self.vision.embeddings
        patches = embeddings.patch_embedding(pixel_values).flatten(2).transpose(1, 2)
        first = embeddings.class_embedding.expand(patches.shape[0], 1, -1)
        x = self.vision.pre_layrnorm(torch.cat([first, patches], 1) + self.table)
        activations = []
        for depth, layer in enumerate(self.vision.encoder.layers):
            x = layer(x, None)
            if depth in self.extract:
                activations.append(x)
        return *self.reduced(activations), self.projection(self.vision.post_layernorm(x[:, 0]))


def build(checkpoint: Path | None, words: Words, side: int = SIDE, config: CLIPSegConfig | None = None) -> Exportable:
    """`checkpoint`: a folder written by save_pretrained, or a state dict of the refined configuration."""
    if checkpoint is not None and checkpoint.is_dir():
        model = CLIPSegForImageSegmentation.from_pretrained(
            checkpoint, local_files_only=True, attn_implementation="eager")
    else:
        config = config or CLIPSegConfig(**REFINED)
        config._attn_implementation = "eager"
        model = CLIPSegForImageSegmentation(config)
    model.eval()
    if checkpoint is not None and checkpoint.is_file():
        load(model, checkpoint)

    def published(pixel_values: Tensor, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        logits = model(input_ids=input_ids, attention_mask=attention_mask, pixel_values=pixel_values).logits
        return logits.reshape(len(pixel_values), 1, *logits.shape[-2:])

    if checkpoint is None:
        text = model.config.text_config
        ids = prompts(text.bos_token_id, text.eos_token_id, text.bos_token_id)
        randomise(model, lambda: published(example(side), ids, torch.ones_like(ids)), last_layer(model.decoder))
    split = {
        "text": Graph(Text(model).eval(), ("input_ids",), ("text_embeds",)),
        "image": Graph(Image(model, side).eval(), ("pixel_values",), (*REDUCED, "pooled")),
        "decoder": Graph(PromptedDecoder(model.decoder).eval(), (*REDUCED, "text_embeds"), ("logits",)),
    }
    return Exportable(
        "clipseg", "CLIPSeg: CLIP ViT-B/16 with a transformer decoder on the activations of three blocks, scaled and "
        "shifted by the prompt's embedding", published, whole_of(**split), split,
        Pixels(side, IMAGENET_MEAN, IMAGENET_STD), words, network=model)
