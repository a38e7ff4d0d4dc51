"""The network that reads lead names: what torch trains is what numpy runs."""

from pathlib import Path

import numpy as np
import torch

from data.paper.names import LAYERS, convolved
from encoders.lettering import folded, recogniser


def test_a_convolution_is_that_of_torch() -> None:
    rng = np.random.default_rng(0)
    layer, kernel = (rng.normal(size=shape).astype(np.float32) for shape in ((3, 17, 22), (5, 3, 3, 3)))

    ours = convolved(layer, kernel, 2, 2)

    its = torch.nn.functional.conv2d(torch.from_numpy(layer)[None], torch.from_numpy(kernel), stride=2, padding=2, dilation=2)[0]
    np.testing.assert_allclose(ours, its.numpy(), atol=1e-4)


def test_folding_the_normalisation_in_changes_nothing() -> None:
    torch.manual_seed(0)
    network = recogniser(normalised=True)
    network(torch.rand(4, 1, 64, 64))  # running means that are not nought and one
    network.eval()
    ink = torch.rand(1, 1, 48, 96)

    plain = folded(network)

    torch.testing.assert_close(plain(ink), network(ink), atol=1e-4, rtol=1e-3)


def test_the_weights_that_ship_fit_the_layers() -> None:
    from safetensors.numpy import load_file

    import data.paper.names as names

    kept = load_file(Path(names.__file__).with_name("names.safetensors"))

    assert [kept[f"{n}.weight"].shape[0] for n in range(len(LAYERS))] == [channels for channels, *_ in LAYERS]
