"""The endpoints for programs: /retrieve and /answer, over HTTP and as tools of an MCP server."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

from askarticle.errors import QuestionError
from askarticle.web.source import Source

# Every hit is marked, which encodes it: without a limit a stranger could ask for all.
MAX_HITS = 100
TURN = "questions"  # the turn that all questions wait for, from the page and from programs

_P = ParamSpec("_P")
_T = TypeVar("_T")


def add_endpoints(source: Source) -> None:
    """Add the endpoints to the Gradio app that is being built."""
    import gradio as gr

    def told(function: Callable[_P, _T]) -> Callable[_P, _T]:
        """What is wrong with a question, as a message and not as a traceback."""

        @wraps(function)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            try:
                return function(*args, **kwargs)
            except QuestionError as error:
                raise gr.Error(str(error), print_exception=False) from error

        return call

    @told
    def retrieve(question: str, k: int = 3) -> list[dict[str, Any]]:
        """Find the passages of the articles that a question is about, best first.

        Args:
            question: in Chinese or English, at most 10,000 characters
            k: how many passages, 1 to 100

        Returns:
            a list of hits: rank, text, start and end (characters of the article's text),
            paragraph, article, score, confidence (0 to 1) and marks (the ranges that answer)
        """
        reply = source.current.retriever.answer(question, _checked(k))
        source.asked(reply)
        return [hit.as_dict(rank) for rank, hit in enumerate(reply.hits, 1)]

    @told
    def answer(
        question: str,
        strictness: Literal["strict", "balanced", "eager"] = "balanced",
        k: int = 3,
    ) -> dict[str, Any]:
        """Answer a question in the articles' own words, or say that they don't say.

        Args:
            question: in Chinese or English, at most 10,000 characters
            strictness: how likely it must be that the text answers to count as found
            k: how many passages, 1 to 100

        Returns:
            question, found, confidence (0 to 1: how likely one of the best three answers), text
            (the clause or sentence that answers; "" if none does) and hits, which are as those of
            retrieve; if not found they are the closest passages
        """
        if not isinstance(strictness, str):
            raise QuestionError(f"strictness is a word, not {strictness!r}")
        reply = source.current.retriever.answer(question, _checked(k), strictness=strictness)
        source.asked(reply)
        return reply.as_dict()

    for function in (retrieve, answer):
        gr.api(function, api_name=function.__name__, concurrency_id=TURN)


def tools_answer_in_json(app: Any) -> None:
    """Let the tools of a launched app's MCP server answer in JSON: Gradio writes Python's `str`."""
    server = app.mcp_server_obj
    server.postprocess_output_data = lambda data, root_url: [
        server.types.TextContent(type="text", text=json.dumps(data[0], ensure_ascii=False))
    ]


def _checked(k: int) -> int:
    if isinstance(k, int) and k > MAX_HITS:
        raise QuestionError(f"k is at most {MAX_HITS} here; it was {k}")
    return k
