"""Articles and replies as JSON for the page. Plain text only: the page never reads it as markup."""

import re
from typing import Any

from askarticle.article import Article
from askarticle.reply import Hit, Reply
from askarticle.retriever import Retriever
from askarticle.web.sessions import Session, key_of

# Words count as alike in meaning from here: names and numbers in another spelling or language
# lie above .65, words of the same topic below .55 (looked at on the bundled article).
_ALIKE = 0.6
MAX_REMOVED_SHOWN = 300


def article_view(retriever: Retriever, article: Article, *, own: bool) -> dict[str, Any]:
    """An article: what is known of it, its sentences by paragraph, what was left out of it."""
    paragraphs: list[list[list[Any]]] = []
    end = 0
    for passage in retriever.passages(article):
        if passage.paragraph > len(paragraphs):
            paragraphs.append([])
        between = article.text[end : passage.start] if paragraphs[-1] else ""
        paragraphs[-1].append([passage.start, between, passage.text])
        end = passage.end
    return {
        "key": key_of(article),
        "name": article.name,
        "title": article.title,
        "author": article.author,
        "date": article.date,
        "url": article.url if re.match(r"https?://", article.url) else "",
        "lang": language(article.text),
        "own": own,
        "paragraphs": paragraphs,
        "removed": [list(line) for line in article.removed[:MAX_REMOVED_SHOWN]] if own else [],
        "removed_count": len(article.removed) if own else 0,
    }


def reply_view(session: Session, reply: Reply, scope: str) -> dict[str, Any]:
    """A reply, each hit with what put it there; and for the strip of the article that was asked,
    or of the first hit's if all were, the relevance of each sentence in whole percents."""
    key = scope or key_of(reply.hits[0].article)
    retriever, article = session.home(key)
    asked = f"{carried} {reply.question}" if (carried := reply.carried) else reply.question
    relevance = retriever.relevance(asked, article)
    likeness = retriever.word_likeness(asked, [hit.passage for hit in reply.hits])
    return {
        "question": reply.question,
        "found": reply.found,
        "text": reply.text,
        "carried": carried,
        "hits": [
            _hit(hit, _why(asked, hit, alike))
            for hit, alike in zip(reply.hits, likeness, strict=True)
        ],
        "strip": {"key": key, "shades": [shade(float(score)) for score in relevance]},
    }


def shade(score: float) -> int:
    """A score of `Retriever.relevance` as 0 to 100; off the topic it stays near 0."""
    return round(100 * min(1.0, max(0.0, (score - 0.15) / 0.75)))


def language(text: str) -> str:
    """Chinese, "zh", if a text has as many Chinese characters as Latin words; else "en"."""
    head = text[:2000]
    chinese = len(re.findall("[\u4e00-\u9fff]", head))
    return "zh" if chinese and chinese >= len(re.findall("[A-Za-z]+", head)) else "en"


def _hit(hit: Hit, why: list[tuple[int, int, str]]) -> dict[str, Any]:
    return {
        "key": key_of(hit.article),
        "article": hit.article.name,
        "url": hit.article.url if re.match(r"https?://", hit.article.url) else "",
        "start": hit.passage.start,
        "text": hit.passage.text,
        "lang": language(hit.passage.text),
        "paragraph": hit.passage.paragraph,
        "confidence": round(hit.confidence, 3),
        "marks": [list(mark) for mark in sorted(hit.marks)],
        "share": round(100 * hit.share[0]),
        "why": why,
    }


def _why(
    question: str, hit: Hit, likeness: list[tuple[int, int, float]]
) -> list[tuple[int, int, str]]:
    """The words of a passage that stand in the question, and those that mean what it asks."""
    asked = question.casefold()
    ranges: list[tuple[int, int, str]] = []
    for start, end, alike in likeness:
        word = hit.article.text[start:end].casefold()
        if alike < _ALIKE or not any(char.isalnum() for char in word):
            continue
        exact = re.search(rf"\b{re.escape(word)}" if word.isascii() else re.escape(word), asked)
        kind = "word" if exact else "meaning"
        if ranges and ranges[-1][1:] == (start, kind):
            ranges[-1] = (ranges[-1][0], end, kind)
        else:
            ranges.append((start, end, kind))
    return ranges
