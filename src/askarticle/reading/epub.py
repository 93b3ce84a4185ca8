"""An electronic book (EPUB): its chapters in reading order, as plain lines."""

import posixpath
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote

from askarticle.article import Article
from askarticle.errors import ReadError
from askarticle.reading.archive import Archive
from askarticle.reading.decode import decode
from askarticle.reading.flat import flat_lines
from askarticle.reading.lines import Line, assemble

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"


def read_epub(content: bytes, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The book as one article. Raises ReadError if it is damaged or protected."""
    archive = Archive(content)
    container = archive.xml("META-INF/container.xml")
    rootfile = None if container is None else container.find(f".//{_CONTAINER}rootfile")
    name = "" if rootfile is None else rootfile.get("full-path", "")
    package = archive.xml(name)
    if package is None:
        raise ReadError("it is a damaged EPUB: it doesn't list its chapters")
    if archive.read("META-INF/rights.xml"):
        raise ReadError("it is a protected EPUB: its text is encrypted")
    chapters = {item.get("id"): item.get("href", "") for item in package.iter(_OPF + "item")}
    folder = posixpath.dirname(name)
    lines: list[str] = []
    for reference in package.iter(_OPF + "itemref"):
        href = unquote(chapters.get(reference.get("idref"), "")).split("#")[0]
        chapter = archive.read(posixpath.normpath(posixpath.join(folder, href)))
        if chapter and reference.get("linear") != "no":
            lines += flat_lines(decode(chapter)[0]).lines
    return assemble(
        map(Line, lines),
        clean=clean,
        keep=keep,
        title=_said(package, "title"),
        author=_said(package, "creator"),
        date=_said(package, "date")[:10],
    )


def _said(package: Any, tag: str) -> str:
    return re.sub(r"\s+", " ", package.findtext(f".//{_DUBLIN}{tag}") or "").strip()
