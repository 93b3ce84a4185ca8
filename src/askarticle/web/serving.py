"""The chat's server: the page and the endpoints on the network, within limits.

It doesn't know what the page looks like, nor how a question is answered.
"""

import asyncio
import contextlib
import importlib.util
import io
import logging
import os
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from askarticle.errors import AskArticleError, QuestionError
from askarticle.retriever import Retriever, clean_question
from askarticle.web.endpoints import add_endpoints, tools_answer_in_json
from askarticle.web.guard import Guard, Limits
from askarticle.web.page import STATIC, build
from askarticle.web.source import Source

_log = logging.getLogger(__name__)
_LOOK_EVERY = 1.0  # seconds between two looks at the index's manifest, a `stat` each


def launch(  # noqa: PLR0913 # the options of `askarticle serve`
    source: Retriever | Source,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    examples: Sequence[str] = (),
    users: Mapping[str, str] | None = None,
    root_path: str = "",
    limits: Limits | None = None,
    mcp: bool = False,
    feedback: str | Path | None = None,
) -> Any:
    """Start the chat in the background and return the Gradio app; its address is `app.local_url`.

    `examples` are questions to start from; `users`, names and passwords of those who may come in
    (all, if None); `root_path`, where a proxy in front puts the app; `mcp` adds an MCP server at
    /gradio_api/mcp/; readers' ratings go to the file `feedback`, and aren't asked for without one.
    Raises AskArticleError if the port can't be had, an extra is missing or an example can't be
    asked.
    """
    if mcp and users:
        raise AskArticleError("an MCP server can't ask for a password: choose --mcp or --auth")
    if mcp and not importlib.util.find_spec("mcp"):
        raise AskArticleError(
            "--mcp needs the extra askarticle[mcp], which isn't installed: in a checkout of the "
            "source, pip install -e '.[mcp]'"
        )
    for example in examples:  # each page asks them as it opens
        try:
            clean_question(example)
        except QuestionError as error:
            raise AskArticleError(f"the example {example[:60]!r} can't be asked: {error}") from None
    source = Source(source) if isinstance(source, Retriever) else source
    limits = limits or Limits()
    _set_environment(host)
    import gradio as gr
    from starlette.middleware import Middleware

    app = build(
        source,
        examples=examples,
        feedback_file=Path(feedback) if feedback else None,
        max_upload=limits.upload,
    )
    with app:
        add_endpoints(source)
    # api_open=False: programs wait their turn too, instead of calling /run past the queue.
    app.queue(max_size=limits.queue, default_concurrency_limit=2, api_open=False)
    source.current.retriever.retrieve("warm up", 1)  # the first takes longer than the others
    try:
        with contextlib.redirect_stdout(io.StringIO()) if mcp else contextlib.nullcontext():
            app.launch(
                server_name=host,
                server_port=port,
                prevent_thread_lock=True,
                quiet=True,
                share=False,
                footer_links=[],
                run_history=False,
                enable_monitoring=False,
                ssr_mode=False,
                auth=list(users.items()) if users else None,
                root_path=root_path,
                mcp_server=mcp,
                max_file_size=limits.upload,
                state_session_capacity=200,  # 24 KB each; a program's every call is a session
                app_kwargs={
                    "routes": [_health(source)],
                    "middleware": [Middleware(Guard, limits=limits)],
                    "lifespan": _watching(source),
                },
                theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
                css=(STATIC / "style.css").read_text(encoding="utf-8"),
            )
    except OSError as error:
        raise AskArticleError(
            f"can't listen on {host}:{port} ({error}): choose another port with --port"
        ) from error
    if mcp:
        tools_answer_in_json(app)
    return app


def _set_environment(host: str) -> None:
    """What Gradio reads from there when it is imported and started."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    # Gradio keeps a record of the last 10,000 events and summarises it, with pandas, after each.
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)
    # Gradio asks its own server whether it is up: that must not go through a proxy.
    for name in ("no_proxy", "NO_PROXY"):
        hosts = (os.environ.get(name, ""), "127.0.0.1", "localhost", host)
        os.environ[name] = ",".join(filter(None, hosts))
    os.environ.setdefault("GRADIO_TEMP_DIR", _uploads().name)


@cache
def _uploads() -> "tempfile.TemporaryDirectory[str]":
    """A folder for this process alone, deleted when it ends: Gradio's own is shared by all."""
    return tempfile.TemporaryDirectory(prefix="askarticle-", ignore_cleanup_errors=True)


def read_users(file: str | Path) -> dict[str, str]:
    """Names and passwords, from lines of NAME:PASSWORD; empty lines and those with # are left out.

    Raises AskArticleError, which quotes nothing of the file.
    """
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        hint = " (a file with lines of NAME:PASSWORD, so that no list of processes shows them)"
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise AskArticleError(
            f"the file for --auth can't be read: {reason}{hint if ':' in str(file) else ''}"
        ) from None
    users = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        name, colon, password = line.partition(":")
        if not line or line.startswith("#"):
            continue
        if not (name.strip() and colon and password):
            raise AskArticleError(f"line {number} of {file} is not NAME:PASSWORD")
        users[name.strip()] = password
    if not users:
        raise AskArticleError(f"{file} names nobody: write a line NAME:PASSWORD")
    return users


def _health(source: Source) -> Any:
    """GET /health, open to all: numbers for a watchman, nothing of what the articles say."""
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    def health(request: Request) -> JSONResponse:
        snapshot, problem = source.current, source.problem
        retriever = snapshot.retriever
        return JSONResponse(
            {
                "status": "stale" if problem else "ok",
                "problem": problem,
                "articles": len(retriever.articles),
                "passages": retriever.passage_count,
                "encoder": Path(retriever.encoder_name).name,
                "generation": snapshot.generation,
                "version": version("askarticle"),
            }
        )

    return Route("/health", health)


def _watching(source: Source) -> Any:
    """While the server runs, look for a new index."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                await asyncio.to_thread(source.refresh)
            except Exception:  # such as no memory left: the next index may fit
                _log.exception("looking for a new index failed; the old one is still served")

    @contextlib.asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        task = asyncio.create_task(watch())
        yield
        task.cancel()

    return lifespan
