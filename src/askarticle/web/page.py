"""The page: one conversation beside the article. Its look and its doings lie in static/.

The browser holds the conversation, the server the articles. They talk through events of two HTML
components, whose data are small JSON objects; what is in them `desk` says.
"""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from askarticle.retriever import Retriever
from askarticle.web.desk import Desk, Message
from askarticle.web.endpoints import TURN
from askarticle.web.source import Source
from askarticle.web.words import words

STATIC = Path(__file__).parent / "static"
_UPLOADS_DELETED = 600, 3600  # looked at every ten minutes, when an hour old
_SCRIPTS = ("core.js", "article.js", "talk.js", "shelf.js", "keep.js", "start.js")


def build(
    source: Source,
    *,
    examples: Sequence[str] = (),
    feedback_file: Path | None = None,
    max_upload: int = 20_000_000,
) -> Any:
    """The Gradio app of the page, without endpoints for programs.

    `examples` are the first suggested questions of the first article. Ratings are written to
    `feedback_file`; without one they aren't asked for. `max_upload` is what the server takes, in
    bytes.
    """
    import gradio as gr

    desk = Desk(source, examples, feedback_file)

    # Gradio fills in what is annotated with its types.
    def ask(event: gr.EventData) -> Message:
        return desk.ask(event._data)

    def shelf(event: gr.EventData) -> Iterator[Message]:
        yield from desk.shelf(event._data)

    async def wait(event: gr.EventData) -> AsyncIterator[Message]:
        async for message in desk.wait(event._data):
            yield message

    constants = f"const WORDS = {json.dumps(words(), ensure_ascii=False)}, MAX_FILE = {max_upload};"
    scripts = [(STATIC / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    title = _title(source.current.retriever)
    with gr.Blocks(
        title=title, fill_height=True, fill_width=True, delete_cache=_UPLOADS_DELETED
    ) as app:
        page = gr.HTML(
            html_template=(STATIC / "shell.html").read_text(encoding="utf-8"),
            js_on_load="\n".join([constants, *scripts]),
            apply_default_css=False,
            elem_id="page",
        )
        wire = gr.HTML(
            html_template="",
            js_on_load="""
                const events = {add: 'bring', keep: 'bring', wait: 'wait'};
                window.askarticleShelf = (data) => trigger(events[data.op] ?? 'shelf', data);
                window.dispatchEvent(new Event('askarticle-wire'));
                watch('value', () => window.dispatchEvent(
                    new CustomEvent('askarticle', {detail: props.value})));
            """,
            elem_id="wire",
        )
        failed = "() => window.dispatchEvent(new CustomEvent('askarticle-failed', {detail: '%s'}))"
        for event, run, component in (
            ("ask", ask, page),
            ("shelf", shelf, wire),
            ("bring", shelf, wire),
            ("wait", wait, wire),
        ):
            getattr(component, event)(
                run,
                None,
                component,
                api_visibility="private",
                show_progress="hidden",
                trigger_mode="multiple",
                # Reading takes long: those who only open a page don't wait for it.
                concurrency_id=TURN if event == "ask" else event,
                concurrency_limit=2 if event != "wait" else None,  # which takes no thread
            ).failure(js=failed % ("ask" if event == "ask" else "shelf"))
    return app


def _title(retriever: Retriever) -> str:
    articles = retriever.articles
    return articles[0].name if len(articles) == 1 else f"askarticle · {len(articles)}"
