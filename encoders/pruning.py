"""A sentence encoder's vocabulary cut down to what reports and questions use: most of a small encoder's weights are word vectors."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

TOKENIZER, CONFIG, WEIGHTS = "tokenizer.json", "config.json", "model.safetensors"
WORD_VECTORS = "embeddings.word_embeddings.weight"  # (token, text_dim)
_WRITTEN_ANEW = {WEIGHTS, TOKENIZER, "vocab.txt"}
_KINDS_KEPT = {".json", ""}  # of files; not what a model card brings


def can_prune(folder: Path) -> bool:
    """Whether a sentence-transformers folder holds a BERT with a WordPiece vocabulary, which alone can be cut down here."""
    if not all((folder / name).is_file() for name in (TOKENIZER, CONFIG, WEIGHTS)):
        return False
    is_wordpiece = json.loads((folder / TOKENIZER).read_text(encoding="utf-8"))["model"].get("type") == "WordPiece"
    return is_wordpiece and json.loads((folder / CONFIG).read_text(encoding="utf-8"))["model_type"] == "bert"


def prune(folder: Path, out: Path, texts: Iterable[str], *, size: int) -> None:
    """Write `folder` to `out` with a vocabulary of `size` tokens; a text whose tokens were kept is embedded as before.

    Kept are the special tokens, every Latin character, so that any word of them can be spelled, the tokens of `texts`, and
    then tokens in the vocabulary's own order, which is by frequency.

    Parameters
    ----------
    folder : a sentence-transformers folder of which `can_prune` holds
    size : at least; more if the first three kinds are more
    """
    written = json.loads((folder / TOKENIZER).read_text(encoding="utf-8"))
    old: dict[str, int] = written["model"]["vocab"]
    kept = _kept(old, written, Tokenizer.from_str(json.dumps(written)), texts, size)
    new = {token: number for number, token in enumerate(kept)}

    out.mkdir(parents=True)
    for path in folder.rglob("*.json"):
        if path.name not in _WRITTEN_ANEW and path.name != "data_config.json":
            (out / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, out / path.relative_to(folder))
    (out / TOKENIZER).write_text(json.dumps(_renumbered(written, new), ensure_ascii=False), encoding="utf-8")

    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    config |= {
        "vocab_size": len(kept),
        "pad_token_id": new[next(token for token, number in old.items() if number == config["pad_token_id"])],
    }
    (out / CONFIG).write_text(json.dumps(config, indent=1), encoding="utf-8")
    weights = load_file(folder / WEIGHTS)
    name = next(name for name in weights if name.endswith(WORD_VECTORS))
    weights[name] = weights[name][[old[token] for token in kept]].contiguous()
    save_file(weights, out / WEIGHTS, metadata={"format": "pt"})


def _kept(old: dict[str, int], written: dict[str, Any], tokenizer: Tokenizer, texts: Iterable[str], size: int) -> list[str]:
    """Tokens in their old order."""
    needed = {token["content"] for token in written["added_tokens"]}
    needed |= {token for token in old if len(token.removeprefix("##")) == 1 and _is_latin(token[-1])}
    for text in texts:
        needed.update(tokenizer.encode(text).tokens)
    ordered = sorted(old, key=old.__getitem__)
    more = [token for token in ordered if token not in needed and _is_word(token)]
    needed.update(more[: max(0, size - len(needed))])
    return [token for token in ordered if token in needed]


def _is_latin(character: str) -> bool:
    """Letters, digits and marks up to Latin Extended-B, and general punctuation."""
    return character < "\u0250" or "\u2010" <= character <= "\u20bf"


def _is_word(token: str) -> bool:
    plain = token.removeprefix("##")
    return all(_is_latin(character) for character in plain) and not (plain.startswith("[") and plain.endswith("]"))


def _renumbered(written: dict[str, Any], new: dict[str, int]) -> dict[str, Any]:
    """A tokenizer with the ids of `new` wherever it writes an id."""
    added = [token | {"id": new[token["content"]]} for token in written["added_tokens"]]
    post = json.loads(json.dumps(written["post_processor"]))
    for special in post.get("special_tokens", {}).values():
        special["ids"] = [new[token] for token in special["tokens"]]
    for end in ("sep", "cls"):
        if end in post:
            post[end][1] = new[post[end][0]]
    padding = written.get("padding")
    if padding:
        padding = padding | {"pad_id": new[padding["pad_token"]]}
    return written | {"added_tokens": added, "post_processor": post, "padding": padding, "model": written["model"] | {"vocab": new}}
