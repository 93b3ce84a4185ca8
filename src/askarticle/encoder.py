"""Encoders: text in, unit vectors out.

The built-in one lies in the package, and works offline in Chinese and English; another transformer
of sentence-transformers can stand in for it. Nothing is imported or loaded before it is needed.
"""

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from askarticle.article import without_surrogates
from askarticle.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUILT_IN = "built-in"
Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total) after each step of long work."""

_BATCH = 256  # texts between two reports of progress; the model sorts them and takes 32 at a time


class Tokens(NamedTuple):
    """A text's vector, and those of its tokens in their order."""

    vector: Vectors
    """float32 [dimension], of length 1: what `encode` gives."""
    vectors: Vectors
    """float32 [tokens, dimension], each of length 1."""
    ranges: NDArray[np.int64]
    """[tokens, 2]: the characters that each stands for; an empty range for what stands for none."""


class Encoder(Protocol):
    """What turns texts into vectors whose inner product is their likeness of meaning."""

    @property
    def name(self) -> str:
        """What `load_encoder` was given; "built-in" for the package's own."""

    @property
    def fingerprint(self) -> str:
        """Differs between encoders whose vectors can't be compared."""

    @property
    def dimension(self) -> int:
        """Length of each vector."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """float32 [len(texts), dimension], in order, each of length 1."""

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text's tokens, in the context of their text."""


def load_encoder(name: str | Path = BUILT_IN, *, download: bool = True) -> Encoder:
    """The built-in encoder, or a sentence-transformers model by folder or hub name.

    Loaded once a process. Only safetensors weights are read, and no code that comes with a model
    is run. A name that is no folder is looked up on the hub, which needs the network the first
    time, unless `download` is False. Raises EncoderError.
    """
    is_folder = name != BUILT_IN and os.path.isdir(name)  # noqa: PTH112 (False for any name)
    key = os.path.realpath(name) if is_folder else str(name)
    with _loading:
        if key not in _loaded:
            _loaded[key] = _load(key, download)
        return _loaded[key]


_loaded: dict[str, Encoder] = {}
_loading = threading.Lock()


def _load(name: str, download: bool) -> Encoder:
    folder = Path(__file__).with_name("model") if name == BUILT_IN else Path(name)
    if name == BUILT_IN and not (folder / "modules.json").exists():
        raise EncoderError(
            f"the built-in encoder is missing from {folder}: install askarticle again"
        )
    local = os.path.isdir(folder)  # noqa: PTH112
    # `use_safetensors` isn't for the modules behind the first.
    for path in folder.rglob("pytorch_model.bin") if local else ():
        if not path.with_name("model.safetensors").exists():
            raise EncoderError(
                f"the encoder {name!r} can't be loaded: {path.relative_to(folder)} is a pickle, "
                "which may run code; give a folder with safetensors weights"
            )
    from sentence_transformers import SentenceTransformer  # takes seconds
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # "Loading weights" is no news to our users
    for chatty in ("sentence_transformers", "transformers", "huggingface_hub"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    try:
        model = SentenceTransformer(
            str(folder) if local else name,
            device="cpu" if name == BUILT_IN else None,
            local_files_only=local or not download,
            model_kwargs={"use_safetensors": True, "dtype": "float32"},
        )
        encoder = _SentenceTransformerEncoder(name, model, _fingerprint(folder) if local else "")
        [probe] = encoder.tokens(["a b"])  # static embeddings and slow tokenizers have no places
        if len(probe.ranges) != len(probe.vectors):
            raise ValueError("its tokens have no places in the text")
    except Exception as error:  # what tokenizers raises for a damaged file is a bare Exception
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise EncoderError(
            f"the encoder {name!r} can't be loaded ({reason}): give the folder of a transformer "
            "made by sentence-transformers, with safetensors weights and a fast tokenizer, or a "
            "hub name and a network"
        ) from error
    return encoder


def _fingerprint(folder: Path) -> str:
    """SHA-256 over the names and bytes of the model's files; its prose doesn't count."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        plain = path.relative_to(folder).as_posix()
        if path.suffix == ".md" or any(part.startswith(".") for part in Path(plain).parts):
            continue
        digest.update(plain.encode() + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


class _SentenceTransformerEncoder:
    def __init__(self, name: str, model: "SentenceTransformer", fingerprint: str) -> None:
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0)
        commit = getattr(getattr(model[0], "auto_model", None), "config", None)
        self.fingerprint = fingerprint or f"{name}@{getattr(commit, '_commit_hash', None)}"
        self._model = model
        self._max_tokens = model.max_seq_length
        # Tokenizers have raised "Already borrowed" when two threads used one.
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [without_surrogates(text) for text in texts[start : start + _BATCH]]
            with self._lock:
                vectors[start : start + len(batch)] = self._model.encode(
                    batch, prompt="", normalize_embeddings=True, show_progress_bar=False
                )
            if progress:
                progress(start + len(batch), len(texts))
        return vectors

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        cleaned = [without_surrogates(text) for text in texts]
        with self._lock:
            encoded = self._model.encode(
                cleaned,
                prompt="",  # a model's own would shift the ranges
                output_value=None,
                convert_to_numpy=False,
                show_progress_bar=False,
            )
            ranges = [
                self._model.tokenizer(
                    text, return_offsets_mapping=True, truncation=True, max_length=self._max_tokens
                )["offset_mapping"]
                for text in cleaned
            ]
        found = []
        for output, offsets in zip(encoded, ranges, strict=True):
            mask = output["attention_mask"].bool()
            vectors = output["token_embeddings"][mask].float().cpu().numpy()
            vector = output["sentence_embedding"].float().cpu().numpy()
            found.append(
                Tokens(
                    vector / max(float(np.linalg.norm(vector)), 1e-12),
                    vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12),
                    np.asarray(offsets, np.int64).reshape(-1, 2)[: len(vectors)],
                )
            )
        return found
