"""Exports: resumed, refused, and read back by the libraries that they are for, where these are installed."""

import json
import os
import subprocess
import sys
import tarfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mixreal.datasets import export as module
from mixreal.datasets import shards
from mixreal.datasets.dataset import Dataset, read, write
from mixreal.datasets.export import MARKER, export
from mixreal.datasets.exporting import coco
from mixreal.datasets.merging import merge
from mixreal.datasets.produce import produce
from mixreal.datasets.selecting import select_to
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec

CLASSES = ("train", "car", "a/b: test?")  # two that other programs take for splits; one that no file system takes


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Twenty images in three shards at `tmp_path / "d"`."""
    monkeypatch.setattr(shards, "SHARD", 8)
    rng = np.random.default_rng(0)
    made = Dataset(rng.integers(0, 256, (20, 8, 8, 3), np.uint8), np.arange(20) % 3, CLASSES, "refined",
                   np.arange(20) + 100,
                   {"camera.elevation": np.where(np.arange(20) == 4, np.nan, rng.random(20)).astype(np.float32),
                    "model": rng.choice(["car/a", "hörse/b"], 20), "occlusion.on": rng.random(20) < 0.5},
                   parent=rng.permutation(20), source="made up")
    write(tmp_path / "d", made, {})
    return made


def test_classes_without_images_have_no_folder(dataset: Dataset, tmp_path: Path) -> None:
    """ImageFolder refuses a folder that holds none."""
    select_to(tmp_path / "d", tmp_path / "cars", "label == 'car'")
    assert export(tmp_path / "cars", tmp_path / "out") == 7
    assert [path.name for path in (tmp_path / "out").iterdir() if path.is_dir()] == ["car"]


def test_classes_that_would_share_a_folder_are_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    write(tmp_path / "d", Dataset(rng.integers(0, 256, (4, 8, 8, 3), np.uint8), np.arange(4) % 2, ("a:b", "A?b"),
                                  "synthetic", np.arange(4), {}), {})
    with pytest.raises(BadInput, match="'a:b' and 'A\\?b' would both be the folder"):
        export(tmp_path / "d", tmp_path / "out")
    assert export(tmp_path / "d", tmp_path / "tar", "webdataset") == 4


def test_folders(dataset: Dataset, tmp_path: Path) -> None:
    assert export(tmp_path / "d", tmp_path / "out") == 20
    lines = [json.loads(line) for line in (tmp_path / "out" / "metadata.jsonl").read_text().splitlines()]
    assert [line["index"] for line in lines] == dataset.index.tolist()
    assert [line["parent"] for line in lines] == dataset.parent.tolist()
    for row, line in enumerate(lines):
        assert np.array_equal(np.asarray(Image.open(tmp_path / "out" / line["file_name"])), dataset.images[row])
        folder = "a_b_ test_" if dataset.labels[row] == 2 else CLASSES[dataset.labels[row]]
        assert line["file_name"] == f"{folder}/{row:08d}.png"
        assert (line["label"], line["class"]) == (dataset.labels[row], CLASSES[dataset.labels[row]])
        assert line["model"] == dataset.latents["model"][row]
    assert lines[4]["camera.elevation"] is None
    assert lines[5]["camera.elevation"] == pytest.approx(float(dataset.latents["camera.elevation"][5]))


def test_webdataset(dataset: Dataset, tmp_path: Path) -> None:
    export(tmp_path / "d", tmp_path / "out", "webdataset")
    assert (tmp_path / "out" / "classes.txt").read_text().splitlines() == list(CLASSES)
    names = []
    for k in range(3):
        with tarfile.open(tmp_path / "out" / f"{k:05d}.tar") as tar:
            names += tar.getnames()
    assert names == [f"{row:08d}.{kind}" for row in range(20) for kind in ("png", "cls", "json")]
    export(tmp_path / "d", tmp_path / "again", "webdataset")
    assert all((tmp_path / "again" / f"{k:05d}.tar").read_bytes() == (tmp_path / "out" / f"{k:05d}.tar").read_bytes()
               for k in range(3))


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize("to", ["folders", "webdataset"])
def test_a_stopped_export_goes_on_where_it_was(dataset, tmp_path: Path, monkeypatch, to: str, at: int) -> None:
    export(tmp_path / "d", tmp_path / "whole", to)
    form, pieces = module.FORMS[to], []

    class Stops:
        check, finish = form.check, form.finish

        @staticmethod
        def write_piece(source, rows, piece, root):
            if piece == at and len(pieces) == at:
                (root / ".half.tmp").write_bytes(b"half")
                raise KeyboardInterrupt
            pieces.append(piece)
            form.write_piece(source, rows, piece, root)

    monkeypatch.setitem(module.FORMS, to, Stops)
    with pytest.raises(KeyboardInterrupt):
        export(tmp_path / "d", tmp_path / "out", to)
    pieces.append(-1)
    assert export(tmp_path / "d", tmp_path / "out", to) == 20
    order = [*range(at), -1, *range(at, 3)]
    assert pieces == order
    assert export(tmp_path / "d", tmp_path / "out", to) == 20  # nothing to do
    assert pieces == order
    whole, again = ({path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
                    for root in (tmp_path / "whole", tmp_path / "out"))
    assert whole == again


def test_what_cannot_be_exported_is_told(dataset, tmp_path: Path) -> None:
    export(tmp_path / "d", tmp_path / "out")
    with pytest.raises(BadInput, match="holds another export"):
        export(tmp_path / "d", tmp_path / "out", "webdataset")
    with pytest.raises(BadInput, match="not an empty folder"):
        export(tmp_path / "d", tmp_path)
    with pytest.raises(BadInput, match="known: coco, folders, webdataset"):
        export(tmp_path / "d", tmp_path / "other", "yolo")
    with pytest.raises(BadInput, match=r"d has none \(photographs, refined images\): export rendered ones"):
        export(tmp_path / "d", tmp_path / "other", "coco")
    (tmp_path / "out" / MARKER).write_text("{")
    with pytest.raises(BadInput, match="cannot be read"):
        export(tmp_path / "d", tmp_path / "out")


def test_boxes_areas_and_masks() -> None:
    mask = np.zeros((6, 8), bool)
    mask[2:5, 3:7] = True
    mask[2, 3] = False
    told = coco.annotate(9, 1, mask, 0.25)
    assert told is not None
    assert (told["bbox"], told["area"], told["image_id"], told["category_id"]) == ([3, 2, 4, 3], 11, 9, 2)
    assert _decoded(told["segmentation"]).tolist() == mask.tolist()
    assert coco.annotate(0, 0, np.zeros((2, 2), bool), 1.0) is None
    for full in (np.ones((3, 2), bool), np.eye(3, dtype=bool)):
        assert _decoded({"size": full.shape, "counts": coco.run_lengths(full)}).tolist() == full.tolist()


@pytest.fixture(scope="module")
def rendered(meshes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A merged dataset of two rendered ones, "both"."""
    root = tmp_path_factory.mktemp("rendered")
    spec = RenderSpec(models=str(meshes), images=10, size=24, samples=4, vary=("pose", "camera", "occlusion"))
    produce(spec, root / "a", threads=1)
    produce(replace(spec, images=6, seed=3), root / "b", threads=1)
    merge([root / "a", root / "b"], root / "both")
    return root


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pycocotools' own, beside NumPy 2
def test_coco_is_read_by_pycocotools(rendered: Path, tmp_path: Path) -> None:
    tools = pytest.importorskip("pycocotools.coco")
    from mixreal import synthesis as making

    export(rendered / "both", tmp_path / "out", "coco")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [MARKER, "annotations.json", "images"]
    dataset, read_back = read(rendered / "both"), tools.COCO(str(tmp_path / "out" / "annotations.json"))
    assert {it["name"] for it in read_back.loadCats(read_back.getCatIds())} == set(dataset.classes)
    for name, first in (("a", 0), ("b", 10)):
        spec = _recipe(rendered / name)
        synthesis = making.prepare(spec)
        scenes = making.draw(synthesis, np.arange(spec.images))
        masks = making.render(synthesis, scenes, ("mask",)).mask >= 0.5
        for row in range(first, first + spec.images):
            (about,) = read_back.loadImgs(row)
            assert np.array_equal(np.asarray(Image.open(tmp_path / "out" / "images" / about["file_name"])),
                                  dataset.images[row])
            (annotation,) = read_back.loadAnns(read_back.getAnnIds(imgIds=[row]))
            assert np.array_equal(read_back.annToMask(annotation).astype(bool), masks[row - first])
            assert annotation["category_id"] == dataset.labels[row] + 1
            x, y, w, h = annotation["bbox"]
            assert masks[row - first][y:y + h, x:x + w].sum() == annotation["area"] == masks[row - first].sum()
            assert about["latents"]["origin"] == name and about["latents"]["origin.index"] == row - first


@pytest.mark.slow
def test_folders_and_tars_are_read_by_hugging_face_datasets(dataset: Dataset, tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    export(tmp_path / "d", tmp_path / "folders")
    export(tmp_path / "d", tmp_path / "tars", "webdataset")
    told = _in_process(f"""
        from datasets import load_dataset
        import numpy as np
        images = load_dataset({str(tmp_path / "folders")!r})["train"]
        tars = load_dataset("webdataset", data_files={str(tmp_path / "tars" / "*.tar")!r})["train"]
        print(json.dumps({{"label": images["label"], "class": images["class"], "index": images["index"],
                           "sum": [int(np.asarray(image).sum()) for image in images["image"]],
                           "cls": tars["cls"], "png": [int(np.asarray(image).sum()) for image in tars["png"]]}},
                         default=list))""", tmp_path, HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path / "hf"))
    order = np.array(told["index"]) - 100
    assert sorted(order.tolist()) == list(range(20))
    assert told["label"] == dataset.labels[order].tolist()
    assert told["class"] == [CLASSES[label] for label in told["label"]]
    assert told["sum"] == [int(dataset.images[row].sum()) for row in order]
    assert told["cls"] == dataset.labels.tolist()
    assert told["png"] == [int(image.sum()) for image in dataset.images]


@pytest.mark.slow
def test_tars_are_read_by_webdataset(dataset: Dataset, tmp_path: Path) -> None:
    pytest.importorskip("webdataset")
    export(tmp_path / "d", tmp_path / "out", "webdataset")
    told = _in_process(f"""
        import webdataset
        tars = webdataset.WebDataset({str(tmp_path / "out" / "{00000..00002}.tar")!r}, shardshuffle=False)
        print(json.dumps([[int(image.astype(int).sum()), label, about["index"]]
                          for image, label, about in tars.decode("rgb8").to_tuple("png", "cls", "json")]))""", tmp_path)
    assert told == [[int(image.sum()), int(label), int(index)]
                    for image, label, index in zip(dataset.images, dataset.labels, dataset.index)]


@pytest.mark.slow
def test_folders_and_coco_are_read_by_torchvision(dataset: Dataset, rendered: Path, tmp_path: Path) -> None:
    pytest.importorskip("pycocotools")
    if find_spec("torchvision") is None:  # which alone does not import beside a torch for CPUs
        pytest.skip("torchvision is not installed")
    export(tmp_path / "d", tmp_path / "folders")
    export(rendered / "both", tmp_path / "coco", "coco")
    told = _in_process(f"""
        import torch, numpy as np
        try:
            import torchvision
        except RuntimeError:  # its operators need the CUDA build: their names alone let it be imported
            for name in ("nms", "qnms"):
                torch.library.define(f"torchvision::{{name}}", "(Tensor x) -> Tensor")
            for name in [name for name in sys.modules if name.startswith("torchvision")]:
                del sys.modules[name]
        from torchvision.datasets import CocoDetection, ImageFolder
        folders = ImageFolder({str(tmp_path / "folders")!r})
        root = {str(tmp_path / "coco")!r}
        detection = CocoDetection(f"{{root}}/images", f"{{root}}/annotations.json")
        print(json.dumps({{"classes": folders.classes, "labels": folders.targets,
                           "sums": sorted(int(np.asarray(image).sum()) for image, _ in folders),
                           "boxes": [[image.size, about[0]["bbox"]] for image, about in detection]}}))""", tmp_path)
    assert told["classes"] == sorted(["train", "car", "a_b_ test_"])
    assert [told["classes"][label] for label in told["labels"]].count("train") == 7
    assert told["sums"] == sorted(int(image.sum()) for image in dataset.images)
    assert len(told["boxes"]) == 16 and all(size == [24, 24] for size, _ in told["boxes"])


def _recipe(folder: Path) -> RenderSpec:
    from mixreal.spec import from_mapping

    return from_mapping(RenderSpec, shards.read_header(folder).made_by["spec"], "test")


def _decoded(segmentation: dict) -> np.ndarray:
    """Uncompressed run lengths to a mask, straight from their definition."""
    height, width = segmentation["size"]
    flat = [k % 2 for k, length in enumerate(segmentation["counts"]) for _ in range(length)]
    return np.array(flat, bool).reshape(width, height).T


def _in_process(code: str, folder: Path, **environment: str):
    """What a program of its own prints as JSON: these libraries warn, and start threads, as they like."""
    import textwrap

    script = folder / "read_back.py"
    script.write_text("import json, sys\n" + textwrap.dedent(code))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment}, cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
