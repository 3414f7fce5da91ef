"""Datasets at URLs: uploaded whole, gone on with by listing, fetched against checksums, mistakes told."""

import json
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from mixreal.datasets import shards
from mixreal.datasets.dataset import check
from mixreal.datasets.produce import fill, produce
from mixreal.errors import BadInput
from mixreal.production import remote
from mixreal.production.storage import is_url, root_of
from mixreal.spec import RenderSpec
from standin import SPEC, Fake, content, in_place


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    return in_place(monkeypatch, shard=16)


@pytest.fixture
def url() -> Iterator[str]:
    url = f"memory://bucket-{uuid.uuid4().hex}/sets/d"
    yield url
    there = fsspec.filesystem("memory")
    there.rm(url.removeprefix("memory:/").rpartition("/sets")[0], recursive=True)


def stored(url: str) -> dict[str, bytes]:
    there, path = fsspec.core.url_to_fs(url)
    return {name.rpartition("/")[2]: there.cat_file(name) for name in there.find(path)}


def test_the_same_files_as_in_a_folder_and_back(tmp_path: Path, fake: Fake, url: str) -> None:
    produce(SPEC, tmp_path / "folder")
    made = fill(SPEC, url + "/", threads=2)
    assert (made.images, made.missing) == (50, ())
    assert stored(url) == content(tmp_path / "folder")
    assert fill(SPEC, url).images == 0
    remote.fetch(url, tmp_path / "fetched")
    assert content(tmp_path / "fetched") == content(tmp_path / "folder") and check(tmp_path / "fetched") == []


def test_stopped_and_gone_on_with(tmp_path: Path, fake: Fake, url: str) -> None:
    fill(SPEC, tmp_path / "unbroken")
    fake.fail_at = 37
    with pytest.raises(KeyboardInterrupt):
        fill(SPEC, url)
    assert remote.finished_shards(url) == {0, 1} and not remote.is_done(url)
    with pytest.raises(BadInput, match=r"unfinished \(2 of 4 shards\)"):
        remote.fetch(url, tmp_path / "early")
    fake.fail_at = None
    fake.rendered.clear()
    fill(SPEC, url)
    assert sorted(fake.rendered) == list(range(32, 50))
    assert stored(url) == content(tmp_path / "unbroken")


def test_half_an_upload_is_made_again(tmp_path: Path, fake: Fake, url: str) -> None:
    fill(SPEC, url)
    before, (there, path) = stored(url), fsspec.core.url_to_fs(url)
    there.pipe_file(f"{path}/images-00001.npy", b"cut short")  # by a store that does not write files whole
    there.pipe_file(f"{path}/shard-00002.json", b"{")
    there.rm(f"{path}/rows-00003.parquet")
    assert remote.finished_shards(url) == {0}
    fake.rendered.clear()
    fill(SPEC, url)
    assert sorted(fake.rendered) == list(range(16, 50)) and stored(url) == before


def test_parts_at_one_url(tmp_path: Path, fake: Fake, url: str) -> None:
    fill(SPEC, tmp_path)
    assert fill(SPEC, url, part="1/2").missing == (1, 3)
    assert fill(SPEC, url, part="2/2").missing == ()
    assert stored(url) == content(tmp_path)


def test_fetching_goes_on_and_notices_damage(tmp_path: Path, fake: Fake, url: str) -> None:
    fill(SPEC, url)
    there, path = fsspec.core.url_to_fs(url)
    whole = there.cat_file(f"{path}/images-00002.npy")
    there.pipe_file(f"{path}/images-00002.npy", whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BadInput, match=r"shard 2 of .* came damaged \(images-00002.npy does not match its checksum"):
        remote.fetch(url, tmp_path)
    assert shards.finished_shards(tmp_path) == {0, 1} and not shards.is_done(tmp_path)
    there.pipe_file(f"{path}/images-00002.npy", whole)
    remote.fetch(url, tmp_path)
    assert check(tmp_path) == []


def test_a_marker_that_names_a_file_elsewhere_is_not_obeyed(tmp_path: Path, fake: Fake, url: str) -> None:
    fill(SPEC, url)
    there, path = fsspec.core.url_to_fs(url)
    marker = json.loads(there.cat_file(f"{path}/shard-00000.json"))
    marker["files"]["../outside.npy"] = marker["files"].pop("images-00000.npy")
    there.pipe_file(f"{path}/shard-00000.json", json.dumps(marker).encode())
    there.pipe_file(f"{path.rpartition('/')[0]}/outside.npy", there.cat_file(f"{path}/images-00000.npy"))
    with pytest.raises(BadInput, match=r"names '\.\./outside\.npy'"):
        remote.fetch(url, tmp_path / "here")
    assert not (tmp_path / "outside.npy").exists()


def test_a_finished_shard_of_a_folder_is_pushed(tmp_path: Path, fake: Fake, url: str) -> None:
    fill(SPEC, tmp_path)
    remote.push_shard(tmp_path, url, 3)
    assert stored(url) == {name: data for name, data in content(tmp_path).items() if "00003" in name}


def test_mistakes_are_told(tmp_path: Path, fake: Fake, url: str) -> None:
    fill(SPEC, url)
    with pytest.raises(BadInput, match=r"memory://.* holds a dataset made by something else \(identity\.seed: 1 asked"):
        fill(replace(SPEC, seed=1), url)
    with pytest.raises(BadInput, match="is not empty and not a dataset"):
        fill(SPEC, url.removesuffix("/d"))
    with pytest.raises(BadInput, match=r"is not a dataset: it has no dataset\.toml"):
        remote.fetch(url + "/nothing", tmp_path)
    with pytest.raises(BadInput, match="Protocol not known: no-such"):
        fill(SPEC, "no-such://bucket/d")
    with pytest.raises(BadInput, match="is read from a folder"):
        produce(SPEC, url)


def test_storage_that_fails_is_told_with_its_own_words(fake: Fake, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    def denied(*args: object, **options: object) -> None:
        raise PermissionError("AccessDenied: not yours")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", denied)
    with pytest.raises(BadInput, match="AccessDenied: not yours: look at the address, your credentials"):
        fill(SPEC, url)


def test_what_is_a_url(tmp_path: Path) -> None:
    assert is_url("s3://bucket/d") and not is_url("d") and not is_url(r"C:\d") and not is_url(tmp_path)
    assert root_of(f"file://{tmp_path}") == tmp_path and root_of("s3://bucket/d/") == "s3://bucket/d"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="paths in URLs")
def test_worker_processes_upload_for_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """local:// is a folder to fsspec, which unlike memory:// other processes see."""
    monkeypatch.setattr(shards, "SHARD", 16)
    spec = RenderSpec(images=40, size=16, procedural=2, classes=("airplane", "car"), samples=1)
    fill(spec, f"local://{tmp_path}/there", processes=2)
    fill(spec, tmp_path / "here")
    assert content(tmp_path / "there") == content(tmp_path / "here")
