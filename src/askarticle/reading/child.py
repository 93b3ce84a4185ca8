"""Runs one reader in a process of its own, with an end to its time and its memory.

For what a thread can't be saved from: native code that hangs, or takes all memory, or crashes. It
costs the start of a Python (0.4 s), so only kinds that need it are read so: PDF, zipped documents
and markup that looks hostile. A subprocess is used, not multiprocessing, because that runs the
caller's main script again; the limits are set by the child itself, because code between fork and
exec isn't safe in a server with threads. What passes between them is JSON.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection
from dataclasses import asdict
from importlib import import_module
from typing import Any

from askarticle.article import Article, Removed
from askarticle.errors import ReadError

MAX_SECONDS = 10.0
"""How long a reader may take, the start of its process included."""
MAX_MEMORY = 1_500_000_000
"""Bytes of address space that a reader may take; an idle one has 0.4 GB."""

# So many at a time, that many hostile files can't take the machine's memory together.
_SLOTS = threading.BoundedSemaphore(4)
_CODE = "from askarticle.reading.child import main; main()"


class TooComplex(ReadError):
    """The reader was stopped at its limit of time or memory, or it crashed."""


def read_in_child(
    reader: str,
    content: bytes,
    *,
    clean: bool = True,
    keep: Collection[int] = (),
    seconds: float = MAX_SECONDS,
    memory: int = MAX_MEMORY,
) -> Article:
    """What `reader` ("module:function" of this package) makes of `content`, in a child process.

    The function takes (content, clean=, keep=) and returns an Article. Its ReadErrors are raised
    here; TooComplex if it was stopped or crashed. When others are being read, it waits for its
    turn, up to `seconds` more. May be called from any thread.
    """
    options = json.dumps([reader, clean, sorted(map(int, keep)), seconds, memory])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
        "OPENBLAS_NUM_THREADS": "1",  # each thread would take address space
    }
    if not _SLOTS.acquire(timeout=seconds):
        raise ReadError("too many complex sources are being read at this moment: try again")
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _CODE, options],
            input=content,
            capture_output=True,
            timeout=seconds,
            env=environment,
        )
    except subprocess.TimeoutExpired:  # it has been killed
        raise TooComplex(f"it is too complex: reading it takes more than {seconds:g} s") from None
    except OSError as error:
        raise ReadError(f"the process to read it in can't be started: {error}") from None
    finally:
        _SLOTS.release()
    if done.returncode:
        raise TooComplex(
            f"it is damaged, or so complex that reading it takes more than {memory / 1e9:g} GB"
        )
    reply = json.loads(done.stdout)
    if "error" in reply:
        raise ReadError(reply["error"])
    return Article(**{**reply, "removed": [Removed(*line) for line in reply["removed"]]})


def main() -> None:
    """The child: reads standard input, writes the article or the error as JSON."""
    reader, clean, keep, seconds, memory = json.loads(sys.argv[1])
    _limit(seconds, memory)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints isn't part of the reply
    module, function = reader.split(":")
    reply: dict[str, Any]
    try:
        read = getattr(import_module(f"askarticle.reading.{module}"), function)
        reply = asdict(read(sys.stdin.buffer.read(), clean=clean, keep=keep))
    except ReadError as error:
        reply = {"error": str(error)}
    except MemoryError:
        os._exit(1)
    json.dump(reply, out)
    out.flush()
    os._exit(0)  # without the destructors of a native library, which may hang or crash


def _limit(seconds: float, memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has none: there only the time is bounded
        return
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(seconds) + 2),  # for when the parent is killed
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),  # it has nothing to write to a file
    ):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):  # macOS knows RLIMIT_AS and refuses to set it
            continue
