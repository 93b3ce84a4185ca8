"""The chat's server: how the page is put on the network, and within which limits."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from askarticle.errors import AskArticleError
from askarticle.retriever import Retriever
from askarticle.web.words import CHINESE, ENGLISH

_HERE = Path(__file__).parent


def launch(
    retriever: Retriever,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    examples: Sequence[str] = (),
) -> Any:
    """Start the chat in the background and return the Gradio app; its address is `app.local_url`.

    `examples` are questions to start from. Raises AskArticleError if the port can't be had.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    # Gradio asks its own server whether it is up: that must not go through a proxy.
    for name in ("no_proxy", "NO_PROXY"):
        hosts = (os.environ.get(name, ""), "127.0.0.1", "localhost", host)
        os.environ[name] = ",".join(filter(None, hosts))
    import gradio as gr

    from askarticle.web import _app

    labels = gr.I18n(
        **{
            tag: asdict(ENGLISH if tag == "en" else CHINESE)
            for tag in ("en", "zh", "zh-CN", "zh-TW")
        }
    )
    app = _app(retriever, examples, labels)
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
            max_file_size="1mb",
            i18n=labels,
            theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
            css=(_HERE / "style.css").read_text(encoding="utf-8"),
        )
    except OSError as error:
        raise AskArticleError(
            f"can't listen on {host}:{port} ({error}): choose another port with --port"
        ) from error
    return app
