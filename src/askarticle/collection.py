"""Many sources to their articles: folders, files and addresses, some of which can't be read.

One bad source never stops the rest; each that is left out is told with its reason. What an older
index holds of an unchanged source is taken from there. It doesn't split, encode or print.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from askarticle import store
from askarticle.article import Article
from askarticle.encoder import Progress
from askarticle.errors import ReadError
from askarticle.reading import read

# Text that is written for machines. What else is no article, `read` tells by content.
_NO_ARTICLES = frozenset(
    ".c .cfg .conf .cpp .css .csv .h .ini .java .js .json .jsonl .lock .log .map .mjs .py .sh .sql "
    ".svg .toml .ts .tsv .xsl .yaml .yml".split()
)
_STANDARD_INPUT = "standard input"


@dataclass
class Collection:
    """The articles of many sources, in the order of these, and what became of each source."""

    articles: list[Article] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    """Sources read now and not known before."""
    changed: list[str] = field(default_factory=list)
    """Sources read again: their bytes, or how they are read, are not what they were."""
    unchanged: list[str] = field(default_factory=list)
    """Sources whose known article was taken."""
    removed: list[str] = field(default_factory=list)
    """Known articles whose source is no longer among those given."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Sources that gave no article, each with a sentence that names it and says why."""


def gather(
    sources: Sequence[str],
    *,
    known: Sequence[Article] = (),
    without: Path | None = None,
    progress: Progress | None = None,
) -> Collection:
    """Read each source; a folder stands for the files in it and in its folders, sorted by name.

    Of a folder only regular files are taken: nothing hidden, no folder that is a link, not the
    folder `without`, not the pictures and scripts that browsers save beside a page, no index. Each
    file is read once, and a text that another source already gave is skipped. `known` are the
    articles of an older index: those with an unchanged source are returned as they are, and those
    of addresses that can't be read now.
    """
    found = Collection()
    by_source = {article.source: article for article in known if article.digest}
    owners: dict[str, str] = {}
    paths = _without_repeats(_expand(sources, without, found.skipped))
    for done, source in enumerate(paths, 1):
        name = _STANDARD_INPUT if source == "-" else source
        old = by_source.get(name)
        found.skipped.pop(name, None)  # of a folder, but named too
        article: Article | None = None
        try:
            article = read(source, known=old)
        except ReadError as error:
            found.skipped[name] = str(error)
            if name.lower().startswith(("http://", "https://")):
                article = old  # its server may be back tomorrow
        except Exception as error:  # a fault of ours in one file must not cost all the others
            logging.getLogger(__name__).debug("reading %s failed", name, exc_info=True)
            found.skipped[name] = f"{name} can't be read as an article: {error!r}"
        if article and (owner := owners.setdefault(article.text, name)) != name:
            found.skipped[name] = f"{name} has the same text as {owner}"
        elif article:
            found.articles.append(article)
            if name not in found.skipped:
                fate = found.changed if old else found.added
                (found.unchanged if article is old else fate).append(name)
        if progress:
            progress(done, len(paths))
    kept = {article.source for article in found.articles}
    found.removed = [a.name for a in known if a.source not in kept | found.skipped.keys()]
    for name in found.skipped.keys() & by_source.keys():
        fate_of_old = "in the index is kept" if name in kept else "is no longer in the index"
        found.skipped[name] += f" (its article {fate_of_old})"
    return found


def _expand(sources: Sequence[str], without: Path | None, skipped: dict[str, str]) -> Iterator[str]:
    """The sources with each folder replaced by its files; says in `skipped` what isn't taken."""
    for source in sources:
        if source == "-" or not os.path.isdir(source):  # noqa: PTH112 (False for any string)
            yield source
        else:
            yield from _files(source, without, skipped)


def _files(folder: str, without: Path | None, skipped: dict[str, str]) -> Iterator[str]:
    def unreadable(error: OSError) -> None:
        skipped[str(error.filename)] = f"{error.filename} can't be opened: {error.strerror}"

    for root, folders, names in os.walk(folder, onerror=unreadable):
        pages = {Path(name).stem for name in names if name.lower().endswith((".html", ".htm"))}
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and not (name.endswith("_files") and name.removesuffix("_files") in pages)
            and not (without is not None and _is_same(Path(root, name), without))
        )
        for name in sorted(names):
            path = Path(root, name)
            try:  # a folder may be listed, but not entered
                if name.startswith(".") or not S_ISREG(path.stat().st_mode) or store.is_ours(path):
                    continue
            except OSError as error:
                unreadable(error)
                continue
            if path.suffix.lower() in _NO_ARTICLES:
                skipped[str(path)] = (
                    f"{path} is a {path.suffix} file, which is no article: name it to have it read"
                )
            else:
                yield str(path)


def _is_same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()


def _without_repeats(sources: Iterator[str]) -> list[str]:
    """Each file once, though it is named twice or linked."""
    first: dict[str, str] = {}
    for source in sources:
        first.setdefault(os.path.realpath(source) if os.path.isfile(source) else source, source)  # noqa: PTH113
    return list(first.values())
