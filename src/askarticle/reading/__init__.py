"""Reading: from a source to a clean `Article`. One module a kind of source.

Kinds are told by content (`kinds`), encodings too (`decode`). Text, pages saved as text (`dump`),
HTML (`html`) and Markdown, both behind `guard`, PDF, Word, EPUB, pages saved as one file (`mime`);
from a file, bytes, standard input or the public internet (`fetch`). What may hang or take all
memory runs in a `child`.
"""

import hashlib
import re
import sys
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path

from askarticle.article import Article, without_surrogates
from askarticle.errors import ReadError
from askarticle.reading import dump
from askarticle.reading.child import read_in_child
from askarticle.reading.decode import decode
from askarticle.reading.guard import read_marked, read_markup, read_xml
from askarticle.reading.html import is_html, is_page
from askarticle.reading.kinds import Page, kind_of
from askarticle.reading.markdown import is_markdown

MAX_BYTES = 20_000_000
"""The largest source that is read: some 6 million Chinese characters."""

_READERS = {"pdf": "pdf:read_pdf", "docx": "docx:read_docx", "epub": "epub:read_epub"}
_NAMES = {"pdf": "a PDF", "docx": "a Word document", "epub": "an EPUB"}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:(?=//)|(?:data|file|javascript|about|mailto):", re.I)


def read(
    source: str | Path | bytes,
    *,
    clean: bool = True,
    keep: Collection[int] = (),
    known: Article | None = None,
) -> Article:
    """The article in a file, in a page's bytes, or at an address.

    A str is a path, an http or https address, or "-" for standard input; a Path is a path. Text,
    HTML, MHTML, Markdown, PDF with a text layer, Word (.docx), EPUB and mails are told by content,
    and so is the encoding. Menus, other headlines, running heads and footers are left out;
    `article.removed` lists them by line number, `keep` puts such lines back and changes nothing
    else, `clean=False` takes everything.
    `known`, an article read from this source before, is returned itself if the source's bytes are
    the same and they would be read in the same way: nothing is then read but the bytes.

    Raises ReadError, with the reason, for what can't be read or holds no article. At most
    `MAX_BYTES` are read; an address has 20 s, and must be on the public internet; a file that
    is complex has 16 s.
    """
    name, page = _page(source)
    digest = _digest(page, clean, keep)
    if known is not None and (known.source, known.digest) == (name, digest):
        return known
    try:
        if len(page.content) > MAX_BYTES:
            raise ReadError(f"it has more than {MAX_BYTES / 1e6:.0f} MB, and no more are read")
        article = _read_content(page, clean, keep)
    except ReadError as error:
        raise ReadError(f"{name or 'the page'} can't be read as an article: {error}") from None
    return replace(article, source=name, url=page.url or article.url, digest=digest)


def read_text(text: str, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The article in a pasted text or page, cleaned as `read` does; raises ReadError if none."""
    text = without_surrogates(text)
    if not text.strip():
        raise ReadError("it is empty")
    if is_html(text) and (is_page(text) or not is_markdown(text)):  # which may begin with a tag
        article = read_markup(text, clean=clean, keep=keep)
    elif text.lstrip("\ufeff \r\n\t").startswith("<?xml"):
        article = read_xml(text, clean=clean, keep=keep)
    elif clean and is_markdown(text):
        article = read_marked(text, clean=clean, keep=keep)
    elif clean:
        found = dump.clean(text, keep=keep)
        article = Article(found.text, title=found.title, date=found.date, removed=found.removed)
    else:
        article = Article(text)
    _check_words(article)
    return article


def _read_content(page: Page, clean: bool, keep: Collection[int]) -> Article:
    kind = kind_of(page.content)
    if kind == "text":
        return _read_characters(page, clean, keep)
    if kind == "mime":
        from askarticle.reading.mime import unwrap  # 40 ms

        saved, title = unwrap(page.content)
        article = _read_characters(saved, clean, keep)
        return replace(article, title=article.title or title, url=saved.url or article.url)
    try:
        article = read_in_child(_READERS[kind], page.content, clean=clean, keep=keep)
    except ReadError as error:
        raise ReadError(f"it is {_NAMES[kind]}, but {error}") from None
    _check_words(article)
    return article


def _read_characters(page: Page, clean: bool, keep: Collection[int]) -> Article:
    text, warnings = decode(page.content, charset=page.charset)
    article = read_text(text, clean=clean, keep=keep)
    return replace(article, warnings=warnings + article.warnings)


def _check_words(article: Article) -> None:
    if not any(char.isalnum() for char in article.text):
        raise ReadError(
            "no article was found among its menus and headlines; "
            "if there is one, read it without cleaning (clean=False)"
            if article.removed
            else "there are no words in it"
        )


def _digest(page: Page, clean: bool, keep: Collection[int]) -> str:
    how = repr((_version(), clean, sorted(map(int, keep)), page.charset, page.url))
    return hashlib.sha256(how.encode() + b"\0" + page.content).hexdigest()


@cache
def _version() -> str:
    """Differs between versions of this package's reading, and of the libraries that it leans on."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for library in ("lxml", "markdown-it-py", "pypdfium2", "trafilatura"):
        digest.update(version(library).encode() + b"\0")
    return digest.hexdigest()


def _page(source: str | Path | bytes) -> tuple[str, Page]:
    """What to call the source, and its bytes; one more than `MAX_BYTES` if there are more."""
    if isinstance(source, bytes):
        return "", Page(source)
    if source == "-":
        return "standard input", Page(sys.stdin.buffer.read(MAX_BYTES + 1))
    name = str(source)
    scheme = _ADDRESS.match(name) if isinstance(source, str) else None
    if scheme is None:
        return name, Page(_file_content(name))
    from askarticle.reading.fetch import fetch  # with HTTP and TLS, 50 ms

    try:
        if scheme[0].lower() not in ("http:", "https:"):
            raise ReadError(f"of addresses, only http and https are read, not {scheme[0][:30]}")
        return name, fetch(name)
    except ReadError as error:
        raise ReadError(f"{name[:200]} can't be read: {error}") from None


def _file_content(name: str) -> bytes:
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
