"""Reads the training data: JSON lines and a dictionary, gzip, from one folder.

The questions written for this project beside the folder's own lie in `questions.jsonl.gz`, without
the texts: those are found in the folder again and checked by their SHA-256. It doesn't clean, and
keeps no copy.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from askarticle.passages import split
from askarticle.ranking import is_chinese

# One text in five: its questions are never trained on. Models are chosen on them, and confidence
# is fitted on them.
FOLD = 5
_ENTRY = re.compile(r"(\S+) (\S+) \[[^]]*\] /(.*)/")
_WRITTEN = Path(__file__).with_name("questions.jsonl.gz")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text cut into sentences, with questions and the sentences that answer each."""

    sentences: tuple[str, ...]
    questions: tuple[tuple[str, str, tuple[int, ...]], ...]
    """(question, kind, numbers of the sentences that answer)."""


def rows(path: Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a `.jsonl.gz` file; none if the file isn't there."""
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, islice(lines, limit))


def dictionary(folder: Path) -> list[tuple[str, str, list[str]]]:
    """The entries of CC-CEDICT: (traditional, simplified, senses)."""
    with gzip.open(folder / "cedict_2020-10-18.u8.gz", "rt", encoding="utf-8") as lines:
        found = (_ENTRY.match(line) for line in lines if not line.startswith("#"))
        return [(m[1], m[2], m[3].split("/")) for m in found if m]


def is_held_out(text_id: str) -> bool:
    """Whether the questions of a text aren't trained on."""
    return int(hashlib.sha1(text_id.encode()).hexdigest(), 16) % FOLD == 0


def label(text: str, asked: list[tuple[str, str, list[list[int]]]]) -> Labelled:
    """`text` with its (question, kind, answering ranges), each range turned into sentences."""
    passages = split(text)
    questions = []
    for question, kind, ranges in asked:
        answers = tuple(
            p.number
            for p in passages
            if any(p.start < end and start < p.end for start, end in ranges)
        )
        if answers:
            questions.append((question, kind, answers))
    return Labelled(tuple(p.text for p in passages), tuple(questions))


def reader_questions(folder: Path, *, held_out: bool) -> list[Labelled]:
    """The texts with questions as readers ask them, of the fold or outside it.

    A question's kind is its language and, if that isn't Chinese, its text's: "english",
    "chinese on English".
    """
    asked: dict[str, list[tuple[str, str, list[list[int]]]]] = {}
    for _, text, questions in fold(folder) if held_out else trained(folder):
        on = "" if is_chinese(text) else " on English"
        asked.setdefault(text, []).extend(
            (q["question"], q["kind"] + on, q["gold"]) for q in questions
        )
    return [label(text, questions) for text, questions in asked.items()]


Rows = list[tuple[str, str, list[dict[str, Any]]]]


def trained(folder: Path) -> Rows:
    """(id, text, questions) of the texts whose questions are trained on; a text may come twice."""
    return [row for row in texts_with_questions(folder) if not is_held_out(row[0])]


def fold(folder: Path) -> Rows:
    """(id, text, questions) of the texts about which no question is trained on.

    A text in five is held out by its id; those of these that are trained on under another id, or
    as an annotated context, are left out here.
    """
    seen = {text for _, text, _ in trained(folder)}
    seen |= {row["context"] for row in rows(folder / "qa_train.jsonl.gz")}
    return [
        row for row in texts_with_questions(folder) if is_held_out(row[0]) and row[1] not in seen
    ]


def texts_with_questions(folder: Path) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """(id, text, questions) of the reader questions and of our own; a text may come twice."""
    for row in rows(folder / "reader_questions.jsonl.gz"):
        yield row["id"], row["text"], row["questions"]
    yield from _written(folder)


def _written(folder: Path) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """(id, text, questions) of our own questions, where the folder holds the text."""
    written = list(rows(_WRITTEN))
    wanted: dict[str, set[int]] = {}
    for row in written:
        first, last = row["rows"]
        wanted.setdefault(row["file"], set()).update(range(first, last + 1))
    found = {
        (name, number): row
        for name, numbers in wanted.items()
        for number, row in enumerate(rows(folder / name))
        if number in numbers
    }
    for row in written:
        text = _text_of(row, found)
        if hashlib.sha256(text.encode()).hexdigest() == row["sha256"]:
            yield row["id"], text, row["questions"]


def _text_of(row: dict[str, Any], found: dict[tuple[str, int], dict[str, Any]]) -> str:
    """The text that a row of our questions names: a row's, cut if it says so, or joined rows'."""
    first, last = row["rows"]
    parts = [found.get((row["file"], number), {}) for number in range(first, last + 1)]
    if row["file"].startswith("parallel"):
        between = " " if row["language"] == "en" else ""
        return between.join(part.get(row["language"], "") for part in parts)
    return str(parts[0].get("text", ""))[: row.get("characters")]


def annotated_questions(folder: Path) -> list[Labelled]:
    """The contexts of the reading-comprehension sets, each with its answerable questions."""
    asked: dict[str, list[tuple[str, str, list[list[int]]]]] = {}
    for row in rows(folder / "qa_train.jsonl.gz"):
        start = row["start"]
        if start >= 0:
            gold = [[start, start + len(row["answer"])]]
            asked.setdefault(row["context"], []).append((row["question"], row["source"], gold))
    labelled = (label(context, questions) for context, questions in asked.items())
    return [text for text in labelled if text.questions and len(text.sentences) > 1]


def parallel_sentences(folder: Path) -> list[tuple[str, str]]:
    """(English, Chinese) sentences of equal meaning."""
    return [(row["en"], row["zh"]) for row in rows(folder / "parallel_en_zh.jsonl.gz")]


def chinese_texts(folder: Path, news: int = 12_000, prose: int = 1_000) -> Iterator[str]:
    """Chinese text of every kind, for counting words: some 20 million characters."""
    for row in rows(folder / "news.jsonl.gz", news):
        yield row["text"]
    for row in rows(folder / "tech_prose.jsonl.gz", prose):
        yield row["text"]
    contexts = set()
    for row in rows(folder / "qa_train.jsonl.gz"):
        yield row["question"]
        contexts.add(row["context"])
    yield from sorted(contexts)
    for row in rows(folder / "reader_questions.jsonl.gz"):
        if not is_held_out(row["id"]):
            yield row["text"]
            yield from (q["question"] for q in row["questions"])
    for row in rows(folder / "pairs.jsonl.gz"):
        yield row["a"]
    for row in rows(folder / "parallel_en_zh.jsonl.gz"):
        yield row["zh"]


def characters(folder: Path) -> set[str]:
    """Every character of the news and the technical articles."""
    files = (folder / "news.jsonl.gz", folder / "tech_prose.jsonl.gz")
    return {char for path in files for row in rows(path) for char in row["text"]}
