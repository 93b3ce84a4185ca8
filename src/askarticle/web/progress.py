"""Runs long work beside the request that shows how far it is."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from askarticle.encoder import Progress

_SILENT = 20  # seconds


def steps(work: Callable[[Progress], str]) -> Iterator[dict[str, int] | str]:
    """What `work` reports, as {"done", "total"}, one after the other; at last what it returns.

    While it says nothing, its seconds, with a total of 0, so that nobody takes it for dead. What it
    raises is raised here.
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
    report: tuple[int, int] | None = (0, 0)
    started = time.monotonic()
    while report is not None:
        yield {"done": report[0], "total": report[1]}
        try:
            report = reports.get(timeout=_SILENT)
        except queue.Empty:
            report = round(time.monotonic() - started), 0
    if isinstance(result[0], Exception):
        raise result[0]
    yield str(result[0])
