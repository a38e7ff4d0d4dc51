"""Losses and augmentation."""

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy, cross_entropy, normalize

from encoders.augment import Augmentation, distorted, mixed, partly_hidden, shares
from encoders.losses import contrast, disagreement, doubt, nearness, overlap

STILL = Augmentation(p_sheet=0, p_leads=0, p_span=0, p_displaced=0, tempo=0, gain=0, noise_mv=0, wander_mv=0)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_overlap_is_jaccards() -> None:
    a = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    b = torch.tensor([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])

    torch.testing.assert_close(overlap(a, b), torch.tensor([[1 / 3, 1.0], [0.0, 0.0]]))


def test_nearness_is_the_mean_overlap_over_levels() -> None:
    a, b = torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.0, 1.0, 0.0]])
    each_alone, first_two_alike = torch.eye(3), torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])

    assert nearness(a, b, [each_alone, first_two_alike]).item() == 0.5


def test_doubt_is_the_cross_entropy_of_the_chance_that_any_statement_holds() -> None:
    logits, taught = torch.randn(4, 3, generator=generator()), torch.rand(4, 2, generator=generator())
    level = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    p = logits.sigmoid()
    present = torch.stack([1 - (1 - p[:, 0]) * (1 - p[:, 1]), p[:, 2]], dim=1)

    torch.testing.assert_close(doubt(logits, level, taught), binary_cross_entropy(present, taught, reduction="none"))


def test_contrast_with_pairs_alone_is_the_loss_of_clip() -> None:
    a, b = (normalize(torch.randn(8, 5, generator=generator().manual_seed(s)), dim=-1) for s in (1, 2))

    loss = contrast(a, b, torch.eye(8), temperature=0.1)

    torch.testing.assert_close(loss, cross_entropy(a @ b.T / 0.1, torch.arange(8)))


def test_contrast_leaves_a_nan_pair_out() -> None:
    a, b = (normalize(torch.randn(4, 5, generator=generator().manual_seed(s)), dim=-1) for s in (1, 2))
    weights = torch.tensor([[1.0, 0.0, 0.0, torch.nan]]).repeat(4, 1)

    torch.testing.assert_close(contrast(a, b, weights, 0.1), contrast(a, b[:3], weights[:, :3], 0.1))


def test_contrast_of_unlike_cases_alone_is_zero() -> None:
    vectors = normalize(torch.randn(4, 5, generator=generator()), dim=-1)

    assert contrast(vectors, vectors, torch.zeros(4, 4), 0.1) == 0


def test_cosines_in_proportion_to_the_wanted_nearness_do_not_disagree() -> None:
    vectors, others = torch.tensor([[0.6, 0.8]]), torch.eye(2)

    assert abs(disagreement(vectors, others, torch.tensor([[0.3, 0.4]])).item()) < 1e-6


def test_an_uncertain_vector_disagrees_least_where_its_cosines_are_the_expected_nearness() -> None:
    others, angles = torch.eye(2), torch.linspace(0, torch.pi / 2, 91)
    as_one, as_other = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])

    def expected(angle: torch.Tensor) -> float:
        vector = torch.stack([angle.cos(), angle.sin()])[None]
        return float(0.5 * disagreement(vector, others, as_one) + 0.5 * disagreement(vector, others, as_other))

    assert int(np.argmin([expected(angle) for angle in angles])) == 45


def test_a_pair_that_is_left_out_disagrees_with_nothing() -> None:
    vectors = normalize(torch.randn(3, 4, generator=generator()), dim=-1)
    wanted = torch.tensor([[1.0, 0.5, torch.nan]]).repeat(3, 1)

    torch.testing.assert_close(disagreement(vectors, vectors, wanted), disagreement(vectors, vectors[:2], wanted[:, :2]))


def test_without_changes_an_ecg_is_only_shifted_in_time() -> None:
    traces = torch.randn(3, 12, 200, generator=generator())

    changed = distorted(traces, STILL, generator=generator())

    torch.testing.assert_close(changed.sort(dim=-1).values, traces.sort(dim=-1).values)


def test_a_3x4_or_6x2_sheet_shows_each_lead_in_its_own_span() -> None:
    sheet = Augmentation(**{**STILL.__dict__, "p_sheet": 1.0, "p_rhythm_strip": 0.0})

    seen = ~torch.isnan(partly_hidden(torch.zeros(20, 12, 1000), sheet, generator=generator()))

    assert {int(n) for n in seen.sum(dim=-1).flatten()} == {250, 500}


def test_the_same_seed_changes_an_ecg_in_the_same_way() -> None:
    traces = torch.randn(4, 12, 1000, generator=generator())

    a, b = (distorted(traces, Augmentation(), generator=generator()) for _ in range(2))

    np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_the_size_of_an_unscaled_ecg_is_drawn() -> None:
    traces = torch.ones(2, 12, 100)

    sizes = distorted(traces, STILL, generator=generator(), unscaled=torch.tensor([True, False])).mean(-1)

    assert (sizes[0].std() > 0.1, sizes[1].std() < 1e-6) == (True, True)


def test_the_limb_leads_of_an_unscaled_ecg_keep_their_proportions() -> None:
    sizes = distorted(torch.ones(1, 12, 100), STILL, generator=generator(), unscaled=torch.tensor([True])).mean(-1)

    torch.testing.assert_close(sizes[0, :6], sizes[0, :1].expand(6))


def test_no_ecg_vanishes_when_leads_are_dropped() -> None:
    drops = Augmentation(**{**STILL.__dict__, "p_leads": 1.0})

    seen = ~torch.isnan(partly_hidden(torch.zeros(50, 12, 100), drops, generator=generator()))

    assert int(seen.flatten(1).sum(dim=1).min()) >= 100


def test_a_mixed_ecg_is_mostly_its_own() -> None:
    drawn = shares(1000, Augmentation(p_mixed=0.5), generator=generator())

    assert (float(drawn.min()) >= 0.5, 0.4 < float((drawn < 1).float().mean()) < 0.6) == (True, True)


def test_the_rest_of_a_mixed_ecg_is_the_next() -> None:
    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0]])

    torch.testing.assert_close(mixed(rows, torch.tensor([0.75, 1.0])), torch.tensor([[0.75, 0.25], [0.0, 1.0]]))
