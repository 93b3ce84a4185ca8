"""The chat in a browser: a conversation beside the article. The only place that imports gradio.

Nothing leaves the machine: no analytics, no fonts or scripts from elsewhere, no saved questions.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from askarticle.errors import AskArticleError, QuestionError
from askarticle.retriever import MAX_QUESTION_CHARS, Retriever
from askarticle.web.render import Page
from askarticle.web.words import CHINESE, ENGLISH, Words, words_for

_HERE = Path(__file__).parent
_K = 3


def _app(retriever: Retriever, examples: Sequence[str], label: Callable[[str], Any]) -> Any:
    """The Gradio app: the chat, and the endpoint /retrieve(question, k=3) for programs.

    `label` gives a word of the interface in the browser's language.
    """
    import gradio as gr

    page = Page(retriever)

    def reply(question: str, words: Words) -> str:
        try:
            return page.reply(retriever.answer(question, _K), words)
        except QuestionError:
            return f'<p class="say">{words.cannot_ask}</p>'

    # Gradio fills in `request` where the annotation is its Request. The question is shown at once
    # and the box emptied for the next; what is typed meanwhile stays.
    def ask(question: str, messages: list[Any], request: gr.Request) -> Iterator[tuple[Any, Any]]:
        words = words_for(request.headers.get("accept-language", ""))
        asked = {"role": "user", "content": escape(question[:MAX_QUESTION_CHARS])}
        yield "", [*messages, asked]
        answer = {"role": "assistant", "content": reply(question, words)}
        yield gr.skip(), [*messages, asked, answer]

    def ask_example(
        chosen: gr.SelectData, messages: list[Any], request: gr.Request
    ) -> Iterator[tuple[Any, Any]]:
        yield from ask(chosen.value["text"], messages, request)

    def retrieve(question: str, k: int = 3) -> list[dict[str, Any]]:
        """The best k passages for a question, best first."""
        try:
            hits = retriever.retrieve(question, k)
        except QuestionError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return [hit.as_dict(rank) for rank, hit in enumerate(hits, 1)]

    with gr.Blocks(title=_title(retriever), fill_height=True, fill_width=True) as app:
        with gr.Row(elem_id="panes"):
            with gr.Column(elem_id="talk"):
                chat = gr.Chatbot(
                    elem_id="chat",
                    label=label("conversation"),
                    show_label=False,
                    container=False,
                    height="100%",
                    render_markdown=False,  # Markdown would read the article as markup
                    latex_delimiters=[],
                    buttons=[],
                    autoscroll=False,  # the page scrolls to the question instead
                    examples=[{"text": example} for example in examples],
                    placeholder=label("welcome"),
                )
                question = gr.Textbox(
                    elem_id="question",
                    label=label("ask"),  # for screen readers
                    placeholder=label("ask"),
                    show_label=False,
                    container=False,
                    submit_btn=label("send"),
                    autofocus=True,
                    max_lines=6,
                    max_length=MAX_QUESTION_CHARS,
                )
            gr.HTML(page.articles(), elem_id="article")
        asked = gr.on(
            [question.submit],
            ask,
            [question, chat],
            [question, chat],
            api_visibility="private",
            show_progress="hidden",
        )
        chosen = chat.example_select(
            ask_example, [chat], [question, chat], api_visibility="private", show_progress="hidden"
        )
        for event in (asked, chosen):
            event.then(js=(_HERE / "after_reply.js").read_text(encoding="utf-8"))
        gr.api(retrieve, api_name="retrieve")
    app.queue(max_size=64, default_concurrency_limit=2)
    return app


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


def _title(retriever: Retriever) -> str:
    articles = retriever.articles
    return articles[0].name if len(articles) == 1 else f"askarticle · {len(articles)}"
