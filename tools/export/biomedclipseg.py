"""BiomedCLIPSeg: BiomedCLIP (timm ViT-B/16 and PubMedBERT) with CLIPSeg's decoder, at 224 pixels.

Names of parameters: `biomedclip.visual.trunk` (timm), `biomedclip.visual.head.proj`, `biomedclip.text.transformer` (BERT),
`biomedclip.text.proj` as open_clip saves BiomedCLIP; `decoder` as Hugging Face saves CLIPSeg.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import timm
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel, CLIPSegConfig
from transformers.models.clipseg.modeling_clipseg import CLIPSegDecoder

from clipseg_head import REDUCED, PromptedDecoder, ReducedFeatures, last_layer
from exportable import CLIP_MEAN, CLIP_STD, Exportable, Graph, Pixels, Words, whole_of
from weights import example, load, prompts, randomise

SIDE = 224


@dataclass(frozen=True)
class BiomedSize:
    side: int = SIDE
    vit: dict[str, Any] = field(default_factory=dict)
    bert: dict[str, Any] = field(default_factory=dict)
    embed: int = 512
    #: Inner width of the text's projection.
    between: int = 640
    reduce: int = 64
    heads: int = 4
    feed_forward: int = 2048
    extract: tuple[int, int, int] = (3, 6, 9)
    patch: int = 16


class Part(nn.Module):
    """A namespace of parameters."""

    def __init__(self, **parts: nn.Module) -> None:
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)


class BiomedClipSeg(nn.Module):
    def __init__(self, size: BiomedSize) -> None:
        super().__init__()
        self.extract = size.extract
        trunk = timm.create_model("vit_base_patch16_224", num_classes=0, **size.vit)
        bert_config = BertConfig(**size.bert)
        bert_config._attn_implementation = "eager"
        bert = BertModel(bert_config, add_pooling_layer=False)
        width = bert_config.hidden_size
        self.biomedclip = Part(
            visual=Part(trunk=trunk, head=Part(proj=nn.Linear(trunk.embed_dim, size.embed, bias=False))),
            text=Part(transformer=bert, proj=nn.Sequential(
                nn.Linear(width, size.between, bias=False), nn.GELU(), nn.Linear(size.between, size.embed, bias=False))),
            )
        self.biomedclip.logit_scale = nn.Parameter(torch.tensor(2.6593))
        config = CLIPSegConfig(
            vision_config={"hidden_size": trunk.embed_dim, "patch_size": size.patch,
                           "num_attention_heads": trunk.blocks[0].attn.num_heads}, projection_dim=size.embed,
            reduce_dim=size.reduce, decoder_num_attention_heads=size.heads, decoder_intermediate_size=size.feed_forward,
            extract_layers=list(size.extract), use_complex_transposed_convolution=True)
        for one in (config, config.vision_config):
            one._attn_implementation = "eager"
        self.decoder = CLIPSegDecoder(config)

    def forward(self, pixel_values: Tensor, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Through the libraries' own forward functions -> logits [N,1,S,S]."""
        text = self.biomedclip.text
        first = text.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state[:, 0]
        activations: dict[int, Tensor] = {}
        blocks = self.biomedclip.visual.trunk.blocks
        hooks = [blocks[i].register_forward_hook(lambda _, __, out, i=i: activations.__setitem__(i, out))
                 for i in self.extract]
        self.biomedclip.visual.trunk(pixel_values)
        for hook in hooks:
            hook.remove()
        logits = self.decoder([activations[i] for i in self.extract], text.proj(first)).logits
        return logits.reshape(len(pixel_values), 1, *logits.shape[-2:])


class Text(nn.Module):
    """input_ids, attention_mask int64 [N,T] -> text_embeds [N,E], from the first token as BiomedCLIP pools."""

    def __init__(self, model: BiomedClipSeg) -> None:
        super().__init__()
        self.text = model.biomedclip.text

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        bert = self.text.transformer
        hidden = (1 - attention_mask[:, None, None, :].to(torch.float32)) * -1e4
        x = bert.embeddings(input_ids=input_ids)
        for layer in bert.encoder.layer:
            x = layer(x, hidden)
        return self.text.proj(x[:, 0])


class Image(nn.Module):
    """pixel_values [N,3,S,S] -> reduced0..2, pooled [N,E] (BiomedCLIP's image embedding)."""

    def __init__(self, model: BiomedClipSeg) -> None:
        super().__init__()
        self.visual, self.extract, self.reduced = model.biomedclip.visual, model.extract, ReducedFeatures(model.decoder)

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        trunk = self.visual.trunk
        patches = trunk.patch_embed(pixel_values)
        x = torch.cat([trunk.cls_token.expand(patches.shape[0], -1, -1), patches], 1) + trunk.pos_embed
        activations = []
        for depth, block in enumerate(trunk.blocks):
            x = block(x)
            if depth in self.extract:
                activations.append(x)
        return *self.reduced(activations), self.visual.head.proj(trunk.norm(x)[:, 0])


def build(checkpoint: Path | None, words: Words, size: BiomedSize | None = None) -> Exportable:
    # The plain arithmetic: timm's fused attention cannot be traced with every exporter.
    timm.layers.set_fused_attn(False)
    size = size or BiomedSize()
    model = BiomedClipSeg(size).eval()
    if checkpoint is not None:
        load(model, checkpoint)
    else:
        ids = prompts(2, 3, model.biomedclip.text.transformer.config.vocab_size)
        randomise(model, lambda: model(example(size.side), ids, torch.ones_like(ids)), last_layer(model.decoder))
    split = {
        "text": Graph(Text(model).eval(), ("input_ids", "attention_mask"), ("text_embeds",)),
        "image": Graph(Image(model).eval(), ("pixel_values",), (*REDUCED, "pooled")),
        "decoder": Graph(PromptedDecoder(model.decoder).eval(), (*REDUCED, "text_embeds"), ("logits",)),
    }
    return Exportable(
        "biomedclipseg", "BiomedCLIPSeg: BiomedCLIP's ViT-B/16 and PubMedBERT with CLIPSeg's decoder", model,
        whole_of(**split), split, Pixels(size.side, CLIP_MEAN, CLIP_STD), words, network=model)
