"""Generations: whole or not at all, whatever happens while they are written; checked when read."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from askarticle import IndexDamaged, IndexLocked, IndexMismatch, IndexStoreError, store

OLD = {"vectors.faiss": b"old vectors" * 500, "passages.jsonl": b'{"old": 1}\n'}
NEW = {"vectors.faiss": b"new vectors" * 500, "passages.jsonl": b'{"new": 1}\n'}
ABOUT = {"dimension": 3}


def run(code: str, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, str(folder), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_is_saved_is_loaded(tmp_path):
    folder = tmp_path / "new" / "index"
    store.save(folder, OLD, ABOUT)
    manifest, files = store.load(folder)
    assert files == OLD
    assert manifest["dimension"] == 3
    for name, content in OLD.items():
        entry = manifest["files"][name]
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert (folder / entry["file"]).read_bytes() == content


def test_a_new_generation_replaces_the_old_and_leaves_other_files_alone(tmp_path):
    (tmp_path / "page.txt").write_text("page")
    store.save(tmp_path, OLD, ABOUT)
    store.save(tmp_path, NEW, ABOUT)
    assert store.load(tmp_path)[1] == NEW
    assert len(names(tmp_path) - {"page.txt", "manifest.json", ".lock"}) == len(NEW)


def test_files_of_an_older_format_go_with_their_manifest(tmp_path):
    old = {"vectors.old": b"vectors", "more.old": b"more"}
    store.save(tmp_path, old, ABOUT)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"format": {store.FORMAT}', '"format": 0'))
    store.save(tmp_path, NEW, ABOUT)
    assert not list(tmp_path.glob("*.old")) and store.load(tmp_path)[1] == NEW


def test_saving_the_same_again_changes_no_name(tmp_path):
    store.save(tmp_path, OLD, ABOUT)
    before = names(tmp_path)
    store.save(tmp_path, OLD, ABOUT)
    assert names(tmp_path) == before and store.load(tmp_path)[1] == OLD


def data_file(folder: Path) -> Path:
    return next(folder.glob("vectors-*"))


def test_fault_1_a_truncated_file_is_named(tmp_path):
    store.save(tmp_path, OLD, ABOUT)
    path = data_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match=rf"{path.name} has 5499 bytes, 5500.*askarticle index"):
        store.load(tmp_path)


def test_fault_2_every_flipped_bit_is_refused(tmp_path):
    files = {"vectors.faiss": b"vectors", "passages.jsonl": b"{}\n"}
    store.save(tmp_path, files, ABOUT)
    for path in (*tmp_path.glob("vectors-*"), *tmp_path.glob("passages-*")):
        good = path.read_bytes()
        for bit in range(8 * len(good)):
            bad = bytearray(good)
            bad[bit // 8] ^= 1 << bit % 8
            path.write_bytes(bad)
            with pytest.raises(IndexDamaged, match="SHA-256"):
                store.load(tmp_path)
        path.write_bytes(good)
    assert store.load(tmp_path)[1] == files


def test_fault_3_zeroed_blocks_are_refused(tmp_path):
    store.save(tmp_path, OLD, ABOUT)
    path = data_file(tmp_path)
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])
    with pytest.raises(IndexDamaged, match="SHA-256"):
        store.load(tmp_path)


def test_fault_4_another_format_is_told_with_both_numbers(tmp_path):
    store.save(tmp_path, OLD, ABOUT)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(IndexMismatch, match=f"format 99.* {store.FORMAT}.*askarticle index"):
        store.load(tmp_path)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a/b", ".lock", "vectors-x.faiss", "", 7, None]
)
def test_fault_5_only_plain_names_are_read(tmp_path, name):
    store.save(tmp_path, OLD, ABOUT)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["files"]["vectors.faiss"]["file"] = name
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(IndexDamaged):
        store.load(tmp_path)


def test_fault_5_a_link_is_not_followed(tmp_path):
    store.save(tmp_path / "index", OLD, ABOUT)
    path = data_file(tmp_path / "index")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IndexDamaged, match="link"):
        store.load(tmp_path / "index")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b"null", b'{"format": 1}', b"\xff", b"[" * 100_000]
)
def test_a_manifest_that_is_none(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match="not a manifest"):
        store.load(tmp_path)


def test_no_index_there(tmp_path):
    with pytest.raises(IndexStoreError, match=r"there is no index in .*askarticle index"):
        store.load(tmp_path / "nowhere")


def test_a_missing_file_is_named(tmp_path):
    store.save(tmp_path, OLD, ABOUT)
    data_file(tmp_path).unlink()
    with pytest.raises(IndexDamaged, match=r"vectors-.* is missing"):
        store.load(tmp_path)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("call", range(1, 8))
def test_fault_32_interrupted_anywhere_while_saving_leaves_one_whole_generation(
    tmp_path, monkeypatch, error, call
):
    store.save(tmp_path, OLD, ABOUT)
    calls = iter(range(1, 100))
    real = os.fsync

    def interrupted(descriptor):
        real(descriptor)
        if next(calls) == call:
            raise error

    monkeypatch.setattr(os, "fsync", interrupted)
    with contextlib.suppress(KeyboardInterrupt, IndexStoreError):
        store.save(tmp_path, NEW, ABOUT)
    assert store.load(tmp_path)[1] in (OLD, NEW)


def test_files_of_the_users_own_are_left_alone(tmp_path):
    mine = {
        "report-deadbeefdeadbeef.pdf",
        ".movie.partial",
        "vectors.faiss.txt",
        "vectors.faiss",  # the name of a file that is saved, without a generation
        ".passages.jsonl.partial",
    }
    for name in mine:
        (tmp_path / name).write_text("mine")
    store.save(tmp_path, OLD, ABOUT)
    store.save(tmp_path, NEW, ABOUT)
    assert {name for name in names(tmp_path) if (tmp_path / name).read_bytes() == b"mine"} == mine


@pytest.mark.parametrize("content", ['{"name": "a web app", "icons": []}', '{"files": {}}', "//"])
def test_a_manifest_of_another_program_is_left_alone(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(IndexStoreError, match=r"manifest\.json is another program's"):
        store.save(tmp_path, OLD, ABOUT)
    assert names(tmp_path) == {"manifest.json"}
    assert (tmp_path / "manifest.json").read_text() == content


@pytest.mark.parametrize("content", [b"", b"{", b"[]"])
def test_a_damaged_manifest_is_replaced(tmp_path, content):
    store.save(tmp_path, OLD, ABOUT)
    (tmp_path / "manifest.json").write_bytes(content)
    store.save(tmp_path, NEW, ABOUT)
    assert store.load(tmp_path)[1] == NEW
    assert len(names(tmp_path) - {"manifest.json", ".lock"}) == len(NEW)


# Kills its process just before the Nth call of the system that writing makes.
KILLED = """
import builtins, os, signal, sys
from pathlib import Path
from askarticle import store
left = int(sys.argv[2])
def counted(call):
    def wrapper(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return wrapper
os.fsync = counted(os.fsync)
Path.open = counted(Path.open)
Path.replace = counted(Path.replace)
Path.unlink = counted(Path.unlink)
store.save(Path(sys.argv[1]), {"vectors.faiss": b"new vectors" * 500,
                               "passages.jsonl": b'{"new": 1}\\n'}, {"dimension": 3})
"""


@pytest.mark.slow
def test_fault_6_killed_anywhere_while_saving_leaves_one_whole_generation(tmp_path):
    seen = set()
    for step in range(40):
        folder = tmp_path / str(step)
        store.save(folder, OLD, ABOUT)
        done = run(KILLED, folder, step)
        files = store.load(folder)[1]
        assert files in (OLD, NEW)
        seen.add(files == NEW)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        store.save(folder, NEW, ABOUT)  # and the next writer finds its way, and tidies up
        assert store.load(folder)[1] == NEW
        assert len(names(folder) - {"manifest.json", ".lock"}) == len(NEW)
    assert step > 10 and seen == {True, False}


FULL = """
import resource, signal, sys
from pathlib import Path
from askarticle import IndexStoreError, store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
try:
    store.save(Path(sys.argv[1]), {"passages.jsonl": b"{}\\n", "vectors.faiss": b"v" * 5000}, {})
except IndexStoreError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize("was_there", [True, False])
def test_fault_7_a_full_disk_leaves_the_old_index_and_nothing_else(tmp_path, was_there):
    folder = tmp_path / "deep" / "index"
    if was_there:
        store.save(folder, OLD, ABOUT)
        before = names(folder)
    done = run(FULL, folder)
    assert done.returncode == 1 and "can't be written" in done.stderr
    if was_there:
        assert names(folder) == before and store.load(folder)[1] == OLD
    else:
        assert names(tmp_path) == set()


def test_fault_7_a_folder_that_cant_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexStoreError, match="can't be written"):
        store.save(tmp_path / "file" / "index", OLD, ABOUT)
    assert names(tmp_path) == {"file"}


HOLDING = """
import sys
from pathlib import Path
from askarticle import store
with store._writing(Path(sys.argv[1])):
    print("holding", flush=True)
    sys.stdin.read()
"""


def test_fault_8_a_second_writer_is_told_who_holds_the_lock(tmp_path):
    store.save(tmp_path, OLD, ABOUT)
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout and first.stdout.readline() == "holding\n"
    with pytest.raises(IndexLocked, match=f"process {first.pid} "):
        store.save(tmp_path, NEW, ABOUT)
    assert store.load(tmp_path)[1] == OLD
    first.communicate("")
    store.save(tmp_path, NEW, ABOUT)
    assert store.load(tmp_path)[1] == NEW


def test_fault_8_a_writer_that_came_second_to_a_new_folder_leaves_it_to_the_first(
    tmp_path, monkeypatch
):
    folder = tmp_path / "deep" / "index"
    writing = store._writing

    @contextlib.contextmanager
    def after_another(path):
        with writing(path), writing(path):  # two files, two owners: the second is refused
            yield

    monkeypatch.setattr(store, "_writing", after_another)
    with pytest.raises(IndexLocked):
        store.save(folder, OLD, ABOUT)
    assert names(folder) == {".lock"}


def test_a_lock_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / ".lock").symlink_to(tmp_path / "mine")
    with pytest.raises(IndexStoreError, match="can't be written"):
        store.save(tmp_path / "index", OLD, ABOUT)
    assert (tmp_path / "mine").read_text() == "mine"


def test_fault_9_readers_get_one_generation_while_another_is_written(tmp_path):
    store.save(tmp_path, OLD, ABOUT)
    stop, failures = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            try:
                assert store.load(tmp_path)[1] in (OLD, NEW)
            except Exception as error:
                failures.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for files in [NEW, OLD] * 25:
        store.save(tmp_path, files, ABOUT)
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_leftovers_of_a_killed_writer_are_removed(tmp_path):
    for name in (".vectors-0123456789abcdef.faiss.partial", ".manifest.json.partial"):
        (tmp_path / name).write_bytes(b"half")
    store.save(tmp_path, OLD, ABOUT)
    assert not list(tmp_path.glob(".*.partial"))
    assert store.load(tmp_path)[1] == OLD
