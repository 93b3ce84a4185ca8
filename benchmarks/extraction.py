"""How well pages are cleaned: `python benchmarks/extraction.py FOLDER [--misses]`.

FOLDER holds `*.jsonl.gz` files of pages, one JSON object a line: the page's markup
(`html_latin1` or `html_gb18030_latin1`, whose `.encode("latin1")` gives its bytes), `dump` (the
page saved as plain text), `gold` (its body) and `title`, which may be null. The score of a body is
the F1 of its character trigrams against the gold's, counted with repeats, white space removed;
"said" is the same score of the lines with a sentence mark alone, in both: some golds hold boxes of
other headlines that stand inside the body, and a reader's questions are answered by sentences.
"""

import argparse
import gzip
import json
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import trafilatura

import askarticle

SHOWN = 6
"""Worst pages that --misses shows of each kind."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MARK = re.compile(r"[。！？!?]|\.(?:\W|$)")

Page = dict[str, Any]


class Reading(NamedTuple):
    body: str
    title: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description="How well pages are cleaned.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true", help="show our worst pages")
    arguments = parser.parse_args()
    print(f"{'pages':28} {'read by':24} {'n':>4} {'mean':>6} {'worst':>6} {'said':>6}  titles")
    misses: list[str] = []
    for name, pages in _groups(arguments.folder):
        for kind, readers in (("HTML", HTML_READERS), ("dump", DUMP_READERS)):
            for reader, read in readers.items():
                readings = [read(page) for page in pages]
                scores = [f1(r.body, page["gold"]) for r, page in zip(readings, pages, strict=True)]
                said = [
                    f1(_said(r.body), gold)
                    for r, page in zip(readings, pages, strict=True)
                    if (gold := _said(page["gold"]))
                ]
                titles = [page["title"] for page in pages]
                right = sum(t == r.title for t, r in zip(titles, readings, strict=True) if t)
                shown = f"{right} of {len(pages)}" if all(titles) and reader == "askarticle" else ""
                print(
                    f"{f'{name}, {kind}':28} {reader:24} {len(pages):4} "
                    f"{statistics.mean(scores):6.3f} {min(scores):6.3f} "
                    f"{statistics.mean(said):6.3f}  {shown}".rstrip(),
                    flush=True,
                )
                if reader == "askarticle":
                    worst = sorted(zip(scores, pages, readings, strict=True), key=lambda s: s[0])
                    misses += (_miss(f"{name}, {kind}", *miss) for miss in worst[:SHOWN])
    if arguments.misses:
        print("\n" + "\n".join(misses))


def f1(body: str, gold: str) -> float:
    """F1 of the character trigrams of two texts, counted with repeats."""
    got, wanted = _trigrams(body), _trigrams(gold)
    both = (got & wanted).total()
    return 2 * both / (got.total() + wanted.total()) if both else 0.0


def _said(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if MARK.search(line))


def _trigrams(text: str) -> Counter[str]:
    text = re.sub(r"\s+", "", text)
    return Counter(text[i : i + 3] for i in range(len(text) - 2))


def _groups(folder: Path) -> Iterator[tuple[str, list[Page]]]:
    """The pages of each file, Chinese ones apart from others."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            pages = [json.loads(line) for line in file]
        for language, is_chinese in (("zh", True), ("en", False)):
            if chosen := [page for page in pages if _is_chinese(page["gold"]) == is_chinese]:
                yield f"{path.name.split('.')[0]} {language}", chosen


def _is_chinese(text: str) -> bool:
    return len(CHINESE.findall(text)) > len(text) / 4


def _bytes(page: Page) -> bytes:
    return (page.get("html_latin1") or page["html_gb18030_latin1"]).encode("latin1")


def _ours(source: str | bytes) -> Reading:
    try:
        article = (
            askarticle.read(source) if isinstance(source, bytes) else askarticle.read_text(source)
        )
    except askarticle.ReadError:
        return Reading("")
    return Reading(article.text, article.title)


def _trafilatura(page: Page, **options: Any) -> Reading:
    return Reading(trafilatura.extract(_bytes(page), include_comments=False, **options) or "")


def _long_lines(page: Page) -> Reading:
    """The rule to beat: long lines that hold a sentence mark."""
    length, mark = (40, "[。！？]") if _is_chinese(page["dump"]) else (80, "[.!?]")
    lines = page["dump"].splitlines()
    return Reading(
        "\n".join(line for line in lines if len(line) > length and re.search(mark, line))
    )


HTML_READERS: dict[str, Callable[[Page], Reading]] = {
    "askarticle": lambda page: _ours(_bytes(page)),
    "trafilatura": _trafilatura,
    "trafilatura, precision": lambda page: _trafilatura(page, favor_precision=True),
}
DUMP_READERS: dict[str, Callable[[Page], Reading]] = {
    "askarticle": lambda page: _ours(page["dump"]),
    "long lines with a mark": _long_lines,
}


def _miss(kind: str, score: float, page: Page, reading: Reading) -> str:
    """What a page lost and what was kept wrongly, a line each."""
    lines = [f"{score:.3f} {kind}, {page['id']}: {reading.title!r}, of {page['title']!r}"]
    for sign, part, whole in (("-", page["gold"], reading.body), ("+", reading.body, page["gold"])):
        bare = re.sub(r"\s+", "", whole)
        lines += (
            f"  {sign} {line.strip()[:150]}"
            for line in part.splitlines()
            if line.strip() and re.sub(r"\s+", "", line) not in bare
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
