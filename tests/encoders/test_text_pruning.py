"""A vocabulary cut down to what is used changes no text that uses it."""

import json
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Encoding, Tokenizer

from encoders.pruning import can_prune, prune
from encoders.text import SentenceEncoder

REPORTS = ["Sinusrhythmus, überdrehter Linkstyp", "atrial fibrillation, rate 140/min. ST & T abnormal", "förmaksflimmer"]
SIZE = 3000


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text") / "pruned"
    prune(SentenceEncoder().folder, folder, REPORTS, size=SIZE)
    return folder


def read(folder: Path, text: str) -> Encoding:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    return tokenizer.encode(text)


def test_texts_whose_tokens_were_kept_are_embedded_as_before(pruned: Path) -> None:
    np.testing.assert_allclose(SentenceEncoder(str(pruned)).embed(REPORTS), SentenceEncoder().embed(REPORTS), atol=1e-5)


def test_the_vocabulary_has_the_size_asked_for(pruned: Path) -> None:
    assert SentenceEncoder(str(pruned)).load().get_parameter("0.model.embeddings.word_embeddings.weight").shape == (SIZE, 384)


def test_a_general_question_keeps_its_words(pruned: Path) -> None:
    assert read(pruned, "which of them have it?").tokens == ["[CLS]", "which", "of", "them", "have", "it", "?", "[SEP]"]


def test_a_word_that_was_cut_is_spelled_with_what_is_left(pruned: Path) -> None:
    tokens = read(pruned, "Kardiomyopathie").tokens[1:-1]

    assert "".join(token.removeprefix("##") for token in tokens) == "kardiomyopathie"


def test_a_script_that_was_cut_is_unknown(pruned: Path) -> None:
    assert read(pruned, "心").tokens == ["[CLS]", "[UNK]", "[SEP]"]


def test_every_id_is_that_of_its_token(pruned: Path) -> None:
    vocabulary = json.loads((pruned / "tokenizer.json").read_text())["model"]["vocab"]
    encoded = read(pruned, REPORTS[1])

    assert encoded.ids == [vocabulary[token] for token in encoded.tokens]


def test_padding_changes_no_embedding(pruned: Path) -> None:
    sentences = SentenceEncoder(str(pruned))

    np.testing.assert_allclose(sentences.embed(["sinus rhythm", " ".join(REPORTS)])[0], sentences.embed(["sinus rhythm"])[0], atol=1e-5)


def test_only_a_wordpiece_vocabulary_is_cut(pruned: Path, tmp_path: Path) -> None:
    written = json.loads((pruned / "tokenizer.json").read_text())
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((pruned / name).read_bytes())
    (tmp_path / "tokenizer.json").write_text(json.dumps(written | {"model": {"type": "BPE"}}))

    assert (can_prune(pruned), can_prune(tmp_path)) == (True, False)
