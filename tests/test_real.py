"""Real data: CIFAR in each of its forms, the paper's splits, folders of photos, and what can be wrong with them."""

import hashlib
import io
import os
import pickle
import struct
import tarfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mixreal import cifar, download, photos, splits
from mixreal.errors import BadInput
from mixreal.real import DA4, DA9, NoData, RealData, limited, load

TEN = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
HUNDRED = ("baby", "bicycle", "boy", "bus", "girl", "man", "motorcycle", "pickup_truck", "train", "woman")

DATA = os.environ.get("MIXREAL_DATA")  # before the fixtures hide it from the tests
needs_shared = pytest.mark.skipif(not DATA, reason="needs the CIFAR files in MIXREAL_DATA")


class Python2Pickler(pickle._Pickler):  # type: ignore[name-defined, misc]
    """Writes bytes as Python 2 wrote its strings, which is how the official files hold pixels and text."""

    dispatch: ClassVar[dict[Any, Any]] = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]

    def save_bytes(self, value: bytes) -> None:
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)
        self.memoize(value)

    dispatch[bytes] = save_bytes


def pickled(value: Any) -> bytes:
    out = io.BytesIO()
    Python2Pickler(out, 2).dump(value)
    return out.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def archive(kind: str, classes: tuple[str, ...], splits_: list[int], folder: Path) -> Path:
    """A tiny official archive: batches of so many images a class, pixel = a number that tells batch and row."""
    form = cifar.ARCHIVES[kind]
    path = folder / form.file
    with tarfile.open(path, "w:gz") as tar:
        for k, (name, each) in enumerate(zip((*form.train, form.test), splits_)):
            count = each * len(classes)
            batch = {b"data": np.full((count, 3072), k, np.uint8), form.labels_key.encode(): [
                row % len(classes) for row in range(count)],
                b"filenames": [f"{k}_{row}.png".encode() for row in range(count)]}
            batch[b"data"][:, 1] = np.arange(count)  # the second pixel of the red plane
            put(tar, f"{form.folder}/{name}", pickled(batch))
        put(tar, f"{form.folder}/{form.meta}", pickled({form.classes_key.encode(): [c.encode() for c in classes]}))
    return path


def put(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    tar.addfile(about, io.BytesIO(content))


def npz(path: Path, **changes: Any) -> Path:
    """Five training and two test images of each of two classes."""
    arrays: dict[str, Any] = {
        "images": np.arange(14, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8),
        "label": np.array([0, 1] * 7, np.uint8), "class_names": np.array(["cat", "dog"]),
        "split": np.array(["train"] * 10 + ["test"] * 4)}
    np.savez(path, **{k: v for k, v in (arrays | changes).items() if v is not None})
    return path


def photo(path: Path, colour: tuple[int, ...] = (200, 30, 30), size: tuple[int, int] = (20, 14),
          mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


def album(root: Path, counts: dict[str, int]) -> Path:
    for name, count in counts.items():
        for k in range(count):
            photo(root / name / f"{k:03d}.png", (k % 256, 0, 0))
    return root


# -- CIFAR ---------------------------------------------------------------------------------------------------------


def test_official_archive(tmp_path: Path) -> None:
    found = cifar.read_file("cifar10", archive("cifar10", TEN, [2, 1, 1, 1, 1, 3], tmp_path))
    assert found.classes == TEN
    assert found.images.shape == (90, 32, 32, 3)
    assert found.in_test.sum() == 30
    assert found.index.tolist() == [*range(60), *range(30)]
    assert found.images[25, 0, 1].tolist() == [5, 1, 1]  # row 5 of batch 1: planes became channels
    assert found.names[25] == "1_5.png"
    assert found.labels[25] == 5


def test_unpacked_archive_and_the_order_of_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, cache = tmp_path / "home", tmp_path / "cache"
    (home / "data/cifar").mkdir(parents=True)
    cache.mkdir()
    monkeypatch.setenv("MIXREAL_CACHE", str(cache))
    monkeypatch.setenv("MIXREAL_DATA", str(home))
    archive("cifar100", HUNDRED, [4, 2], cache)
    assert cifar.read("cifar100").source == str(cache / "cifar-100-python.tar.gz")
    with tarfile.open(cache / "cifar-100-python.tar.gz") as tar:
        tar.extractall(home / "data/cifar", filter="data")
    assert cifar.read("cifar100").source == str(home / "data/cifar/cifar-100-python")
    real = load("cifar100", classes=("train", "bus"))
    assert (len(real.train), len(real.validation), len(real.test)) == (6, 2, 4)
    assert real.classes == real.test.classes == ("train", "bus")


class Dangerous:
    def __reduce__(self) -> Any:
        return os.system, ("echo this must not run",)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cifar-100-python.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        put(tar, "cifar-100-python/meta", pickle.dumps({"fine_label_names": Dangerous()}))
    with pytest.raises(BadInput, match=r"asks for (posix|nt)\.system"):
        cifar.read_file("cifar100", path)
    assert "must not run" not in capfd.readouterr().out


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b"not a tar", lambda b: b[:len(b) // 2]])
def test_damaged_archive(tmp_path: Path, damage: Any) -> None:
    path = archive("cifar100", HUNDRED, [2, 1], tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BadInput, match=r"not a readable cifar-100-python\.tar\.gz"):
        cifar.read_file("cifar100", path)


def test_npz(tmp_path: Path) -> None:
    real = load(npz(tmp_path / "pets.npz"), size=16)
    assert (real.name, real.classes) == ("pets", ("cat", "dog"))
    assert (len(real.train), len(real.validation), len(real.test)) == (8, 2, 4)
    assert real.train.images.shape == (8, 16, 16, 3)
    assert sorted([*real.train.images[:, 0, 0, 0], *real.validation.images[:, 0, 0, 0]]) == list(range(10))
    assert np.bincount(real.validation.labels).tolist() == [1, 1]


@pytest.mark.parametrize(("changes", "message"), [
    ({"split": None}, "no array 'split'"),
    ({"images": np.zeros((14, 8, 8), np.uint8)}, "expected uint8"),
    ({"images": np.zeros((14, 8, 8, 3), np.float32)}, "expected uint8"),
    ({"label": np.zeros(3, np.uint8)}, r"label has shape \(3,\): expected \(14,\)"),
    ({"label": np.full(14, 2)}, "whole numbers from 0 to 1"),
    ({"split": np.full(14, "validation")}, "expected 'train' and 'test' only"),
    ({"split": np.full(14, "train")}, "no test images"),
    ({"label": np.array([{}] * 14)}, "not a readable .npz"),  # would need pickle
])
def test_wrong_arrays_in_npz(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        load(npz(tmp_path / "pets.npz", **changes))


def test_one_array_is_not_an_npz(tmp_path: Path) -> None:
    with (tmp_path / "pets.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(BadInput, match="one array without a name"):
        load(tmp_path / "pets.npz")


@given(st.data())
def test_a_damaged_npz_is_one_clear_line(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = npz(tmp_path_factory.mktemp("npz") / "pets.npz")
    content = path.read_bytes()
    path.write_bytes(content[:data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(BadInput, match=r"pets\.npz is not a readable \.npz file") as caught:
        load(path)
    assert "\n" not in str(caught.value)


# -- the paper's splits --------------------------------------------------------------------------------------------


def test_the_written_splits_have_the_paper_s_counts_and_are_disjoint() -> None:
    for name, parts in splits.PARTS.items():
        for split, count in (("train", 500), ("validation", 50), ("test", 50)):
            each = [len(splits.cifar()[part][split]) for part in parts]
            assert each == [count // len(parts)] * len(parts), name
        for part in parts:
            table = splits.cifar()[part]
            judged = [*table["validation"], *table["test"], *table["rest"]]
            assert len(set(judged)) == len(judged) == (1000 if part.startswith("cifar10/") else 100)
            assert len(set(table["train"])) == len(table["train"])


def test_the_rule_ignores_the_order_of_files_and_images_beyond_the_first() -> None:
    train = [(k, f"image_{k}.png") for k in range(4000)]
    test = [(k if k % 7 else -1, f"test_{k}.png") for k in range(1000)]
    chosen = splits.choose("cifar10/horse", 1, train, test)
    assert chosen == splits.choose("cifar10/horse", 1, [*train[::-1], (4000, "later.png")], test[::-1])
    assert chosen != splits.choose("cifar10/truck", 1, train, test)


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In place of CIFAR: images that show the number of their original class in the list returned."""
    parts = sorted({part for several in splits.PARTS.values() for part in several})
    sources = {}
    for kind in cifar.ARCHIVES:
        rows = [(parts.index(part), split != "train", key if isinstance(key, int) else -1, f"{key}")
                for part in parts if part.startswith(f"{kind}/")
                for split, keys in splits.cifar()[part].items() for key in keys]
        number, in_test, index, names = (np.array(column) for column in zip(*rows))
        images = np.broadcast_to(number.astype(np.uint8)[:, None, None, None], (len(rows), 32, 32, 3))
        sources[kind] = cifar.Cifar(images, number, tuple(part.split("/")[1] for part in parts), in_test, index, names, "")
    monkeypatch.setattr(cifar, "read", lambda kind, data=None: sources[kind])
    return parts


@pytest.mark.parametrize(("name", "car"), [("cifar-da9", "cifar10/automobile"), ("cifar-da4", "cifar10/automobile"),
                                           ("cifar-da4:pickup", "cifar100/pickup_truck")])
def test_the_paper_s_classes_hold_the_right_originals(numbered: list[str], name: str, car: str) -> None:
    real = load(name)
    people = {f"cifar100/{who}" for who in ("baby", "boy", "girl", "man", "woman")}
    for part, each in ((real.train, 500), (real.validation, 50), (real.test, 50), (real.test_large, None)):
        for label, class_name in enumerate(real.classes):
            shown = [numbered[k] for k in part.images[part.labels == label][:, 0, 0, 0]]
            assert each is None or len(shown) == each
            assert set(shown) == (people if class_name == "person" else {car} if class_name == "car" else {
                part for part in numbered if part.endswith(f"/{class_name}")})
            if class_name == "person":
                assert len({shown.count(who) for who in people}) == 1  # drawn evenly
    assert len(real.test_large) == {"cifar-da9": 4450, "cifar-da4": 1100, "cifar-da4:pickup": 200}[name]
    for part in (real.train, real.validation, real.test_large):
        assert len(set(zip(part.labels.tolist(), part.index.tolist()))) == len(part)


@needs_shared
def test_the_rule_still_gives_the_written_splits() -> None:
    for parts in splits.PARTS.values():
        for part in parts:
            kind, name = part.split("/")
            source = cifar.read(kind, DATA)
            own = source.labels == source.classes.index(name)
            pairs = [[(int(i), str(n)) for i, n in zip(source.index[rows], source.names[rows])]
                     for rows in (own & ~source.in_test, own & source.in_test)]
            assert splits.choose(part, len(parts), *pairs) == splits.cifar()[part]


@needs_shared
def test_da9_and_da4() -> None:
    nine, four = load("cifar-da9", data=DATA), load("cifar-da4", data=DATA)
    assert (nine.classes, four.classes) == (DA9, DA4)
    for real in (nine, four):
        for part, each in ((real.train, 500), (real.validation, 50), (real.test, 50)):
            assert np.bincount(part.labels).tolist() == [each] * len(real.classes)
        seen = [set(zip(part.labels.tolist(), part.index.tolist())) for part in (real.validation, real.test_large)]
        assert not seen[0] & seen[1]
    assert np.bincount(four.test_large.labels).tolist() == [950, 50, 50, 50]
    assert np.array_equal(images_of(nine, "car"), images_of(four, "car"))
    pickup = load("cifar-da4:pickup", data=DATA)
    assert np.array_equal(images_of(pickup, "train"), images_of(four, "train"))
    assert not np.array_equal(images_of(pickup, "car"), images_of(four, "car"))


@needs_shared
def test_the_full_archive_gives_the_same_da4_as_the_subset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The 99 test images whose place the subset does not know are found by name there, and get the same index."""
    subset = load("cifar-da4", data=DATA)
    full = {}
    for kind in cifar.ARCHIVES:
        source = cifar.read(kind, DATA)
        full[kind] = cifar.Cifar(source.images, source.labels, source.classes, source.in_test, np.where(
            source.index < 0, 9900 + np.arange(len(source.index)) % 99, source.index), source.names, "full")
    monkeypatch.setattr(cifar, "read", lambda kind, data=None: full[kind])
    again = load("cifar-da4", data=DATA)
    for part in ("train", "validation", "test", "test_large"):
        assert np.array_equal(getattr(again, part).images, getattr(subset, part).images)
        assert np.array_equal(getattr(again, part).index, getattr(subset, part).index)


def images_of(real: RealData, name: str) -> Any:
    return real.train.images[real.train.labels == real.classes.index(name)]


# -- limited -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> RealData:
    return load(album(tmp_path_factory.mktemp("pets"), {"cat": 40, "dog": 60}), size=8)


@given(seed=st.integers(0, 2**32), small=st.integers(1, 20))
def test_fewer_images_are_a_subset_of_more(pets: RealData, seed: int, small: int) -> None:
    few, more = (set(limited(pets, count, seed).train.index.tolist()) for count in (small, 25))
    assert few <= more
    assert np.bincount(limited(pets, small, seed).train.labels).tolist() == [small, small]


def test_limited_differs_by_seed_alone(pets: RealData) -> None:
    zero, one = limited(pets, 10, 0), limited(pets, 10, 1)
    assert zero.train.index.tolist() != one.train.index.tolist()
    assert np.array_equal(zero.test.index, one.test.index)
    assert "10 a class (seed 1)" in one.train.source
    with pytest.raises(BadInput, match="class 'cat' has 28 training images, 29 were asked"):
        limited(pets, 29, 0)
    with pytest.raises(BadInput, match="expected 1 or more"):
        limited(pets, 0, 0)


# -- photos --------------------------------------------------------------------------------------------------------


def test_a_folder_is_split_within_each_class(pets: RealData) -> None:
    assert [np.bincount(part.labels).tolist() for part in (pets.train, pets.validation, pets.test)] == [
        [28, 42], [6, 9], [6, 9]]
    rows = np.concatenate([part.index for part in (pets.train, pets.validation, pets.test)])
    assert sorted(rows.tolist()) == list(range(100))


def test_a_new_photo_moves_few_others(tmp_path: Path) -> None:
    before = photos.read(album(tmp_path, {"cat": 20, "dog": 20}), 8)
    album(tmp_path, {"cat": 21})
    after = photos.read(tmp_path, 8)
    was, now = (dict(zip(found.paths, found.splits)) for found in (before, after))
    assert sum(was[path] != now[path] for path in was) <= 1


def test_the_smallest_classes(tmp_path: Path) -> None:
    real = load(album(tmp_path, {"cat": 2, "dog": 3}), size=8)
    assert [np.bincount(part.labels, minlength=2).tolist() for part in (real.train, real.validation, real.test)] == [
        [1, 1], [0, 1], [1, 1]]
    with pytest.raises(BadInput, match="class 'bat' has 1 readable training photos: at least 2"):
        load(album(tmp_path, {"bat": 1}))


def test_split_folders_are_honoured_and_what_is_missing_is_drawn_from_training(tmp_path: Path) -> None:
    album(tmp_path / "train", {"cat": 20, "dog": 20})
    album(tmp_path / "Test", {"cat": 3, "dog": 2})
    real = load(tmp_path, size=8)
    assert [np.bincount(part.labels).tolist() for part in (real.train, real.validation, real.test)] == [
        [17, 17], [3, 3], [3, 2]]
    album(tmp_path / "val", {"cat": 1, "dog": 1})
    real = load(tmp_path, size=8)
    assert (len(real.train), len(real.validation), len(real.test)) == (40, 2, 5)


def test_a_class_named_train_is_a_class(tmp_path: Path) -> None:
    album(tmp_path, {"train": 4, "car": 4})
    photo(tmp_path / "train" / "steam" / "deep.png")
    real = load(tmp_path, size=8)
    assert real.classes == photos.class_names(tmp_path) == ("car", "train")
    assert sum(int((part.labels == 1).sum()) for part in (real.train, real.validation, real.test)) == 5


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_photos_of_every_kind(tmp_path: Path) -> None:
    rgb = (250, 20, 20)
    for name, mode, colour in (("a.jpg", "RGB", rgb), ("b.PNG", "RGB", rgb), ("c.webp", "RGB", rgb),
                               ("d.bmp", "RGB", rgb), ("e.tif", "CMYK", (0, 240, 240, 0)),
                               ("f.png", "RGBA", (*rgb, 255))):
        photo(tmp_path / name, colour, (33, 70), mode)
    Image.new("RGB", (20, 20), rgb).convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "g.gif")
    for name in ("a.jpg", "b.PNG", "c.webp", "d.bmp", "e.tif", "f.png", "g.gif"):
        found = photos.open_photo(tmp_path / name, 16)
        assert found.shape == (16, 16, 3)
        assert np.abs(found.astype(int) - rgb).max() < 25, name


def test_grey_alpha_and_sixteen_bits(tmp_path: Path) -> None:
    photo(tmp_path / "grey.png", (90,), mode="L")
    photo(tmp_path / "half.png", (0, 0, 0, 0), mode="RGBA")
    photo(tmp_path / "la.png", (100, 255), mode="LA")
    Image.fromarray(np.full((9, 9), 128 * 257, np.uint16)).save(tmp_path / "deep.png")
    values = [photos.open_photo(tmp_path / f"{name}.png", 8)[4, 4].tolist() for name in ("grey", "half", "la", "deep")]
    assert values == [[90] * 3, [255] * 3, [100] * 3, [128] * 3]


def test_exif_turns_and_the_middle_is_kept(tmp_path: Path) -> None:
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, 10:20] = (255, 0, 0)  # the left half of the middle square
    pixels[:, 20:30] = (0, 0, 255)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned a quarter clockwise: left becomes top
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    found = photos.open_photo(tmp_path / "turned.png", 20)
    assert found[2, 10].tolist() == [255, 0, 0]
    assert found[17, 10].tolist() == [0, 0, 255]


def test_making_smaller_is_antialiased(tmp_path: Path) -> None:
    fine = np.indices((256, 256)).sum(0) % 2 * 255
    for name in ("fine.png", "fine.jpg"):
        Image.fromarray(fine.astype(np.uint8)).save(tmp_path / name, quality=95)
        assert np.abs(photos.open_photo(tmp_path / name, 32).astype(int) - 128).max() < 12


def test_broken_photos_are_named_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    album(tmp_path, {"cat": 4, "dog": 4})
    (tmp_path / "cat" / "empty.jpg").touch()
    (tmp_path / "cat" / "text.png").write_text("not a picture")
    (tmp_path / "cat" / "phone.heic").write_bytes(b"...")
    (tmp_path / "dog" / "notes.txt").write_text("not meant as a picture")
    (tmp_path / "dog" / "._a.jpg").write_bytes(b"...")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / "dog" / "cut.jpg")
    content = (tmp_path / "dog" / "cut.jpg").read_bytes()
    (tmp_path / "dog" / "cut.jpg").write_bytes(content[:len(content) // 2])
    real = load(tmp_path, size=8)
    assert len(real.train) + len(real.validation) + len(real.test) == 8
    assert [problem.split(":")[0] for problem in real.problems] == [
        "cat/empty.jpg", "cat/phone.heic", "cat/text.png", "dog/cut.jpg"]
    said = capsys.readouterr().err
    assert "4 of 12 files left out" in said
    assert "cat/phone.heic: .heic is not readable here: convert it to jpg or png" in said


def test_folders_that_cannot_work(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no class folders with photos"):
        load(tmp_path)
    photo(tmp_path / "loose.png")
    with pytest.raises(BadInput, match="photos, but no class folders"):
        load(tmp_path)
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "a.jpg").write_text("broken")
    with pytest.raises(BadInput, match="none of 1 photos can be read"):
        load(tmp_path)
    album(tmp_path, {"dog": 4})
    with pytest.raises(BadInput, match="no photo of class 'cat' can be read"):
        load(tmp_path)
    (tmp_path / "cat" / "a.jpg").unlink()
    with pytest.raises(BadInput, match=r"photos of one class only \(dog\)"):
        load(tmp_path)


def test_names_and_numbers_that_cannot_work(tmp_path: Path, pets: RealData) -> None:
    with pytest.raises(BadInput, match="did you mean 'cifar-da4'"):
        load("cifar-d4")
    with pytest.raises(BadInput, match="there is no folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="is a file"):
        load(__file__)
    for size in (0, -1, 5_000_000):
        with pytest.raises(BadInput, match=f"size {size}: expected 8 to 1024"):
            load("cifar-da4", size=size)
    album(tmp_path, {"cat": 4, "dog": 4, "eel": 1})
    with pytest.raises(BadInput, match="did you mean 'dog'"):
        load(tmp_path, classes=("dogs", "cat"))
    with pytest.raises(BadInput, match="named twice"):
        load(tmp_path, size=8, classes=("dog", "cat", "dog"))
    real = load(tmp_path, size=8, classes=("dog", "cat"), per_class=2)  # the one eel is no matter
    assert real.classes == real.train.classes == ("dog", "cat")
    assert np.bincount(real.train.labels).tolist() == [2, 2]


# -- downloads -----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    content = b"x" * 3_000_000

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/missing.tar.gz":
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content if self.path == "/whole.tar.gz" else content[:1000])

        def log_message(self, *args: Any) -> None: ...

    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


def test_a_download_is_checked_and_kept(server: str) -> None:
    md5 = hashlib.md5(b"x" * 3_000_000).hexdigest()
    with pytest.raises(BadInput, match="came with MD5"):
        download.fetch(f"{server}/whole.tar.gz", "0" * 32, "give it")
    path = download.fetch(f"{server}/whole.tar.gz", md5, "give it")
    assert path == download.cache_folder() / "whole.tar.gz"
    assert path.stat().st_size == 3_000_000
    assert download.fetch("https://nowhere.invalid/whole.tar.gz", md5, "give it") == path
    with pytest.raises(BadInput):
        download.fetch(f"{server}/cut.tar.gz", md5, "give it")
    assert [p.name for p in download.cache_folder().iterdir()] == ["whole.tar.gz"]


def test_no_network_is_said_quickly_and_clearly(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cifar, "SITE", "http://127.0.0.1:9/")
    monkeypatch.setenv("MIXREAL_DATA", "")
    start = time.monotonic()
    with pytest.raises(NoData, match=r"cannot download .*-python\.tar\.gz .*: put cifar-10-python\.tar\.gz into"):
        load("cifar-da4")
    with pytest.raises(NoData, match="404"):
        download.fetch(f"{server}/missing.tar.gz", "", "give it")
    with pytest.raises(NoData, match="airplane-bicycle: photos are needed"):
        load("airplane-bicycle")
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    monkeypatch.setattr(download.urllib.request, "urlopen", lambda url, timeout: time.sleep(5))
    with pytest.raises(NoData, match="no answer"):
        download.fetch(f"{server}/slow.tar.gz", "", "give it")
    assert time.monotonic() - start < 4
