"""Reading: from a source to a clean `Article`. One module a kind of source.

Known so far: plain text, pages saved as text, HTML. A URL is not fetched.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from askarticle.article import Article, without_surrogates
from askarticle.errors import ReadError
from askarticle.reading import dump
from askarticle.reading.decode import decode
from askarticle.reading.html import is_html, read_html

MAX_BYTES = 20_000_000
"""The largest source that is read: some 6 million Chinese characters."""


def read(source: str | Path | bytes, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The article in a file (str or Path: its path) or in a page's bytes.

    Menus, other headlines and footers are left out; `article.removed` lists them by line number,
    `keep` puts such lines back, `clean=False` takes everything. Kinds and encodings (UTF-8,
    GB18030, UTF-16) are told by content. Raises ReadError, with the reason, for what can't be read
    or holds no article.
    """
    name = "" if isinstance(source, bytes) else str(source)
    content = source if isinstance(source, bytes) else _content(name)
    try:
        if len(content) > MAX_BYTES:
            raise ReadError(f"it has more than {MAX_BYTES / 1e6:.0f} MB, and no more are read")
        text, warnings = decode(content)
        article = read_text(text, clean=clean, keep=keep)
    except ReadError as error:
        raise ReadError(f"{name or 'the page'} can't be read as an article: {error}") from None
    return replace(article, source=name, warnings=warnings + article.warnings)


def read_text(text: str, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The article in a pasted text or page, cleaned as `read` does; raises ReadError if none."""
    text = without_surrogates(text)
    if not text.strip():
        raise ReadError("it is empty")
    if is_html(text):
        article = read_html(text, clean=clean, keep=keep)
    elif clean:
        found = dump.clean(text, keep=keep)
        article = Article(found.text, title=found.title, date=found.date, removed=found.removed)
    else:
        article = Article(text)
    if not any(char.isalnum() for char in article.text):
        raise ReadError(
            "no article was found among its menus and headlines; "
            "if there is one, read it without cleaning (clean=False)"
            if article.removed
            else "there are no words in it"
        )
    return article


def _content(name: str) -> bytes:
    if re.match(r"(?:https?|ftp|file|data):", name, re.IGNORECASE):
        raise ReadError(f"{name[:200]} is an address: save the page as a file and give its path")
    if "\n" in name or len(name) > 1000:
        raise ReadError("that is a text, not a path: use read_text, or Article(text=…)")
    path = Path(name)
    try:
        if path.is_dir():
            raise ReadError(f"{name} is a folder: give the file of one article")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ReadError(f"there is no file {name!r}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{name!r} can't be opened: {reason}") from None
