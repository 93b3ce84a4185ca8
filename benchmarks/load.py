"""Many readers at once, and many questions in a row, against a real server: `benchmarks/load.py`.

50 sessions, 20 of them pages of a real Chromium, ask at once about an article of 50 rooms, each
after its own guest; then one program asks 3,000 questions while the server's memory is watched.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOMS = 50
ROUNDS = 3
WARM_UP = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", type=int, default=30)
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--port", type=int, default=7871)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), options.port) as process:
        address = f"http://127.0.0.1:{options.port}"
        crowd(address, options.programs, options.browsers)
        in_a_row(address, process.pid, options.questions)


@contextmanager
def server(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The chat on the rooms, in a process of its own."""
    article = folder / "rooms.txt"
    lines = (f"第{n}号房间住着从第{n * 7919}站上车的客人。" for n in range(1, ROOMS + 1))
    article.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "askarticle", "serve", str(article), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        if "ready" not in process.stdout.readline():
            raise SystemExit("the server didn't start")
        yield process
    finally:
        process.terminate()
        process.wait(30)


def ask(client: httpx.Client, address: str, question: str) -> str:
    """The text that answers, by the two requests of a program."""
    path = f"{address}/gradio_api/call/v2/answer"
    posted = client.post(path, json={"question": question, "strictness": "eager", "k": 1})
    event = posted.raise_for_status().json()["event_id"]
    said = re.search(r"event: complete\ndata: (.*)\n", client.get(f"{path}/{event}").text)
    return str(json.loads(said[1])[0]["hits"][0]["text"]) if said else ""


def crowd(address: str, programs: int, browsers: int) -> None:
    """All ask at once; prints how long an answer took, and whose answers were another's."""
    together = threading.Barrier(programs + bool(browsers))
    times: list[float] = []
    wrong: list[int] = []

    def program(n: int) -> None:
        with httpx.Client(timeout=120) as client:
            together.wait()
            for _ in range(ROUNDS):
                started = time.perf_counter()
                text = ask(client, address, f"从第{n * 7919}站上车的客人住在哪里?")
                times.append(time.perf_counter() - started)
                if f"第{n * 7919}站" not in text:
                    wrong.append(n)

    with ThreadPoolExecutor(programs + 1) as pool:
        work = [pool.submit(program, n) for n in range(1, programs + 1)]
        if browsers:
            numbers = range(programs + 1, programs + browsers + 1)
            work.append(pool.submit(pages, address, numbers, together, wrong))
        for done in work:
            done.result()
    times.sort()
    print(
        f"{programs} programs and {browsers} browsers at once: {len(wrong)} wrong answers; "
        f"a program's answer p50 {statistics.median(times):.2f} s, "
        f"p95 {times[int(len(times) * 0.95)]:.2f} s"
    )


def pages(address: str, numbers: range, together: threading.Barrier, wrong: list[int]) -> None:
    """Pages of one Chromium, each in a context of its own, which ask one question each at once."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        opened = [chromium.new_context(locale="zh-CN").new_page() for _ in numbers]
        for n, page in zip(numbers, opened, strict=True):
            page.goto(address)
            box = page.locator("#question textarea, textarea#question").first
            box.fill(f"从第{n * 7919}站上车的客人住在哪里?", timeout=60_000)
        together.wait()
        started = time.perf_counter()
        for page in opened:
            page.locator("#question textarea, textarea#question").first.press("Enter")
        for n, page in zip(numbers, opened, strict=True):
            try:
                page.locator(".hit, .reply").filter(has_text=f"第{n * 7919}站").first.wait_for(
                    timeout=60_000
                )
            except Exception:
                wrong.append(n)
        print(f"{len(opened)} pages: the last answer after {time.perf_counter() - started:.2f} s")
        chromium.close()


def in_a_row(address: str, pid: int, questions: int) -> None:
    """One program's questions, one after another; prints their times and the server's growth."""
    times = []
    before = 0
    with httpx.Client(timeout=120) as client:
        for n in range(WARM_UP + questions):
            if n == WARM_UP:
                before = _resident(pid)
            started = time.perf_counter()
            ask(client, address, f"第{n}个问题:谁住在第{n % ROOMS}号房间?")
            if n >= WARM_UP:
                times.append(time.perf_counter() - started)
    times.sort()
    print(
        f"{questions} questions in a row: p50 {statistics.median(times) * 1000:.0f} ms, "
        f"p95 {times[int(len(times) * 0.95)] * 1000:.0f} ms; memory grew by "
        f"{(_resident(pid) - before) / 1e6:.1f} MB after {WARM_UP} to warm up"
    )


def _resident(pid: int) -> int:
    """Bytes of a process in memory; Linux only."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main()
