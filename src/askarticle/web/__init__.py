"""The chat in a browser: a conversation beside the article. Only this folder imports gradio.

Nothing leaves the machine: no analytics, no fonts or scripts from elsewhere, no saved questions.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from askarticle.errors import QuestionError
from askarticle.retriever import MAX_QUESTION_CHARS, Retriever
from askarticle.web.endpoints import TURN, add_endpoints
from askarticle.web.render import Page
from askarticle.web.serving import launch
from askarticle.web.source import Source
from askarticle.web.words import Words, words_for

__all__ = ["launch"]

_HERE = Path(__file__).parent
_K = 3


def _app(source: Source, examples: Sequence[str], label: Callable[[str], Any]) -> Any:
    """The Gradio app: the chat, and the endpoints for programs.

    A page asks the snapshot that it was opened with, whose sentences its citations name.

    `label` gives a word of the interface in the browser's language.
    """
    import gradio as gr

    def open_page() -> tuple[str, Page]:
        page = Page(source.current.retriever)
        return page.articles(), page

    def reply(page: Page | None, question: str, words: Words) -> str:
        page = page or Page(source.current.retriever)  # of a tab that is older than the server
        try:
            found = page.retriever.answer(question, _K)
        except QuestionError:
            return f'<p class="say">{words.cannot_ask}</p>'
        source.asked(found)
        return page.reply(found, words)

    # Gradio fills in `request` where the annotation is its Request. The question is shown at once
    # and the box emptied for the next; what is typed meanwhile stays.
    def ask(
        question: str, messages: list[Any], page: Page | None, request: gr.Request
    ) -> Iterator[tuple[Any, Any]]:
        words = words_for(request.headers.get("accept-language", ""))
        asked = {"role": "user", "content": escape(question[:MAX_QUESTION_CHARS])}
        yield "", [*messages, asked]
        answer = {"role": "assistant", "content": reply(page, question, words)}
        yield gr.skip(), [*messages, asked, answer]

    def ask_example(
        chosen: gr.SelectData, messages: list[Any], page: Page | None, request: gr.Request
    ) -> Iterator[tuple[Any, Any]]:
        yield from ask(chosen.value["text"], messages, page, request)

    with gr.Blocks(
        title=_title(source.current.retriever), fill_height=True, fill_width=True
    ) as app:
        opened = gr.State()
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
            shown = gr.HTML(elem_id="article")
        app.load(open_page, None, [shown, opened], api_visibility="private", show_progress="hidden")
        asked = gr.on(
            [question.submit],
            ask,
            [question, chat, opened],
            [question, chat],
            api_visibility="private",
            show_progress="hidden",
            concurrency_id=TURN,
        )
        chosen = chat.example_select(
            ask_example,
            [chat, opened],
            [question, chat],
            api_visibility="private",
            show_progress="hidden",
            concurrency_id=TURN,
        )
        for event in (asked, chosen):
            event.then(js=(_HERE / "after_reply.js").read_text(encoding="utf-8"))
        add_endpoints(source)
    return app


def _title(retriever: Retriever) -> str:
    articles = retriever.articles
    return articles[0].name if len(articles) == 1 else f"askarticle · {len(articles)}"
