"""What several test files share: the bundled index, a tiny encoder, the settings of hypothesis."""

import os
import re
import socket
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from askarticle import Retriever
from askarticle.encoder import Progress, Tokens, Vectors

os.environ["HF_HUB_OFFLINE"] = "1"  # a test that needs the network is wrong

ROOT = Path(__file__).parent.parent
INDEX = ROOT / "index"
PAGE = INDEX / "article_page.txt"

settings.register_profile("default", deadline=None, derandomize=True, max_examples=150)
settings.register_profile("thorough", deadline=None, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


WORD = re.compile(r"[\u4e00-\u9fff]|[a-z0-9]+")


class WordEncoder:
    """An encoder whose meaning is easy to know: texts are alike if they share words."""

    def __init__(self, name: str = "words", dimension: int = 64) -> None:
        self.name = name
        self.fingerprint = f"fingerprint of {name}"
        self.dimension = dimension
        self.calls: list[list[str]] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.calls.append(list(texts))
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in WORD.findall(text.lower()) or [""]:
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        if progress:
            progress(len(texts), len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        found = []
        for text, vector in zip(texts, self.encode(texts), strict=True):
            spans = [m.span() for m in WORD.finditer(text.lower())] or [(0, 0)]
            one_hot = np.zeros((len(spans), self.dimension), np.float32)
            for row, (start, end) in enumerate(spans):
                one_hot[row, zlib.crc32(text.lower()[start:end].encode()) % self.dimension] = 1
            found.append(Tokens(vector, one_hot, np.array(spans)))
        return found


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def bundled() -> Retriever:
    """The index in index/, with the real encoder."""
    return Retriever.load(INDEX)
