"""The two towers: a vision transformer for the picture of an ECG, a small head on a sentence encoder for its report."""

from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path

import timm
import torch
from safetensors.torch import load_file
from timm.layers import PatchEmbed, RelPosBias, resample_abs_pos_embed
from timm.models import adapt_input_conv
from timm.models.vision_transformer import VisionTransformer
from torch import nn
from torch.nn.functional import normalize

from encoders.pictures import STRIP, Picture, picture

_PATCHES = "patch_embed.proj.weight"


@dataclass(frozen=True)
class TowerShape:
    """Sizes of both towers; stored with their weights."""

    width: int = 1000  # columns of the traces
    depth: int = 6  # transformer blocks
    dim: int = 256  # of the shared space
    text_dim: int = 384  # of the sentence encoder
    n_statements: int = 71
    dropout: float = 0.1
    picture: str = STRIP  # as of the canvas


class TimeStem(nn.Module):
    """Picture to tokens by convolutions over time; all leads of one moment go into one token.

    It stands in for timm's patch embedding: a token is 0.2 s, about one QRS complex or one P wave.
    """

    def __init__(self, cut: Picture, width: int, embed_dim: int) -> None:
        super().__init__()
        self.grid_size = (1, width // prod(cut.strides))
        self.num_patches = self.grid_size[1]
        sizes = [len(cut.channels) * cut.rows, 64, 96, 128, embed_dim]
        layers: list[nn.Module] = []
        for n_in, n_out, stride in zip(sizes[:-1], sizes[1:], cut.strides, strict=True):
            layers += [nn.Conv1d(n_in, n_out, kernel_size=7, stride=stride, padding=3, bias=False), nn.BatchNorm1d(n_out), nn.GELU()]
        self.convolutions = nn.Sequential(*layers[:-1])

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        rows = picture.flatten(1, 2)  # (batch, channel, lead, column) -> (batch, channel * lead, column)
        return self.convolutions(rows).transpose(1, 2)  # (batch, token, embed_dim)


class EcgTower(nn.Module):
    """Pictures (batch, channel, row, column) to unit vectors (batch, dim)."""

    def __init__(self, shape: TowerShape) -> None:
        super().__init__()
        cut = picture(shape.picture)
        width = cut.columns or shape.width
        vit = timm.create_model(
            "deit_tiny_patch16_224",
            pretrained=False,
            img_size=(cut.rows, width),
            patch_size=cut.patch,
            in_chans=len(cut.channels),
            num_classes=0,
            depth=shape.depth,
            global_pool="avg",
            drop_path_rate=shape.dropout,
            embed_layer=partial(_time_stem, cut=cut, width=width) if cut.strides else PatchEmbed,
        )
        assert isinstance(vit, VisionTransformer)
        for block in vit.blocks:
            block.attn.fused_attn = False  # type: ignore[union-attr]  # for fifty tokens plain matrix products train in three quarters of the time on a CPU
        self.vit = vit
        self.projection = nn.Sequential(nn.Dropout(shape.dropout), nn.Linear(self.n_features, shape.dim))
        self.relative = RelPosBias(self._grid, vit.blocks[0].attn.num_heads, prefix_tokens=1) if cut.relative else None  # type: ignore[union-attr, arg-type]

    @property
    def _grid(self) -> tuple[int, int]:
        """Rows and columns of patches."""
        rows, columns = self.vit.patch_embed.grid_size
        return int(rows), int(columns)

    @property
    def n_features(self) -> int:
        """Length of what is seen in a picture, before it is brought into the shared space."""
        return int(self.vit.num_features)

    @property
    def n_tokens(self) -> int:
        """Patches of a picture."""
        return prod(self._grid)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.project(self.features(pictures))

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """What is seen in pictures, (batch, feature), of which their vectors are a part."""
        return self.vit(pictures, attn_mask=self._bias)

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """What is seen in each patch of pictures: (batch, patch, feature)."""
        return self.vit.forward_features(pictures, attn_mask=self._bias)[:, self.vit.num_prefix_tokens :]

    @property
    def _bias(self) -> torch.Tensor | None:
        return None if self.relative is None else self.relative.get_bias()

    def project(self, features: torch.Tensor) -> torch.Tensor:
        """Features (batch, feature) to unit vectors (batch, dim)."""
        return normalize(self.projection(features), dim=-1)

    def start_from(self, weights: Path) -> None:
        """Take the transformer blocks of an ImageNet DeiT-tiny, and its patches where ours are as large; all else starts anew.

        Raises
        ------
        ValueError : the file lacks a block that this tower has
        """
        state = {name: tensor for name, tensor in load_file(weights).items() if not name.startswith(("head", "norm."))}
        state["pos_embed"] = resample_abs_pos_embed(
            state["pos_embed"], new_size=list(self._grid), num_prefix_tokens=1, interpolation="bicubic"
        )
        wanted = self.vit.state_dict()
        ours, theirs = wanted.get(_PATCHES), state.pop(_PATCHES, None)
        if ours is not None and theirs is not None and ours.shape[2:] == theirs.shape[2:]:
            state[_PATCHES] = adapt_input_conv(ours.shape[1], theirs)
        else:
            state.pop("patch_embed.proj.bias", None)
        missing = [name for name in wanted if name not in state and not name.startswith(("patch_embed.", "fc_norm."))]
        if missing:
            raise ValueError(f"{weights.name} lacks {missing[0]} and {len(missing) - 1} more: wanted the weights of deit_tiny_patch16_224")
        self.vit.load_state_dict({name: state[name] for name in wanted if name in state}, strict=False)


class ReportTower(nn.Module):
    """Sentence embeddings (batch, text_dim) to unit vectors (batch, dim)."""

    def __init__(self, shape: TowerShape) -> None:
        super().__init__()
        hidden = 2 * shape.text_dim
        self.head = nn.Sequential(
            nn.Dropout(shape.dropout), nn.Linear(shape.text_dim, hidden), nn.GELU(), nn.Dropout(shape.dropout), nn.Linear(hidden, shape.dim)
        )

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        return normalize(self.head(embeddings), dim=-1)


class TwoTowers(nn.Module):
    """Both towers and, for training, one direction per statement that either kind of vector points along."""

    def __init__(self, shape: TowerShape) -> None:
        super().__init__()
        self.shape = shape
        self.ecg = EcgTower(shape)
        self.report = ReportTower(shape)
        self.statements = nn.Linear(shape.dim, shape.n_statements)

    def logits(self, vectors: torch.Tensor) -> torch.Tensor:
        """Statement logits (batch, statement) of ECG or report vectors; 10 gives unit vectors the range of a logit."""
        return self.statements(10.0 * vectors)


def _time_stem(*, cut: Picture, width: int, embed_dim: int, **_: object) -> TimeStem:
    return TimeStem(cut, width, embed_dim)
