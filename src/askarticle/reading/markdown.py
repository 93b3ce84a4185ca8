"""Markdown: its marks turned into plain lines; headings and the numbers of lists are kept."""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from askarticle.article import Article
from askarticle.reading.flat import flat_lines
from askarticle.reading.lines import Line, assemble, unbroken

if TYPE_CHECKING:
    from markdown_it.token import Token

# What plain texts don't have: a heading, a link or picture with its address, bold words, a fence, a
# table's rule. Two of them make a text Markdown: one may stand in a text about anything.
_MARKS = re.compile(
    r"^#{1,6} +\S|!?\[[^\]\n]{0,300}\]\((?:https?:|/|#|\.)[^)\s]{0,2000}\)|\*\*\S[^*\n]{0,300}\*\*|"
    r"^(?:```|~~~)|^\|?(?: *:?-{3,}:? *\|)+",
    re.MULTILINE,
)
_FRONT_MATTER = re.compile(r"\A---\n((?:[^\n]*\n){1,60}?)(?:---|\.\.\.)\n")
_FIELD = re.compile(r"^(title|author|date):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.M | re.I)


def is_markdown(text: str) -> bool:
    """Whether a text has at least two of Markdown's marks, or a block of fields before it."""
    text = text[:200_000].replace("\r\n", "\n")
    marks = _MARKS.finditer(text)
    return (next(marks, None) and next(marks, None)) is not None or (
        _FRONT_MATTER.match(text) is not None and _FIELD.search(text[:2000]) is not None
    )


def read_markdown(text: str, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The text's article; the title is its field, or a heading that stands on top.

    Lines of pictures that are links, as the badges of a program, are left out.
    """
    from markdown_it import MarkdownIt

    text = text.replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    fields = {name.lower(): value for name, value in _FIELD.findall(front[1])} if front else {}
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    tokens = parser.parse(text[front.end() :] if front else text)
    text_tokens = [token for token in tokens if token.type != "html_block"]
    on_top = text_tokens[0].type == "heading_open" if text_tokens else False
    return assemble(
        _blocks(tokens),
        clean=clean,
        keep=keep,
        title=fields.get("title") or (_inline(text_tokens[1].children or []) if on_top else ""),
        author=fields.get("author", ""),
        date=fields.get("date", ""),
    )


def _blocks(tokens: "list[Token]") -> Iterator[Line]:
    prefix = ""
    row: list[str] | None = None
    for token in tokens:
        block = reason = ""
        if token.type == "list_item_open" and token.info:  # the number of an ordered list's item
            prefix = f"{token.info}{token.markup} "
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            block, row = " | ".join(row), None
        elif token.type == "inline":
            children = token.children or []
            text = _inline(children)
            if row is not None:
                row.append(text)
            else:
                block = prefix + text
                reason = "menu" if _are_badges(children) else ""
            prefix = ""
        elif token.type in ("fence", "code_block"):
            block = token.content
        elif token.type == "html_block":
            block = "\n".join(flat_lines(token.content).lines)
        yield from (Line(line, reason) for line in block.split("\n") if line.strip())


def _are_badges(tokens: "list[Token]") -> bool:
    """Whether these are pictures in links, and nothing else."""
    kinds = {token.type for token in tokens if token.type != "text" or token.content.strip()}
    return {"link_open", "image"} <= kinds <= {"link_open", "link_close", "image", "softbreak"}


def _inline(tokens: "list[Token]") -> str:
    """Words without marks; a line break in a paragraph is a space, between Chinese words none."""
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type == "image":
            parts.append(_inline(token.children or []))
        elif token.type == "softbreak":
            parts.append("\n")
        elif token.type == "hardbreak":
            parts.append("\v")
    return unbroken("".join(parts)).replace("\v", "\n")
