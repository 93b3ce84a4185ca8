"""The command line: `index`, `ask`, `serve`, `evaluate`. The only place that prints or exits.

Exit codes: 0 done (of several sources at least one was read) or found; 1 the article doesn't say;
2 wrong use or input, or no source could be read; 130 and 143 stopped.
"""

import argparse
import contextlib
import io
import json
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from askarticle.arguments import parser
from askarticle.collection import Collection, gather
from askarticle.encoder import BUILT_IN, Encoder, Progress, load_encoder
from askarticle.errors import AskArticleError, IndexDamaged, IndexMismatch, ReadError
from askarticle.ranking import is_chinese
from askarticle.reply import Hit, Reply
from askarticle.retriever import Retriever, clean_question
from askarticle.store import MANIFEST

# What commands a terminal, or turns the order of what it shows; not tabs and line ends.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may not have every character
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    try:
        code = _COMMANDS[options.command](options)
        sys.stdout.flush()
        return code
    except AskArticleError as error:
        print(f"askarticle: {_one_line(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("askarticle: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # such as a full disk under the output
        print(f"askarticle: {error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _index(options: argparse.Namespace) -> int:
    old = _old_index(options)
    found = _gather(options.sources, old, Path(options.out))
    if old and found.articles == list(old.articles):
        retriever = old
    else:
        retriever = _build(found, options.encoder, old)
        del old  # half of the memory, while what follows is written
        retriever.save(options.out)
    articles, passages = len(retriever.articles), retriever.passage_count
    print(f"{options.out}: {articles} article(s), {passages} passages")
    if options.update:
        fates = ("added", "changed", "unchanged", "removed", "skipped")
        print(", ".join(f"{len(getattr(found, fate))} {fate}" for fate in fates))
    return 0


def _old_index(options: argparse.Namespace) -> Retriever | None:
    """What --update starts from, if there is something that this encoder can start from."""
    if not options.update or not (Path(options.out) / MANIFEST).exists():
        return None
    encoder = load_encoder(options.encoder) if options.encoder else None
    try:
        return Retriever.load(options.out, encoder=encoder)
    except (IndexDamaged, IndexMismatch) as error:
        print(f"askarticle: everything is read and encoded anew: {error}", file=sys.stderr)
        return None


def _ask(options: argparse.Namespace) -> int:
    clean_question(options.question)  # refused before seconds of loading
    retriever = _retriever(options.source, options)
    reply = retriever.answer(options.question, options.k)
    if options.json:
        print(_as_json(reply.as_dict()))
    else:
        _print_reply(reply, many=len(retriever.articles) > 1)
    return 0 if reply.found else 1


def _serve(options: argparse.Namespace) -> int:
    from askarticle.web import launch
    from askarticle.web.guard import Limits
    from askarticle.web.serving import read_users
    from askarticle.web.source import Source

    if options.root_path and not options.root_path.startswith(("/", "http://", "https://")):
        raise AskArticleError(f"--root-path starts with /, it was {options.root_path!r}")
    users = read_users(options.auth) if options.auth else None
    if options.sources:
        source = Source(_build(_gather(options.sources), options.encoder))
    else:
        encoder = load_encoder(options.encoder) if options.encoder else None
        source = Source(options.index, encoder=encoder)
    if options.log_questions:
        source.log_questions(options.log_questions)
    app = launch(
        source,
        host=options.host,
        port=options.port,
        examples=[] if options.sources else _examples(Path(options.index)),
        users=users,
        root_path=options.root_path,
        limits=Limits(upload=options.max_upload * 1_000_000, queue=options.queue),
        mcp=options.mcp,
        feedback=options.feedback,
    )
    print(f"askarticle is ready: {app.local_url} (Ctrl-C stops it)", flush=True)
    with contextlib.suppress(KeyboardInterrupt):  # the way to stop it, so no failure
        while True:
            time.sleep(3600)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from askarticle.evaluating import asking, datasets, figures, report

    # All are read before minutes of asking, so that a mistake in the last is told at once.
    sets = {path: datasets.read(path, questions_of=options.questions_of) for path in options.files}
    encoder = load_encoder(options.encoder or BUILT_IN)
    found = []
    for path, labelled in sets.items():
        outcomes = list(asking.ask(labelled, encoder, _progress_bar("question")))
        found.append({"file": str(path), **figures.summary(outcomes, misses=options.misses)})
        if not options.json:
            print(_CONTROL.sub(" ", f"{report.as_text(path.name, found[-1])}\n"), flush=True)
    if options.json:
        shown = {"encoder": encoder.name, "fingerprint": encoder.fingerprint, "files": found}
        print(_as_json(shown))
    return 0


def _retriever(sources: Sequence[str] | None, options: argparse.Namespace) -> Retriever:
    if sources:
        return _build(_gather(sources), options.encoder)
    encoder: Encoder | None = load_encoder(options.encoder) if options.encoder else None
    return Retriever.load(options.index, encoder=encoder)


def _gather(
    sources: Sequence[str], old: Retriever | None = None, out: Path | None = None
) -> Collection:
    """The sources' articles; what is odd or skipped is told on stderr. ReadError if none."""
    known = old.articles if old else ()
    many = len(sources) > 1 or os.path.isdir(sources[0])  # noqa: PTH112 (False for any string)
    bar = _progress_bar("source") if many else None
    found = gather(sources, known=known, without=out, progress=bar)
    if found.skipped and not many:
        raise ReadError(*found.skipped.values())
    fresh = {*found.added, *found.changed}
    for article in found.articles:
        for warning in article.warnings if article.source in fresh else ():
            print(_one_line(f"askarticle: {article.source}: {warning}"), file=sys.stderr)
    for reason in found.skipped.values():
        print(f"askarticle: skipped: {_one_line(reason)}", file=sys.stderr)
    if found.skipped:
        total = len(found.skipped.keys() | {article.source for article in found.articles})
        print(f"askarticle: {len(found.skipped)} of {total} sources skipped", file=sys.stderr)
    if not found.articles:
        raise ReadError("there is no article in what was given, so there is nothing to search")
    return found


def _build(found: Collection, encoder: str | None, old: Retriever | None = None) -> Retriever:
    loaded = load_encoder(encoder or BUILT_IN) if encoder or not old else None
    return Retriever.build(
        found.articles, encoder=loaded, progress=_progress_bar("passage"), reuse=old
    )


def _progress_bar(unit: str) -> Progress | None:
    """A bar on stderr, if that is a terminal; drawn when there is more than one step."""
    if not sys.stderr.isatty():
        return None
    from tqdm import tqdm

    bar = tqdm(unit=unit, leave=False, delay=1)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return show


def _examples(folder: Path) -> list[str]:
    """Questions to start from: the lines with words of questions.txt beside an index, if any."""
    try:
        text = (folder / "questions.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.split("\n") if any(map(str.isalnum, line))]


def _print_reply(reply: Reply, *, many: bool) -> None:
    if not reply.found:
        chinese = is_chinese(reply.question)
        print("文中没有直接提到,最接近的是:" if chinese else "The article doesn't say. Closest:")
    for rank, hit in enumerate(reply.hits, 1):
        place = f"¶{hit.passage.paragraph}" + (f" {_one_line(hit.article.name)}" if many else "")
        print(f"{rank}. [{place}, {hit.confidence:.0%}] {_marked(hit)}")


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _as_json(value: Any) -> str:
    """JSON with Chinese as it is; `dumps` escapes no more than the first 32 characters."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _marked(hit: Hit) -> str:
    """The passage on one line; on a terminal its marks are bold."""
    on, off = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    text, start = _CONTROL.sub(" ", hit.passage.text), hit.passage.start
    for first, last in sorted(hit.marks, reverse=True):
        text = (
            text[: first - start]
            + on
            + text[first - start : last - start]
            + off
            + text[last - start :]
        )
    return " ".join(text.split())


_COMMANDS = {"index": _index, "ask": _ask, "serve": _serve, "evaluate": _evaluate}
