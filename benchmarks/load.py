"""Many readers at once, and many questions in a row, against a real server: `benchmarks/load.py`.

50 sessions ask at once: 30 programs, each after its own guest of an article of 50 rooms, and 20
pages of a real Chromium, each about an article that it alone has brought. Then a short queue is
filled, one program asks 3,000 questions while the server's memory is watched, and a page's time
from Enter to its answer is taken on the bundled article.
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
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from askarticle import Retriever

INDEX = Path(__file__).parent.parent / "index"
ROOMS = 50
ROUNDS = 3
WARM_UP = 500
FROM_ENTER = """() => { window.answered = new Promise((resolve) =>
    document.addEventListener("keydown", (key) => new MutationObserver((_, watch) => {
        if (!document.querySelector(".turn .reply")) return;
        watch.disconnect();
        resolve(performance.now() - key.timeStamp);
    }).observe(document.getElementById("turns"), {childList: true, subtree: true}),
    {capture: true, once: true})); }"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", type=int, default=30)
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--port", type=int, default=7871)
    options = parser.parse_args()
    port, address = options.port, f"http://127.0.0.1:{options.port}"
    with tempfile.TemporaryDirectory() as folder:
        rooms = Path(folder) / "rooms.txt"
        rooms.write_text("\n".join(room(n) for n in range(1, ROOMS + 1)), encoding="utf-8")
        with server(port, str(rooms)) as process:
            crowd(address, options.programs, options.browsers)
            in_a_row(address, process.pid, options.questions)
        with server(port, str(rooms), "--queue", "4") as process:
            too_many(address)
    if options.browsers:
        with server(port, "--index", str(INDEX)):
            from_enter(address)


def room(n: int) -> str:
    return f"第{n}号房间住着从第{n * 7919}站上车的客人。"


@contextmanager
def server(port: int, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """The chat in a process of its own."""
    command = [sys.executable, "-m", "askarticle", "serve", *options, "--port", str(port)]
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
        work = []
        if browsers:  # first, so that what failed is told before that it was waited for
            numbers = range(programs + 1, programs + browsers + 1)
            work.append(pool.submit(pages, address, numbers, together, wrong))
        work += [pool.submit(program, n) for n in range(1, programs + 1)]
        for done in work:
            done.result()
    times.sort()
    print(
        f"{programs} programs and {browsers} browsers at once: {len(wrong)} wrong answers; "
        f"a program's answer p50 {statistics.median(times):.2f} s, "
        f"p95 {times[int(len(times) * 0.95)]:.2f} s"
    )


@contextmanager
def told_if_it_fails(together: threading.Barrier) -> Iterator[None]:
    """Without this the programs would wait for a Chromium that isn't there."""
    try:
        yield
    except BaseException:
        together.abort()
        raise


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def pages(address: str, numbers: range, together: threading.Barrier, wrong: list[int]) -> None:
    """Pages of one Chromium, each a reader's own: all ask the same of what each has brought."""
    with told_if_it_fails(together), chromium() as browser:
        opened = [browser.new_context(locale="zh-CN").new_page() for _ in numbers]
        for n, page in zip(numbers, opened, strict=True):
            page.set_default_timeout(120_000)
            page.goto(address)
            page.locator("#text .sentence").first.wait_for()
            page.locator("#open-add").click()
            page.locator("#paste").fill(f"第{n}位读者的旅馆\n\n这里{room(n)}\n早饭从七点开始。")
            page.locator("#read").click()
            page.locator("#add").wait_for(state="hidden")
            page.locator("#ask").fill("客人从哪一站上车?")
        together.wait()
        started = time.perf_counter()
        for page in opened:
            page.locator("#ask").press("Enter")
        for n, page in zip(numbers, opened, strict=True):
            said = page.locator(".turn .reply")
            said.wait_for()
            stations = set(re.findall(r"第(\d+)站", said.inner_text()))
            if stations != {str(n * 7919)}:
                wrong.append(n)
        print(f"{len(opened)} pages: the last answer after {time.perf_counter() - started:.2f} s")


def too_many(address: str) -> None:
    """More questions at once than may be at work and wait; those who are refused are told why."""

    def one(n: int) -> str:
        with httpx.Client(timeout=120) as client:
            path = f"{address}/gradio_api/call/v2/answer"
            posted = client.post(path, json={"question": f"谁住在第{n}号房间?"})
            if posted.status_code != 200:
                return str(posted.json()["detail"])
            event = posted.json()["event_id"]
            return "" if "event: complete" in client.get(f"{path}/{event}").text else "no answer"

    with ThreadPoolExecutor(40) as pool:
        said = Counter(pool.map(one, range(40)))
    answered = said.pop("", 0)
    print(f"40 questions at once, 4 may wait: {answered} answered; told: {dict(said)}")


def from_enter(address: str) -> None:
    """The time from the key to the answer's node, as the page's own clock has it."""
    questions = (INDEX / "questions.txt").read_text(encoding="utf-8").splitlines()
    shown, alone = [], []
    with chromium() as browser:
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(address)
        page.locator("#text .sentence").first.wait_for()
        for number, question in enumerate(questions * 8):
            page.locator("#new-talk").click()
            page.locator("#ask").fill(question)
            page.evaluate(FROM_ENTER)
            page.locator("#ask").press("Enter")
            if number >= len(questions):  # the first round warms up
                shown.append(page.evaluate("window.answered"))
            else:
                page.evaluate("window.answered")
    retriever = Retriever.load(INDEX)
    for number, question in enumerate(questions * 8):
        started = time.perf_counter()
        retriever.answer(question)
        if number >= len(questions):
            alone.append((time.perf_counter() - started) * 1000)
    shown.sort()
    print(
        f"from Enter to the answer shown, {len(shown)} questions: p50 "
        f"{statistics.median(shown):.0f} ms, p95 {shown[int(len(shown) * 0.95)]:.0f} ms; the "
        f"retriever alone, without a server: p50 {statistics.median(alone):.0f} ms"
    )


def in_a_row(address: str, pid: int, questions: int) -> None:
    """One program's questions, one after another; prints their times and the server's growth."""
    times = []
    before = 0
    warm_up = min(WARM_UP, questions)
    with httpx.Client(timeout=120) as client:
        for n in range(warm_up + questions):
            if n == warm_up:
                before = _resident(pid)
            started = time.perf_counter()
            ask(client, address, f"第{n}个问题:谁住在第{n % ROOMS}号房间?")
            if n >= warm_up:
                times.append(time.perf_counter() - started)
    times.sort()
    print(
        f"{questions} questions in a row: p50 {statistics.median(times) * 1000:.0f} ms, "
        f"p95 {times[int(len(times) * 0.95)] * 1000:.0f} ms; memory grew by "
        f"{(_resident(pid) - before) / 1e6:.1f} MB after {warm_up} to warm up"
    )


def _resident(pid: int) -> int:
    """Bytes of a process in memory; Linux only."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main()
