"""Files as generations: a folder whose files are replaced together or not at all.

Each file's name carries a digest of the whole generation, so the new ones are written beside the
old; only `manifest.json`, which names them with their SHA-256, is switched, by one rename. A reader
gets the old generation or the new one, never a mix, and never bytes that weren't saved. It doesn't
know what the files hold.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from askarticle.errors import IndexDamaged, IndexLocked, IndexMismatch, IndexStoreError

MANIFEST = "manifest.json"
# Raise it when the files are to be read in another way, and when `passages.split` or
# `lexical.terms` give something else: an index holds what they gave when it was made.
FORMAT = 2
_LOCK = ".lock"
_PLAIN_NAME = re.compile(r"[a-z]+-[0-9a-f]{16}\.[a-z]+")
_REBUILD = "build it again with `askarticle index SOURCE --out {}`"


def is_ours(path: Path) -> bool:
    """Whether this is a file that `save` wrote into an index."""
    return path.name == MANIFEST or (
        _PLAIN_NAME.fullmatch(path.name) is not None and path.with_name(MANIFEST).exists()
    )


def save(folder: Path, files: Mapping[str, bytes | memoryview], about: Mapping[str, Any]) -> None:
    """Write `files` ("vectors.faiss": bytes, …) as the folder's new generation, with `about`.

    The folder is made if missing. If anything fails, what it held before is intact and nothing is
    left behind. Raises IndexLocked, or IndexStoreError for what the disk refuses.
    """
    hashes = {name: hashlib.sha256(content) for name, content in files.items()}
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashes[name].digest())
    generation = digest.hexdigest()[:16]
    entries: dict[str, dict[str, Any]] = {}
    fresh: list[Path] = []
    made: list[Path] = []
    try:
        made += [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / MANIFEST).exists() and not _old_files(folder, files):
            raise IndexStoreError(
                f"{folder / MANIFEST} is another program's: give the index a folder of its own"
            )
        with _writing(folder):
            old = _old_files(folder, files)
            for partial in _generation_files(folder, files, partial=True):
                partial.unlink(missing_ok=True)  # of a writer that was killed
            for name, content in files.items():
                stem, suffix = name.split(".")
                path = folder / f"{stem}-{generation}.{suffix}"
                if path not in old:
                    fresh.append(path)
                _write(path, content)
                entries[name] = {
                    "file": path.name,
                    "bytes": len(content),
                    "sha256": hashes[name].hexdigest(),
                }
            manifest = {"format": FORMAT, **about, "files": entries}
            text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
            _sync_folder(folder)
            _write(folder / MANIFEST, text.encode())
            _sync_folder(folder)
            for path in old - {folder / entry["file"] for entry in entries.values()}:
                path.unlink(missing_ok=True)
    except IndexLocked:
        made.clear()  # the other writer's by now, as is the lock
        raise
    except OSError as error:
        raise IndexStoreError(
            f"the index can't be written to {folder} ({error.strerror or error}); "
            "what it held before is unchanged"
        ) from error
    finally:
        # Whatever interrupted, the manifest says which generation holds.
        if not _holds(folder, generation):
            for path in fresh:
                path.unlink(missing_ok=True)
            with suppress(OSError):  # as far as the disk lets us
                if made:
                    (folder / _LOCK).unlink(missing_ok=True)
                for path in made:
                    path.rmdir()


def load(folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest of the folder's generation, and its files, each checked against its SHA-256.

    Raises IndexStoreError if there is none, IndexMismatch for another format, IndexDamaged if a
    byte differs.
    """
    for attempt in range(5):
        manifest = _manifest(folder)
        try:
            return manifest, {
                name: _checked(folder, entry) for name, entry in manifest["files"].items()
            }
        except FileNotFoundError as error:
            # A writer may have switched generations since the manifest was read.
            if attempt == 4 or _manifest(folder) == manifest:
                missing = Path(error.filename).name
                raise IndexDamaged(
                    f"{missing} is missing from the index in {folder}: " + _REBUILD.format(folder)
                ) from error
    raise AssertionError("unreachable")


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        files = manifest["files"]
        found = manifest["format"]
        names = [entry["file"] for entry in files.values()]
        plain = all(_PLAIN_NAME.fullmatch(name) for name in names)
        complete = all({"sha256", "bytes"} <= entry.keys() for entry in files.values())
    except FileNotFoundError:
        raise IndexStoreError(
            f"there is no index in {folder}: " + _REBUILD.format(folder)
        ) from None
    except OSError as error:
        raise IndexStoreError(f"{path} can't be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise IndexDamaged(f"{path} is not a manifest: " + _REBUILD.format(folder)) from None
    if found != FORMAT:
        raise IndexMismatch(
            f"the index in {folder} has format {found}, this askarticle reads {FORMAT}: "
            + _REBUILD.format(folder)
        )
    if not plain or not complete:
        raise IndexDamaged(
            f"{path} names files that askarticle never writes: " + _REBUILD.format(folder)
        )
    return dict(manifest)


def _checked(folder: Path, entry: Mapping[str, Any]) -> bytes:
    path = folder / str(entry["file"])
    if path.is_symlink():
        raise IndexDamaged(f"{path} is a link, which askarticle never writes; it is not read")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise IndexStoreError(f"{path} can't be read ({error.strerror})") from error
    if len(content) != entry["bytes"]:
        raise IndexDamaged(
            f"{path} has {len(content)} bytes, {entry['bytes']} were saved: "
            + _REBUILD.format(folder)
        )
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise IndexDamaged(
            f"{path} is not what was saved (its SHA-256 differs): " + _REBUILD.format(folder)
        )
    return content


def _holds(folder: Path, generation: str) -> bool:
    with suppress(OSError):
        return f"-{generation}." in (folder / MANIFEST).read_text(
            encoding="utf-8", errors="replace"
        )
    return False


def _old_files(folder: Path, names: Iterable[str]) -> set[Path]:
    """Files of what the folder holds: none if no index, or no manifest of ours, is there."""
    return {*_generation_files(folder, names), *_manifest_files(folder)}


def _generation_files(
    folder: Path, names: Iterable[str], *, partial: bool = False
) -> Iterator[Path]:
    """Files of any generation under these names, or what was left of writing them."""
    stems = "|".join(name.replace(".", r"-[0-9a-f]{16}\.") for name in names)
    pattern = re.compile(rf"\.(?:{stems}|{re.escape(MANIFEST)})\.partial" if partial else stems)
    return (path for path in folder.iterdir() if pattern.fullmatch(path.name))


def _manifest_files(folder: Path) -> list[Path]:
    """Files that the manifest names, whatever its format: an older one had other names."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        files = json.loads((folder / MANIFEST).read_bytes())["files"]
        names = [entry["file"] for entry in files.values()]
        return [folder / name for name in names if _PLAIN_NAME.fullmatch(name)]
    return []


def _write(path: Path, content: bytes | memoryview) -> None:
    """Put a file in its place whole: written beside it, synced, renamed."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)  # Windows has none


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the process ends, however it ends."""
    with open(folder / _LOCK, "a+", opener=_open_no_link) as file:
        try:
            if os.name == "posix":
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                import msvcrt

                file.seek(1000)  # the owner's number, before it, stays readable to others
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except (BlockingIOError, PermissionError):
            file.seek(0)
            owner = file.read(20).strip() or "unknown"
            raise IndexLocked(
                f"process {owner} is writing the index in {folder}: wait until it is done"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
