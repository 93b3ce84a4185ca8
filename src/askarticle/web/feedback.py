"""Readers' ratings as labelled questions: a file that `askarticle evaluate` reads.

One JSON line a rating: {"id", "text", "questions": [{"question", "kind", "gold"}]}. Thumbs up is of
kind "rated", its passage the gold; thumbs down is "rated-down", its passage "wrong", with no gold.
Of "the article doesn't say", up is "rated" with an empty gold; down is "rated-down" with neither,
for the passage shown as the closest may be the one that answers.
Only the question, the passage and the article are written; nothing of who asked.
"""

import json
import os
import threading
from pathlib import Path

from askarticle.article import Article
from askarticle.errors import QuestionError
from askarticle.web.sessions import key_of

_LOCK = threading.Lock()


def write(
    file: Path,
    article: Article,
    question: str,
    span: tuple[int, int],
    *,
    good: bool,
    found: bool = True,
) -> None:
    """Append a rating. Raises QuestionError if the span isn't in the article; OSError."""
    start, end = span
    if not 0 <= start < end <= len(article.text):
        raise QuestionError(f"the passage {start}–{end} is not in the article {article.name!r}")
    ranges = [[start, end]] if found else []
    label = {"gold": ranges} if good else {"wrong": ranges} if found else {}
    asked = {"question": question, "kind": "rated" if good else "rated-down", **label}
    row = {"id": f"rated-{key_of(article)}", "text": article.text, "questions": [asked]}
    line = (json.dumps(row, ensure_ascii=False) + "\n").encode()
    # One write in append mode: a line is there or not, whoever else writes.
    with _LOCK:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
