"""Lead names as devices write them, and the laws that derive four leads from two."""

import numpy as np
import pytest

from data.leads import STANDARD_LEADS, standard_lead_name, with_derived_limb_leads


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("i", "I"),
        (" II ", "II"),
        ("Lead III", "III"),
        ("Lead I (Einthoven)", "I"),
        ("LEAD_AVR", "aVR"),
        ("MDC_ECG_LEAD_V6", "V6"),
        ("aV L", "aVL"),
        ("ECG II", "II"),
        ("EKG-V5", "V5"),
        ("ECG Lead V2", "V2"),
        ("C1", "V1"),
        ("Ableitung 2", "II"),
        ("DIII", "III"),
        ("D1", "I"),
        ("\N{ROMAN NUMERAL TWO}", "II"),
    ],
)
def test_a_spelling_of_a_standard_lead(written: str, name: str) -> None:
    assert standard_lead_name(written) == name


@pytest.mark.parametrize("written", ["", "ECG", "ECG1", "1", "MLII", "-aVR", "I+II", "I-II", "V7", "V3R", "VX", "pleth", "Lead", "V11"])
def test_what_may_be_another_lead_is_none(written: str) -> None:
    assert standard_lead_name(written) is None


def test_every_standard_name_is_its_own_spelling() -> None:
    assert tuple(map(standard_lead_name, STANDARD_LEADS)) == STANDARD_LEADS


def test_four_limb_leads_follow_from_i_and_ii() -> None:
    leads, signal = with_derived_limb_leads(("II", "V1", "I"), np.array([[1.0], [0.3], [0.4]], np.float32))

    assert leads == ("I", "II", "III", "aVR", "aVL", "aVF", "V1")
    np.testing.assert_allclose(signal[:, 0], [0.4, 1.0, 0.6, -0.7, -0.1, 0.8, 0.3], atol=1e-6)


def test_a_recorded_limb_lead_is_not_overwritten() -> None:
    leads, signal = with_derived_limb_leads(("I", "II", "III"), np.array([[0.4], [1.0], [9.0]], np.float32))
    assert signal[leads.index("III"), 0] == 9


def test_nothing_is_derived_from_one_lead() -> None:
    assert with_derived_limb_leads(("VX", "II"), np.zeros((2, 3), np.float32))[0] == ("II", "VX")
