"""What is served: one retriever, or the newest good generation of an index folder.

Whole snapshots are swapped, never changed: an answer that took one at its start comes wholly from
it. A folder that can't be read leaves the one in use, with the reason in `problem`. Questions are
kept nowhere, unless a file for them is given.
"""

import hashlib
import json
import logging
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from askarticle.encoder import Encoder
from askarticle.errors import AskArticleError
from askarticle.reply import Reply
from askarticle.retriever import Retriever
from askarticle.store import MANIFEST

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A retriever, and the generation of the index that it was read from."""

    retriever: Retriever
    generation: str
    """The first 16 digits of the SHA-256 of the folder's manifest.json; "" without a folder."""


class Source:
    """The snapshot in use, and who may know what was asked. Safe to share between threads."""

    def __init__(self, served: Retriever | str | Path, *, encoder: Encoder | None = None) -> None:
        """Of a folder, the index in it, read again whenever `refresh` finds a new one there.

        Raises IndexStoreError or one of its kinds, EncoderError.
        """
        self._folder = None if isinstance(served, Retriever) else Path(served)
        self._encoder = encoder
        self._stamp = _stamp(self._folder) if self._folder else ()
        self.current = (
            Snapshot(served, "") if isinstance(served, Retriever) else _read(Path(served), encoder)
        )
        """Read it once for one answer: it may be another one the next time."""
        self.problem = ""
        """What kind of error keeps the folder's newest index from being used; "" if none does."""
        self._refreshing = threading.Lock()
        self._questions: Path | None = None
        self._writing = threading.Lock()

    def refresh(self) -> bool:
        """Take the folder's index if its manifest changed; True if it is now another one.

        One that can't be used is not tried again before the manifest changes once more.
        """
        if self._folder is None:
            return False
        with self._refreshing:
            stamp = _stamp(self._folder)
            if stamp == self._stamp:
                return False
            self._stamp = stamp  # taken before reading: what changes meanwhile is seen next time
            try:
                snapshot = _read(self._folder, self._encoder)
            except AskArticleError as error:
                self.problem = type(error).__name__
                _log.warning("the new index is not used, the old one is still served: %s", error)
                return False
            self.problem = ""
            changed = snapshot.generation != self.current.generation
            if changed:
                self.current = snapshot
            return changed

    def log_questions(self, path: str | Path) -> None:
        """From now on write each question to a file, as a line of JSON.

        Raises AskArticleError if it can't be written.
        """
        self._questions = Path(path)
        try:
            self._append("")
        except OSError as error:
            raise AskArticleError(
                f"questions can't be logged to {path} ({error.strerror}): choose another file"
            ) from error

    def asked(self, reply: Reply) -> None:
        """Keep a question, if a file for them was given: what was asked and found, not by whom."""
        if self._questions is None:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": reply.question,
            "found": reply.found,
            "confidence": round(reply.confidence, 4),
        }
        try:
            # ASCII, so that a lone surrogate is written too.
            self._append(json.dumps(line) + "\n")
        except OSError as error:
            _log.warning("a question can't be logged to %s: %s", self._questions, error.strerror)

    def _append(self, text: str) -> None:
        assert self._questions is not None
        with (
            self._writing,
            open(self._questions, "a", encoding="ascii", opener=_for_the_owner) as file,
        ):
            file.write(text)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(folder: Path, encoder: Encoder | None) -> Snapshot:
    """The folder's index and the manifest that it came with, though a writer may be at work."""
    while True:
        before = _manifest(folder)
        retriever = Retriever.load(folder, encoder=encoder)
        if _manifest(folder) == before:
            return Snapshot(retriever, hashlib.sha256(before).hexdigest()[:16])


def _manifest(folder: Path) -> bytes:
    with suppress(OSError):  # what is wrong with it, Retriever.load says
        return (folder / MANIFEST).read_bytes()
    return b""


def _stamp(folder: Path) -> tuple[int, ...]:
    """Changes whenever a manifest is put in place of another."""
    with suppress(OSError):
        status = (folder / MANIFEST).stat()
        return status.st_mtime_ns, status.st_size, status.st_ino
    return ()
