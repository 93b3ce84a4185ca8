"""The chat's server: how the page is put on the network, and within which limits."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from askarticle.errors import AskArticleError, QuestionError
from askarticle.retriever import Retriever
from askarticle.web.page import MAX_FILE_BYTES, STATIC, build


def launch(
    retriever: Retriever,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    examples: Sequence[str] = (),
    feedback: str | Path | None = None,
) -> Any:
    """Start the chat in the background and return the Gradio app; its address is `app.local_url`.

    `examples` are questions to start from; readers' ratings go to the file `feedback`, and aren't
    asked for without one. Raises AskArticleError if the port can't be had.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    # Gradio asks its own server whether it is up: that must not go through a proxy.
    for name in ("no_proxy", "NO_PROXY"):
        hosts = (os.environ.get(name, ""), "127.0.0.1", "localhost", host)
        os.environ[name] = ",".join(filter(None, hosts))
    import gradio as gr

    def retrieve(question: str, k: int = 3) -> list[dict[str, Any]]:
        """The best k passages for a question, best first."""
        try:
            hits = retriever.retrieve(question, k)
        except QuestionError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return [hit.as_dict(rank) for rank, hit in enumerate(hits, 1)]

    app = build(
        retriever,
        examples=examples,
        feedback_file=Path(feedback) if feedback else None,
        title=_title(retriever),
    )
    with app:
        gr.api(retrieve, api_name="retrieve")
    retriever.retrieve("warm up", 1)  # the first encoding takes longer than the others
    try:
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
            max_file_size=MAX_FILE_BYTES,
            theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
            css=(STATIC / "style.css").read_text(encoding="utf-8"),
        )
    except OSError as error:
        raise AskArticleError(
            f"can't listen on {host}:{port} ({error}): choose another port with --port"
        ) from error
    return app


def _title(retriever: Retriever) -> str:
    articles = retriever.articles
    return articles[0].name if len(articles) == 1 else f"askarticle · {len(articles)}"
