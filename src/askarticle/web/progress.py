"""Runs long work beside the request that shows how far it is."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from askarticle.encoder import Progress


def steps(work: Callable[[Progress], str]) -> Iterator[dict[str, int] | str]:
    """What `work` reports, as {"done", "total"}, the latest first seen; at last what it returns.

    What it raises is raised here.
    """
    reports: queue.Queue[tuple[int, int] | None] = queue.Queue()
    result: list[Any] = []

    def run() -> None:
        try:
            result.append(work(lambda done, total: reports.put((done, total))))
        except Exception as error:  # of any kind: it is raised again below
            result.append(error)
        reports.put(None)

    threading.Thread(target=run, daemon=True).start()
    yield {"done": 0, "total": 0}
    while (report := reports.get()) is not None:
        yield {"done": report[0], "total": report[1]}
    if isinstance(result[0], Exception):
        raise result[0]
    yield str(result[0])
