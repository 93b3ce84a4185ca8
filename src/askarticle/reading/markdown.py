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
    marks = _MARKS.finditer(text[:200_000])
    return (next(marks, None) and next(marks, None)) is not None or (
        _FRONT_MATTER.match(text) is not None and _FIELD.search(text[:2000]) is not None
    )


def read_markdown(text: str, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The text's article; the title is its field, or a heading that stands on top."""
    from markdown_it import MarkdownIt

    text = text.replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    fields = {name.lower(): value for name, value in _FIELD.findall(front[1])} if front else {}
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    tokens = parser.parse(text[front.end() :] if front else text)
    lines = [line for block in _blocks(tokens) for line in block.split("\n") if line.strip()]
    on_top = tokens[:1] and tokens[0].type == "heading_open" and lines
    return assemble(
        map(Line, lines),
        clean=clean,
        keep=keep,
        title=fields.get("title") or (lines[0] if on_top else ""),
        author=fields.get("author", ""),
        date=fields.get("date", ""),
    )


def _blocks(tokens: "list[Token]") -> Iterator[str]:
    prefix = ""
    row: list[str] | None = None
    for token in tokens:
        if token.type == "list_item_open" and token.info:  # the number of an ordered list's item
            prefix = f"{token.info}{token.markup} "
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield " | ".join(row)
            row = None
        elif token.type == "inline":
            text = _inline(token.children or [])
            if row is not None:
                row.append(text)
            else:
                yield prefix + text
            prefix = ""
        elif token.type in ("fence", "code_block"):
            yield token.content
        elif token.type == "html_block":
            yield "\n".join(flat_lines(token.content).lines)


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
