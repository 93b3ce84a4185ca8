"""How long things take, each beside what it is measured by: `python benchmarks/speed.py`.

Times differ between machines and moments; the ratios hold.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from askarticle import Retriever, load_encoder

INDEX = Path(__file__).parent.parent / "index"


def main() -> None:
    ours, theirs = (
        statistics.median(_import_seconds(name) for _ in range(5))
        for name in ("askarticle", "sentence_transformers")
    )
    print(
        f"import askarticle {ours:.2f} s, import sentence_transformers {theirs:.2f} s: "
        f"{ours / theirs:.3f} of it"
    )
    loading = _seconds(load_encoder)
    print(f"load the encoder {loading:.2f} s, sentence_transformers' import included")
    retriever = Retriever.load(INDEX)
    encoder = load_encoder()
    questions = (INDEX / "questions.txt").read_text(encoding="utf-8").split("\n")[:-1] * 10
    retriever.retrieve(questions[0])
    encoding = statistics.median(_seconds(lambda q=q: encoder.encode([q])) for q in questions)
    whole = statistics.median(
        _seconds(lambda q=f"{q} {number}": retriever.retrieve(q))
        for number, q in enumerate(questions)
    )  # each with a number of its own: a question that was just asked isn't encoded again
    print(
        f"encode a question {encoding * 1000:.1f} ms; rank {len(retriever._index)} passages and "
        f"mark the best three {whole * 1000:.1f} ms in all: {whole / encoding:.1f} times"
    )


def _import_seconds(name: str) -> float:
    """Of a fresh interpreter, less what an empty one takes."""
    empty, full = ([sys.executable, "-c", code] for code in ("pass", f"import {name}"))
    return _seconds(lambda: subprocess.run(full, check=True)) - _seconds(
        lambda: subprocess.run(empty, check=True)
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
