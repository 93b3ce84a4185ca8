"""What readers' articles are read from: an address, a file, a pasted text.

It is held as long as its article is, so that lines that were left out can be put back; the bytes
are held within a limit, beyond which the oldest are let go.
"""

import re
import sys
import threading
import weakref
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from askarticle.article import Article
from askarticle.errors import ReadError
from askarticle.reading import MAX_BYTES, read, read_text

_MAX_PASTED = 1_000_000  # characters; a request without files has at most 4 MB
_HELD = 200_000_000  # bytes, of all readers together

Reader = Callable[[Collection[int]], Article]
"""Reads an article anew, with some removed lines put back."""


class _Original:
    def __init__(self, content: str | bytes) -> None:
        self.content: str | bytes | None = content

    def read(self, keep: Collection[int]) -> Article:
        match self.content:
            case None:
                raise ReadError("its source is kept no more: add the article again to change it")
            case str(text):
                return read_text(text, keep=keep)
            case content:
                return read(content, keep=keep)


class Originals:
    """The sources of all readers' articles."""

    def __init__(self) -> None:
        # Whoever holds a reader holds its original; here they are only counted.
        self._held: weakref.WeakKeyDictionary[_Original, int] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def reader(self, given: dict[str, Any]) -> Reader:
        """How to read what a page gave: {"url"}, {"file"} or {"text"}. Raises ReadError.

        Never a path that the reader typed: an upload must lie in Gradio's folder for them.
        """
        if url := str(given.get("url", "")).strip():
            if not re.match(r"https?://", url, re.I):
                raise ReadError("of addresses, only http and https are read")
            return lambda keep: read(url, keep=keep)
        if upload := given.get("file"):
            return self._hold(_uploaded(str(upload)))
        text = str(given.get("text", ""))
        if len(text) > _MAX_PASTED:
            raise ReadError(f"the text has more than {_MAX_PASTED:,} characters: give it as a file")
        return self._hold(text)

    def _hold(self, content: str | bytes) -> Reader:
        original = _Original(content)
        with self._lock:
            self._held[original] = sys.getsizeof(content)
            room = _HELD
            for other, size in reversed(list(self._held.items())):  # in the order of their coming
                room -= size
                if room < 0:
                    other.content = None
                    del self._held[other]
        return original.read


def _uploaded(path: str) -> bytes:
    """The bytes of an upload. Its file stays: another reader's of the same content is the same."""
    from gradio.utils import get_upload_folder

    folder, file = Path(get_upload_folder()).resolve(), Path(path).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        raise ReadError("the upload is no longer here: add it again")
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)  # one more than `read` takes
