"""Disks and folders that fail while a dataset is rendered, and folders that are not what they seem."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mixreal.datasets import headers, shards, writing
from mixreal.datasets.dataset import read
from mixreal.datasets.produce import fill, verify
from mixreal.errors import BadInput
from standin import SPEC, Fake, content, in_place


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    return in_place(monkeypatch, shard=16)


def test_a_disk_that_fills_up_midway(tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was finished stays, nothing half-written does, and with room made the rest is rendered."""
    fill(SPEC, tmp_path / "unbroken")
    flush, count = writing._flush, 0

    def full(file: object) -> None:
        nonlocal count
        count += 1
        if count == 6:  # the header, a shard of three files, images of the next, and its rows
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(file)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(writing, "_flush", full)
        with pytest.raises(BadInput, match=r"the disk under .* is full: .* make room and run the same command again"):
            fill(SPEC, tmp_path / "d")
    assert shards.finished_shards(tmp_path / "d") == {0}
    assert not list((tmp_path / "d").glob(".*"))
    fill(SPEC, tmp_path / "d")
    assert content(tmp_path / "d") == content(tmp_path / "unbroken")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160k", "none", str(place)], capture_output=True,
                          check=False) if sys.platform == "linux" and os.geteuid() == 0 else None
    if made is None or made.returncode:
        pytest.skip("only root of a Linux machine may mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path, tmp_path: Path, fake: Fake,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    fill(SPEC, tmp_path / "unbroken")
    with pytest.raises(BadInput, match=r"is full: 0 MB free, 2 MB more are needed"):
        fill(replace(SPEC, images=5000), small_disk / "told before")
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 130_000)
    monkeypatch.setattr("mixreal.datasets.produce._check_room", lambda *sizes: None)  # others write there, too
    with pytest.raises(BadInput, match="is full"):
        fill(SPEC, small_disk / "d")
    assert len(shards.finished_shards(small_disk / "d")) < 4 and not list((small_disk / "d").glob(".*"))
    ballast.unlink()
    shutil.rmtree(small_disk / "told before")
    fill(SPEC, small_disk / "d")
    assert content(small_disk / "d") == content(tmp_path / "unbroken")


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder that we may read and not write, root or not."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs POSIX permissions")
    folder = Path(tempfile.mkdtemp(prefix="mixreal-test-"))
    folder.chmod(0o555)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield folder
    finally:
        os.seteuid(before)
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_a_read_only_folder(read_only: Path, fake: Fake) -> None:
    for folder in (read_only, read_only / "new"):
        with pytest.raises(BadInput, match=r"cannot write to .*: Permission denied: give another folder"):
            fill(SPEC, folder)
    assert fake.rendered == [] and not list(read_only.iterdir())


def test_a_dataset_begun_by_another_format(tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.fail_at = 37
    with pytest.raises(KeyboardInterrupt):
        fill(SPEC, tmp_path)
    before = content(tmp_path)
    for ours, advice in ((2, "format 1, this mixreal reads 2: make it again"),
                         (0, "format 1, this mixreal reads 0: upgrade mixreal")):
        monkeypatch.setattr(headers, "FORMAT", ours)
        for use in (lambda: fill(SPEC, tmp_path), lambda: read(tmp_path)):
            with pytest.raises(BadInput, match=advice):
                use()
        assert verify(tmp_path).problems[0].endswith(advice)
    assert content(tmp_path) == before


def test_a_dataset_begun_by_a_version_that_rendered_otherwise(tmp_path: Path, fake: Fake,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    from standin import Standin

    monkeypatch.setattr(Standin, "identity", {"version": 1})
    fill(SPEC, tmp_path, part="1/2")
    monkeypatch.setattr(Standin, "identity", {"version": 2})
    with pytest.raises(BadInput, match=r"by another version of mixreal, which renders other images \(identity"):
        fill(SPEC, tmp_path)


@pytest.mark.parametrize(("content", "told"), [
    (b"", "has dataset format None"), (b"domain = 'synth", "cannot be read"), (b"\xff\xfe", "cannot be read"),
    (b"format = 1\n", "lacks or has unknown keys")])
def test_a_header_that_is_cut_short(tmp_path: Path, fake: Fake, content: bytes, told: str) -> None:
    fill(SPEC, tmp_path)
    (tmp_path / "dataset.toml").write_bytes(content)
    with pytest.raises(BadInput, match=told):
        fill(SPEC, tmp_path)


def test_somebody_elses_folder_is_left_alone(tmp_path: Path, fake: Fake) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(BadInput, match="is not empty and not a dataset"):
        fill(SPEC, tmp_path)
    assert content(tmp_path) == {"thesis.tex": b"x"}
