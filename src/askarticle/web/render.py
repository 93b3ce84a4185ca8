"""Articles and replies as HTML. Everything that comes from outside is escaped: text stays text."""

import re
from html import escape

from askarticle.article import Article
from askarticle.passages import Passage
from askarticle.retriever import Hit, Reply, Retriever
from askarticle.web.words import Words

MAX_ARTICLES_SHOWN = 20  # a page with more is slow, and nobody reads it


class Page:
    """The articles of a retriever as one page, and links into it."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever
        self._numbers = {id(article): n for n, article in enumerate(retriever.articles)}

    def articles(self) -> str:
        """All articles, each sentence with an id that a citation can name."""
        shown = self.retriever.articles[:MAX_ARTICLES_SHOWN]
        return "".join(self._article(article) for article in shown)

    def reply(self, reply: Reply, words: Words) -> str:
        """The best passage first and the others below, each with its place and confidence."""
        first, *others = (self._hit(hit, words) for hit in reply.hits)
        if not reply.found:
            return (
                f'<div class="reply none"><p class="say">{words.not_found}</p>'
                f"{first}{''.join(others)}</div>"
            )
        also = f'<p class="say">{words.also}</p>' if others else ""
        return f'<div class="reply">{first}{also}{"".join(others)}</div>'

    def _article(self, article: Article) -> str:
        lang = language(article.text)
        parts = [
            f'<article lang="{lang}">',
            f"<h1>{escape(article.title)}</h1>" if article.title else "",
        ]
        paragraph = 0
        for passage in self.retriever.passages(article):
            if passage.paragraph != paragraph:
                parts.append("</p><p>" if paragraph else "<p>")
                paragraph = passage.paragraph
            space = "" if lang == "zh" else " "
            parts.append(
                f'<span class="sentence" id="{self._anchor(article, passage)}">'
                f"{escape(passage.text)}</span>{space}"
            )
        return "".join([*parts, "</p></article>"])

    def _hit(self, hit: Hit, words: Words) -> str:
        text, start = hit.passage.text, hit.passage.start
        marked, end = [], 0
        for first, last in sorted((a - start, b - start) for a, b in hit.marks):
            marked += [escape(text[end:first]), f"<mark>{escape(text[first:last])}</mark>"]
            end = last
        place = words.paragraph.format(hit.passage.paragraph)
        number = self._numbers[id(hit.article)]
        if number < MAX_ARTICLES_SHOWN:
            place = f'<a href="#{self._anchor(hit.article, hit.passage)}">{place}</a>'
        if len(self._numbers) > 1:
            place += f" · {escape(hit.article.name)}"
        return (
            f'<div class="hit"><p class="place">{place} · {words.confidence(hit.confidence)}</p>'
            f'<p class="passage" lang="{language(text)}">'
            f"{''.join(marked)}{escape(text[end:])}</p></div>"
        )

    def _anchor(self, article: Article, passage: Passage) -> str:
        return f"s{self._numbers[id(article)]}-{passage.number}"


def language(text: str) -> str:
    """Chinese, "zh", if a text has as many Chinese characters as Latin words; else "en"."""
    head = text[:2000]
    chinese = len(re.findall("[\u4e00-\u9fff]", head))
    return "zh" if chinese and chinese >= len(re.findall("[A-Za-z]+", head)) else "en"
