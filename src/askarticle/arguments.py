"""The options of the command line. It runs nothing and imports nothing heavy."""

import argparse
from importlib.metadata import version
from pathlib import Path
from typing import Any

from askarticle.reading import MAX_BYTES
from askarticle.retriever import MAX_QUESTION_CHARS

_MAX_MEGABYTES = MAX_BYTES // 1_000_000
_SOURCE = (
    "a text, HTML, MHTML, Markdown, PDF, Word or EPUB file, a folder of them, an address, or - "
    "for standard input"
)


def parser() -> argparse.ArgumentParser:
    """What `askarticle` takes; `command` names the one that was given."""
    found = argparse.ArgumentParser(
        prog="askarticle",
        description="Ask questions about an article; get the passages that answer, marked in it.",
    )
    found.add_argument("--version", action="version", version=f"askarticle {version('askarticle')}")
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    index, ask, serve, evaluate = (add(commands) for add in (_index, _ask, _serve, _evaluate))
    either = ask.add_mutually_exclusive_group()
    either.add_argument(
        "--source", action="append", metavar="SOURCE", help=f"ask this instead: {_SOURCE}"
    )
    for command in (either, serve):
        command.add_argument(
            "--index", default="index", metavar="DIR", help="index folder (default ./index)"
        )
    for command in (index, ask, serve, evaluate):
        command.add_argument(
            "--encoder",
            metavar="NAME",
            help="a sentence-transformers folder or hub name (default: the built-in one)",
        )
    return found


def _index(commands: Any) -> argparse.ArgumentParser:
    index: argparse.ArgumentParser = commands.add_parser(
        "index", help="index articles into a folder"
    )
    index.add_argument("sources", nargs="+", metavar="SOURCE", help=_SOURCE)
    index.add_argument("--out", required=True, metavar="DIR", help="the index folder to write")
    index.add_argument(
        "--update",
        action="store_true",
        help="take from the index there what it holds of unchanged sources; the others are read, "
        "and articles that are no longer given are dropped",
    )
    return index


def _ask(commands: Any) -> argparse.ArgumentParser:
    ask: argparse.ArgumentParser = commands.add_parser(
        "ask", help="ask one question; exit code 1 if the article doesn't say"
    )
    ask.add_argument("question", help=f"at most {MAX_QUESTION_CHARS:,} characters")
    ask.add_argument("-k", type=int, default=3, metavar="N", help="passages to show (default 3)")
    ask.add_argument("--json", action="store_true", help="print the reply as JSON")
    return ask


def _serve(commands: Any) -> argparse.ArgumentParser:
    serve: argparse.ArgumentParser = commands.add_parser(
        "serve",
        help="open the chat for a browser on this machine",
        description="The chat in a browser, and endpoints for programs: /retrieve and /answer.",
        epilog=f"A question has at most {MAX_QUESTION_CHARS:,} characters, a request without files "
        "at most 4 MB; what is longer is refused. GET /health tells a watchman, without a "
        "password, how it is. An index that is written anew is taken within seconds, without a "
        "restart; one that can't be used leaves the old one, and /health says so.",
    )
    serve.add_argument(
        "sources", nargs="*", metavar="SOURCE", help=f"{_SOURCE}; without one, --index is served"
    )
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)"
    )
    serve.add_argument("--port", type=_port, default=7860, help="port to listen on (default 7860)")
    _add_operator(serve)
    return serve


def _evaluate(commands: Any) -> argparse.ArgumentParser:
    evaluate: argparse.ArgumentParser = commands.add_parser(
        "evaluate", help="measure how well labelled questions are answered, beside BM25"
    )
    evaluate.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="labelled questions: SQuAD format (.json) or our JSON lines (.jsonl), also with .gz",
    )
    evaluate.add_argument("--json", action="store_true", help="print the figures as JSON")
    evaluate.add_argument(
        "--misses", type=_count, default=0, metavar="N", help="list N wrong first hits of each file"
    )
    evaluate.add_argument(
        "--questions-of", type=Path, metavar="FILE", help="ask this SQuAD file's questions, by id"
    )
    return evaluate


def _add_operator(serve: argparse.ArgumentParser) -> None:
    """The options for who serves the chat to others."""
    more = serve.add_argument_group("for others than yourself")
    more.add_argument(
        "--auth",
        metavar="FILE",
        help="let in only those in a file with lines of NAME:PASSWORD; use a proxy with HTTPS",
    )
    more.add_argument(
        "--root-path",
        default="",
        metavar="PATH",
        help="where a proxy puts the chat: /chat, or the whole address that readers see",
    )
    more.add_argument(
        "--max-upload",
        type=_megabytes,
        default=_MAX_MEGABYTES,
        metavar="MB",
        help=f"the most that one upload may hold (default, and at most, {_MAX_MEGABYTES})",
    )
    more.add_argument(
        "--queue",
        type=_positive,
        default=64,
        metavar="N",
        help="questions that may wait, others are told to come back (default 64)",
    )
    more.add_argument(
        "--log-questions",
        metavar="FILE",
        help="write what is asked to a file, a line of JSON each (default: it is kept nowhere)",
    )
    more.add_argument(
        "--feedback",
        metavar="FILE",
        help="let readers rate answers, as labelled questions in a file (default: not asked for)",
    )
    more.add_argument(
        "--mcp",
        action="store_true",
        help="an MCP server too, at /gradio_api/mcp/ (extra: askarticle[mcp]); not with --auth",
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"a number from 1 to 10,000, not {text!r}")
    return int(text)


def _megabytes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_MEGABYTES:
        raise argparse.ArgumentTypeError(
            f"of an article at most {_MAX_MEGABYTES} MB are read, not {text!r}"
        )
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a number of misses is 0 or more, not {text!r}")
    return int(text)
