"""The chat in a browser: a conversation beside the article. Only this folder imports gradio.

Nothing leaves the machine: no analytics, no fonts or scripts from elsewhere, no saved questions.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from askarticle.errors import QuestionError
from askarticle.retriever import MAX_QUESTION_CHARS, Retriever
from askarticle.web.render import Page
from askarticle.web.serving import launch
from askarticle.web.words import Words, words_for

__all__ = ["launch"]

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


def _title(retriever: Retriever) -> str:
    articles = retriever.articles
    return articles[0].name if len(articles) == 1 else f"askarticle · {len(articles)}"
