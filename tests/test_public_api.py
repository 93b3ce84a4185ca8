"""What `import askarticle` gives, and what it must not cost."""

import subprocess
import sys

import askarticle

NAMES = {
    "Article", "AskArticleError", "Conversation", "Encoder", "EncoderError", "Hit",
    "IndexDamaged", "IndexLocked", "IndexMismatch", "IndexStoreError", "Passage",
    "QuestionError", "ReadError", "Removed", "Reply", "Retriever", "load_encoder", "read",
    "read_text", "retrieve",
}  # fmt: skip
HEAVY = {
    "torch", "sentence_transformers", "transformers", "gradio", "faiss", "trafilatura", "lxml",
    "markdown_it", "pypdfium2", "urllib3",
}  # fmt: skip


def test_exported_names():
    assert set(askarticle.__all__) == NAMES
    assert askarticle.__all__ == sorted(askarticle.__all__)
    for name in NAMES:
        assert getattr(askarticle, name).__doc__, f"{name} has no docstring"


def test_every_error_is_an_askarticle_error():
    for name in NAMES:
        if isinstance(value := getattr(askarticle, name), type) and issubclass(value, Exception):
            assert issubclass(value, askarticle.AskArticleError)


def test_importing_loads_nothing_heavy():
    code = "import sys, askarticle, askarticle.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(loaded.stdout.split())
