"""Datasets: rows chosen, joined and relabelled; written, read back, checked, exported; and what can go wrong."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixreal.datasets import shards
from mixreal.datasets.columnfiles import ColumnFiles
from mixreal.datasets.dataset import Dataset, check, concatenate, read, select, with_classes, write
from mixreal.datasets.imagefiles import ImageFiles
from mixreal.datasets.locks import lock
from mixreal.errors import BadInput

CLASSES = ("car", "horse", "train")


def made(count: int, seed: int = 0, size: int = 4) -> Dataset:
    rng = np.random.default_rng(seed)
    return Dataset(
        rng.integers(0, 256, (count, size, size, 3), np.uint8), rng.integers(0, 3, count), CLASSES, "refined",
        np.arange(count) + 100,
        {"camera.elevation": rng.random(count).astype(np.float32), "model": rng.choice(["car/a", "hörse/b"], count),
         "occlusion.on": rng.random(count) < 0.5, "texture.number": rng.integers(0, 9, count).astype(np.int32)},
        parent=rng.permutation(count), source="made up")


def same(a: Dataset, b: Dataset) -> bool:
    columns = [(a.images, b.images), (a.labels, b.labels), (a.index, b.index), (a.parent, b.parent),
               *((a.latents[k], b.latents[k]) for k in a.latents)]
    return ((a.classes, a.domain, a.source, a.latents.keys()) == (b.classes, b.domain, b.source, b.latents.keys())
            and all(np.array_equal(x, y) and np.asarray(x).dtype == np.asarray(y).dtype for x, y in columns))


def test_what_is_written_is_read_back_with_its_types(tmp_path: Path) -> None:
    dataset = made(20)
    write(tmp_path / "d", dataset, {"kind": "test"})
    assert same(read(tmp_path / "d"), dataset)
    assert check(tmp_path / "d") == []
    assert not list((tmp_path / "d").glob(".*"))  # no lock, nothing half-written


def test_many_shards_read_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD", 8)
    dataset = made(20)
    write(tmp_path, dataset, {})
    assert shards.finished_shards(tmp_path) == {0, 1, 2}
    assert same(read(tmp_path), dataset)


def test_the_same_dataset_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name, made(9), {"kind": "test"})
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_images_are_memory_mapped_and_an_empty_dataset_is_one_too(tmp_path: Path) -> None:
    write(tmp_path / "one", made(5), {})
    assert isinstance(read(tmp_path / "one").images, np.memmap)
    empty = Dataset(np.zeros((0, 4, 4, 3), np.uint8), np.zeros(0, np.int64), CLASSES, "real", np.zeros(0, np.int64), {})
    write(tmp_path / "none", empty, {})
    assert len(read(tmp_path / "none")) == 0
    assert check(tmp_path / "none") == []


@given(st.lists(st.integers(0, 11), max_size=20))
def test_select_takes_rows_in_the_order_asked(rows: list[int]) -> None:
    dataset = made(12)
    chosen = select(dataset, rows)
    assert chosen.index.tolist() == [100 + row for row in rows]
    assert chosen.latents["model"].tolist() == [dataset.latents["model"][row] for row in rows]
    mask = np.isin(np.arange(12), rows)
    assert select(dataset, mask).index.tolist() == sorted({100 + row for row in rows})


@given(st.permutations(CLASSES), st.integers(1, 3))
def test_with_classes_keeps_each_image_s_class_by_name(order: list[str], count: int) -> None:
    dataset, wanted = made(30), tuple(order[:count])
    chosen = with_classes(dataset, wanted)
    before = {int(i): dataset.classes[label] for i, label in zip(dataset.index, dataset.labels)}
    assert {int(i): chosen.classes[label] for i, label in zip(chosen.index, chosen.labels)} == {
        i: name for i, name in before.items() if name in wanted}


def test_joining() -> None:
    joined = concatenate(made(3), made(4, seed=1))
    assert joined.index.tolist() == [100, 101, 102, 100, 101, 102, 103]
    assert joined.source == "made up"
    with pytest.raises(BadInput, match="classes, domain and image size"):
        concatenate(made(3), made(3, size=5))
    with pytest.raises(BadInput, match="different latents"):
        concatenate(made(3), replace(made(3), latents={}))


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="labels: expected shape"):
        replace(made(3), labels=np.zeros(2, np.int64))
    with pytest.raises(BadInput, match="did you mean 'horse'"):
        with_classes(made(3), ("horsey",))


def test_check_names_every_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD", 4)
    write(tmp_path, made(16), {})
    flipped = bytearray((tmp_path / "images-00000.npy").read_bytes())
    flipped[-1] ^= 1
    (tmp_path / "images-00000.npy").write_bytes(flipped)
    (tmp_path / "rows-00001.parquet").unlink()
    (tmp_path / "images-00002.npy").write_bytes(b"short")
    (tmp_path / "shard-00003.json").write_text("{")
    problems = check(tmp_path)
    assert [problem.split(":")[0] for problem in problems] == [
        "images-00000.npy does not match its checksum", "rows-00001.parquet is missing",
        f"images-00002.npy has 5 bytes, not {128 + 4 * 48}", "shard-00003.json cannot be read"]
    assert shards.finished_shards(tmp_path) == {0}


def test_reading_what_is_not_a_finished_dataset(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(BadInput, match=r"not a dataset: it has no dataset\.toml"):
        read(tmp_path)
    write(tmp_path / "d", made(3), {})
    (tmp_path / "d" / "done").unlink()
    with pytest.raises(BadInput, match=r"unfinished \(1 of 1 shards\)"):
        read(tmp_path / "d")
    header = (tmp_path / "d" / "dataset.toml").read_text()
    (tmp_path / "d" / "dataset.toml").write_text(header.replace("format = 1", "format = 2"))
    with pytest.raises(BadInput, match=r"dataset format 2.*upgrade"):
        read(tmp_path / "d")
    (tmp_path / "d" / "dataset.toml").write_text("images = [")
    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path / "d")
    (tmp_path / "d" / "dataset.toml").write_text(header.replace("images = 3", ""))
    with pytest.raises(BadInput, match="images"):
        read(tmp_path / "d")


def test_a_dataset_never_replaces_something_else(tmp_path: Path) -> None:
    write(tmp_path / "d", made(3), {"spec": {"path": "here"}, "identity": {"seed": 0, "vary": ["pose"]}})
    write(tmp_path / "d", made(3), {"spec": {"path": "there"}, "identity": {"seed": 0, "vary": ["pose"]}})
    with pytest.raises(BadInput, match=r"identity\.seed: 1 asked, 0 in the folder"):
        write(tmp_path / "d", made(3), {"identity": {"seed": 1, "vary": ["pose"]}})
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("...")
    with pytest.raises(BadInput, match="not empty and not a dataset"):
        write(tmp_path / "letters", made(3), {})
    with pytest.raises(BadInput, match="give another folder"):
        write(tmp_path / "letters" / "dear.txt", made(3), {})


def test_a_full_disk_is_one_clear_line_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(BadInput, match=r"disk under .* is full: .* MB free"):
        patched.setattr(os, "fsync", full)
        write(tmp_path / "d", made(3), {})
    assert not list((tmp_path / "d").glob(".*"))
    write(tmp_path / "d", made(3), {})
    assert check(tmp_path / "d") == []


def test_two_writers_of_one_folder(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(BadInput, match=f"being written by process {os.getpid()}"), lock(tmp_path):
        pass
    with lock(tmp_path):  # released by the first
        pass
    assert not (tmp_path / ".lock").exists()


@pytest.mark.parametrize("left", [
    {"host": None, "pid": 2**22 + 1, "born": "1", "process": "x"},  # a process number that Linux never gives
    {"host": None, "pid": os.getppid(), "born": "no such time", "process": "x"},  # its number was given again
    {"host": None, "pid": os.getpid(), "born": "1", "process": "an earlier one with our number"},
])
def test_the_lock_of_a_process_that_is_gone_is_taken_over(tmp_path: Path, left: dict[str, object]) -> None:
    import socket

    (tmp_path / ".lock").write_text(json.dumps(left | {"host": socket.gethostname()}))
    with lock(tmp_path):
        assert json.loads((tmp_path / ".lock").read_text())["pid"] == os.getpid()
    (tmp_path / ".lock").write_text(json.dumps(left | {"host": "another-host"}))
    with pytest.raises(BadInput, match="on another-host"), lock(tmp_path):
        pass


def test_shards_of_large_images_have_fewer() -> None:
    assert shards.shard_size(32, 32) == 4096
    assert shards.shard_size(1024, 1024) == 64
    assert shards.shard_size(1024, 1024) * 1024 * 1024 * 3 <= shards.SHARD_BYTES


def test_a_set_too_large_for_memory_stays_in_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD", 8)
    dataset = made(30)
    write(tmp_path / "d", dataset, {})
    left = read(tmp_path / "d", resident=0)
    assert isinstance(left.images, ImageFiles) and isinstance(left.latents, ColumnFiles)
    assert same(replace(left, images=np.asarray(left.images), latents=dict(left.latents)), dataset)
    rows = [29, 3, 3, 8, 0]
    some, wanted = select(left, rows), select(dataset, rows)
    assert same(replace(some, images=np.asarray(some.images), latents=dict(some.latents)), wanted)
    fewer = with_classes(select(left, dataset.labels != 1), ("train", "car"))
    wanted = with_classes(select(dataset, dataset.labels != 1), ("train", "car"))
    assert same(replace(fewer, images=np.asarray(fewer.images), latents=dict(fewer.latents)), wanted)
    write(tmp_path / "again", left, {})
    for name in ("images", "rows"):
        for path in (tmp_path / "d").glob(f"{name}-*"):
            assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_fingerprints_and_descriptions_do_not_depend_on_where_images_lie(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mixreal.learning.task import describe

    monkeypatch.setattr(shards, "SHARD", 8)
    write(tmp_path / "d", made(30), {})
    assert describe(read(tmp_path / "d", resident=0)) == describe(read(tmp_path / "d"))


def test_files_that_changed_under_an_open_set_are_told(tmp_path: Path) -> None:
    write(tmp_path / "d", made(5), {})
    left = read(tmp_path / "d", resident=0)
    path = tmp_path / "d" / "images-00000.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BadInput, match="ends too early"):
        left.images[4]
    path.unlink()
    with pytest.raises(BadInput, match="cannot be read"):
        left.images[0]
    write(tmp_path / "other", made(5, size=6), {})
    path.write_bytes((tmp_path / "other" / path.name).read_bytes())
    with pytest.raises(BadInput, match=r"has uint8 \(5, 6, 6, 3\)"):
        read(tmp_path / "d", resident=0)


@pytest.mark.parametrize(("change", "told"), [
    ({"images": np.zeros((6, 4, 4, 3), np.float32)}, r"expected uint8 from 0 to 255, got float32.*\* 255"),
    ({"images": np.zeros((6, 4, 4, 4), np.uint8)}, r"expected shape \(n, h, w, 3\)"),
    ({"images": np.zeros((6, 3, 4, 4), np.uint8)}, r"expected shape \(n, h, w, 3\)"),
    ({"images": np.zeros((6, 4, 4), np.uint8)}, r"expected shape \(n, h, w, 3\)"),
    ({"labels": np.arange(1, 7) % 4}, "from 0 to 2, of 3 classes, got 0 to 3"),
    ({"labels": np.full(6, -1)}, "got -1 to -1"), ({"labels": np.zeros(6)}, "expected whole numbers, got float64")])
def test_arrays_that_are_no_images_or_labels_are_refused(change, told):
    """Floats from 0 to 1 would be trained on as black images, without a word."""
    with pytest.raises(ValueError, match=told):
        replace(made(6), **change)
