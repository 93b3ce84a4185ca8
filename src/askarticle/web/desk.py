"""What the page asks of the server: questions, articles of one's own, ratings. It draws nothing."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from askarticle.article import Article
from askarticle.errors import AskArticleError, ReadError
from askarticle.reading import MAX_BYTES, read, read_text
from askarticle.retriever import Retriever, clean_question
from askarticle.suggest import suggest
from askarticle.web import feedback
from askarticle.web.errors import say
from askarticle.web.progress import steps
from askarticle.web.sessions import Reader, Session, Sessions
from askarticle.web.source import Source
from askarticle.web.views import article_view, reply_view

MAX_PASTED = 1_000_000  # characters; a request without files has at most 4 MB
_K = 3
_SERVED_LISTED = 50  # articles of a large collection that the page lists by name
_SUGGESTED_KEPT = 256  # articles
_RATED_KEPT = 256  # ratings
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
        self._examples = examples
        self._feedback_file = feedback_file
        self._suggested: dict[str, list[list[Any]]] = {}
        self._rated: dict[tuple[Any, ...], bool] = {}

    def ask(self, asked: Message) -> Message:
        """{"id", "sid", "question", "scope", "shown"} → {"id", "reply"} or {"id", "error"}."""
        message = {"id": asked.get("id")}
        try:
            session, question = self._session(asked), str(asked.get("question", ""))
            reply = session.ask(
                clean_question(question),
                _K,
                str(asked.get("scope", "")),
                str(asked.get("talk", "")),
            )
            self._source.asked(reply)
            return message | {"reply": reply_view(session, reply, str(asked.get("shown", "")))}
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
            elif op == "wait":  # a page that was loaded again while an article was read
                with session.adding:
                    pass
                yield message | {"done": self._library(session)}
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
            numbers = {line for line in asked.get("lines", []) if isinstance(line, int)}
            if asked.get("all"):  # the page is shown only the first of many
                numbers |= {line.number for line in own.article.removed}
            yield from steps(
                lambda report: session.add(
                    own.source, own.kept | numbers, instead=key, progress=report
                )
            )
        else:
            reader = _reader(asked)
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
        rated = key, question, span if found else None
        if self._rated.get(rated) == good:  # one more click says nothing new
            return
        try:
            feedback.write(self._feedback_file, article, question, span, good=good, found=found)
        except OSError as error:
            raise ReadError(f"the rating can't be written: {error.strerror}") from error
        self._rated[rated] = good
        while len(self._rated) > _RATED_KEPT:
            self._rated.pop(next(iter(self._rated)), None)


def _reader(asked: Message) -> Reader:
    """How to read what the reader gave: a pasted text, an address, or an uploaded file.

    Never a path that the reader typed: an upload must lie in Gradio's folder for them.
    """
    if url := str(asked.get("url", "")).strip():
        if not re.match(r"https?://", url, re.I):
            raise ReadError("of addresses, only http and https are read")
        return lambda keep: read(url, keep=keep)
    if upload := asked.get("file"):
        content = _uploaded(str(upload))
        return lambda keep: read(content, keep=keep)
    text = str(asked.get("text", ""))
    if len(text) > MAX_PASTED:
        raise ReadError(f"the text has more than {MAX_PASTED:,} characters: give it as a file")
    return lambda keep: read_text(text, keep=keep)


def _uploaded(path: str) -> bytes:
    """The bytes of an upload. Its file stays: another reader's of the same content is the same."""
    from gradio.utils import get_upload_folder

    folder, file = Path(get_upload_folder()).resolve(), Path(path).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        raise ReadError("the upload is no longer here: add it again")
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)  # one more than `read` takes
