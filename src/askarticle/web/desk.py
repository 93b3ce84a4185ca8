"""What the page asks of the server: questions, articles of one's own, ratings. It draws nothing."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from askarticle.article import Article
from askarticle.errors import AskArticleError, ReadError
from askarticle.retriever import Retriever, clean_question
from askarticle.suggest import suggest
from askarticle.web import feedback
from askarticle.web.errors import say
from askarticle.web.originals import Originals
from askarticle.web.progress import steps
from askarticle.web.sessions import Session, Sessions
from askarticle.web.source import Source
from askarticle.web.views import article_view, reply_view

_K = 3
_SERVED_LISTED = 50  # articles of a large collection that the page lists by name
_SUGGESTED_KEPT = 256  # articles
_LOOK_EVERY = 1.0  # seconds
_SESSION = re.compile(r"[0-9a-f]{32}")
Message = dict[str, Any]


class Desk:
    """Answers what the page asks for."""

    def __init__(
        self,
        source: Source,
        examples: Sequence[str] = (),
        feedback_file: Path | None = None,
    ) -> None:
        self._source = source
        self._sessions = Sessions(lambda: source.current.retriever)
        self._originals = Originals()
        self._examples = examples
        self._feedback_file = feedback_file
        self._suggested: dict[str, list[list[Any]]] = {}

    def ask(self, asked: Message) -> Message:
        """{"id", "sid", "question", "scope", "talk"} → {"id", "reply"} or {"id", "error"}."""
        message = {"id": asked.get("id")}
        try:
            session, scope = self._session(asked), str(asked.get("scope", ""))
            question = clean_question(str(asked.get("question", "")))
            reply = session.ask(question, _K, scope, str(asked.get("talk", "")))
            self._source.asked(reply)
            return message | {"reply": reply_view(session, reply, scope)}
        except AskArticleError as error:
            return message | {"error": say(error)}

    def shelf(self, asked: Message) -> Iterator[Message]:
        """{"id", "sid", "op", …} → messages with "progress", then one with "done" or "error"."""
        message = {"id": asked.get("id"), "sid": asked.get("sid")}
        try:
            session, op = self._session(asked), str(asked.get("op"))
            if op == "add" or op == "keep":
                key = ""
                for step in self._added(session, asked):
                    if isinstance(step, str):
                        key = step
                    else:
                        yield message | {"progress": step}
                yield message | {"done": self._library(session, key)}
            elif op == "drop":
                session.drop(str(asked.get("key")))
                yield message | {"done": self._library(session)}
            elif op == "rate":
                self._rate(session, asked)
                yield message | {"done": {}}
            else:  # "hello" or "open", with the article to show
                if op == "hello":
                    session = self._sessions.opened(str(asked["sid"]))
                yield message | {"done": self._library(session, str(asked.get("key", "")))}
        except AskArticleError as error:
            yield message | {"error": say(error)}

    async def wait(self, asked: Message) -> AsyncIterator[Message]:
        """As `shelf`, for a page that was loaded again while an article was read: then all is read.

        It takes no thread, for the article that it waits for needs one.
        """
        message = {"id": asked.get("id"), "sid": asked.get("sid")}
        try:
            session, looks = self._session(asked), 0
            while session.adding.locked():
                await asyncio.sleep(_LOOK_EVERY)
                looks += 1
                yield message | {"progress": {"done": looks, "total": 0}}
            yield message | {"done": await asyncio.to_thread(self._library, session)}
        except AskArticleError as error:
            yield message | {"error": say(error)}

    def _session(self, asked: Message) -> Session:
        sid = str(asked.get("sid", ""))
        if not _SESSION.fullmatch(sid):
            raise ReadError("the page is out of date: load it again")
        return self._sessions[sid]

    def _added(self, session: Session, asked: Message) -> Iterator[Message | str]:
        """The steps of adding an article, and at last its key."""
        if asked.get("op") == "keep":
            own = session.own(key := str(asked.get("key")))
            if own is None:
                raise ReadError("this article is no longer here: add it again")
            if (source := own.source) is None:  # nothing was left out
                yield key
                return
            numbers = {line for line in asked.get("lines", []) if isinstance(line, int)}
            if asked.get("all"):  # the page is shown only the first of many
                numbers |= {line.number for line in own.article.removed}
            yield from steps(
                lambda report: session.add(source, own.kept | numbers, instead=key, progress=report)
            )
        else:
            reader = self._originals.reader(asked)
            yield from steps(lambda report: session.add(reader, progress=report))

    def _library(self, session: Session, key: str = "") -> Message:
        """All articles by name, and one of them whole: the one asked for, else the first."""
        articles = session.articles
        key = key if key in articles else next(iter(articles))
        retriever, article = session.home(key)
        own = session.own(key) is not None
        view = article_view(retriever, article, own=own)
        view["suggestions"] = self._suggestions(key, retriever, article)
        listed = list(articles.items())[:_SERVED_LISTED]
        return {
            "articles": [
                {"key": k, "name": a.name, "own": session.own(k) is not None} for k, a in listed
            ],
            "count": len(articles),
            "article": view,
            "rates": self._feedback_file is not None,
            "reading": session.adding.locked(),
        }

    def _suggestions(self, key: str, retriever: Retriever, article: Article) -> list[list[Any]]:
        """Questions and where their answers begin; made once an article."""
        if key not in self._suggested:
            examples = (
                self._examples if article is self._source.current.retriever.articles[0] else ()
            )
            asked = [(q, retriever.retrieve(q, 1, article=article)[0]) for q in examples]
            found = [[question, hit.passage.start] for question, hit in asked]
            starts = {start for _, start in found}
            found += [
                [suggestion.question, suggestion.passage.start]
                for suggestion in suggest(retriever, article)
                if suggestion.passage.start not in starts
            ]
            self._suggested[key] = found
            while len(self._suggested) > _SUGGESTED_KEPT:
                self._suggested.pop(next(iter(self._suggested)), None)
        return self._suggested[key]

    def _rate(self, session: Session, asked: Message) -> None:
        if self._feedback_file is None:
            return
        key = str(asked.get("key"))
        _, article = session.home(key)
        if session.own(key):  # a rating holds its article, and this one is the reader's alone
            raise ReadError("an article of your own isn't rated: it is kept for you alone")
        span = int(asked.get("start", -1)), int(asked.get("end", -1))
        question = clean_question(str(asked.get("question", "")))
        good, found = bool(asked.get("good")), bool(asked.get("found", True))
        try:
            feedback.write(self._feedback_file, article, question, span, good=good, found=found)
        except OSError as error:
            raise ReadError(f"the rating can't be written: {error.strerror}") from error
