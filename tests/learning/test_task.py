"""What cannot be trained is told before anything is computed; what can has one name."""

from dataclasses import replace

import numpy as np
import pytest

from mixreal.datasets.dataset import select, with_classes
from mixreal.errors import BadInput
from mixreal.learning.task import dataset_fingerprint, describe, make_task
from mixreal.learning.trainspec import TrainSpec
from tiny import tiny, tiny_real

SPEC = TrainSpec(batch=8, steps=2)


@pytest.mark.parametrize(("change", "told"), [
    ({"mix": "1:x"}, "real:synthetic"), ({"batch": 7}, "use 6 or 8"), ({"steps": 0}, "exactly one"),
    ({"epochs": 3}, "exactly one"), ({"steps": -1}, "exactly one"), ({"augment": ("crp",)}, "did you mean 'crop'"),
    ({"lr": float("nan")}, "lr is nan"), ({"seed": -1}, "seed is -1"), ({"optimizer": "sdg"}, "did you mean 'sgd'"),
    ({"schedule": "drop"}, "did you mean 'drops'"), ({"norm": "reel"}, "did you mean 'real'"),
    ({"precision": "fp16"}, "did you mean"), ({"lr_drops": (3,)}, "set schedule to 'drops'"),
    ({"schedule": "drops", "lr_drops": (-5,)}, "expected epochs from 0")])
def test_wrong_specs_are_told(change, told):
    with pytest.raises(BadInput, match=told):
        make_task(tiny_real(), tiny("synthetic", 12), replace(SPEC, **change))


def test_wrong_images_are_told():
    real, synthetic = tiny_real(), tiny("synthetic", 12)
    with pytest.raises(BadInput, match="needs real images"):
        make_task(None, synthetic, SPEC)
    with pytest.raises(BadInput, match="needs synthetic images"):
        make_task(real, None, SPEC)
    with pytest.raises(BadInput, match="nothing to train on"):
        make_task(None, None, SPEC)
    with pytest.raises(BadInput, match="'person' has real images but no synthetic ones"):
        make_task(real, with_classes(synthetic, ("bus", "car")), SPEC)
    with pytest.raises(BadInput, match="'van' has synthetic images but no real ones"):
        make_task(real, tiny("synthetic", 12, classes=("bus", "car", "person", "van")), SPEC)
    with pytest.raises(BadInput, match="8x8 px and synthetic ones 16x16"):
        make_task(real, tiny("synthetic", 12, size=16), SPEC)
    with pytest.raises(BadInput, match="squares"):
        make_task(None, replace(synthetic, images=synthetic.images[:, :4]), replace(SPEC, mix="0:1"))
    with pytest.raises(BadInput, match="no training images of class 'person'"):
        make_task(None, select(synthetic, synthetic.labels < 2), replace(SPEC, mix="0:1"))


def test_classes_in_another_order_are_brought_into_the_real_ones():
    synthetic = tiny("synthetic", 12)
    other = with_classes(synthetic, ("person", "bus", "car"))
    task = make_task(tiny_real(), other, SPEC)
    assert task.synthetic is not None
    assert task.synthetic.classes == task.classes == ("bus", "car", "person")
    np.testing.assert_array_equal(task.synthetic.labels, synthetic.labels)


def test_epochs_are_passes_over_the_real_images():
    real, synthetic = tiny_real(12), tiny("synthetic", 30)
    task = make_task(real, synthetic, replace(SPEC, steps=0, epochs=2))  # 4 real images a step
    assert (task.steps, task.steps_per_epoch) == (6, 3.0)
    task = make_task(real, synthetic, replace(SPEC, mix="0:1", steps=0, epochs=2))  # 30 / 8 = 3.75 steps a pass
    assert (task.steps, task.steps_per_epoch) == (8, 3.75)


def test_the_identity_changes_with_whatever_changes_the_result():
    real, synthetic = tiny_real(), tiny("synthetic", 12)
    tasks = [make_task(real, synthetic, SPEC), make_task(real, synthetic, replace(SPEC, seed=1)),
             make_task(real, tiny("synthetic", 12, seed=1), SPEC), make_task(tiny_real(15), synthetic, SPEC),
             make_task(real, synthetic, replace(SPEC, mix="1:0")), make_task(real.train, synthetic, SPEC)]
    assert len({task.identity for task in tasks}) == len(tasks)
    assert make_task(tiny_real(), tiny("synthetic", 12), SPEC).identity == tasks[0].identity
    unused = make_task(real, tiny("synthetic", 12, seed=1), replace(SPEC, mix="1:0"))
    assert unused.identity == tasks[4].identity  # what is not trained on does not count


def test_descriptions_and_fingerprints(monkeypatch):
    synthetic = tiny("synthetic", 12)
    elevation = synthetic.latents["camera.elevation"]
    synthetic = replace(synthetic, latents={**synthetic.latents, "model": np.array(["a", "b"] * 6),
                                            "name": np.arange(12).astype(str).astype("U9"),
                                            "empty": np.full(12, np.nan)})
    about = describe(replace(synthetic, latents={**synthetic.latents, "many": np.array([f"m{k}" for k in range(12)])}))
    assert about["per_class"] == [4, 4, 4]
    assert about["latents"]["camera.elevation"] == pytest.approx(
        [elevation.min(), elevation.mean(), elevation.max()], rel=1e-4)
    assert about["latents"]["model"] == ["a", "b"]
    assert "empty" not in about["latents"]
    changed = synthetic.images.copy()
    changed[-1, 0, 0, 0] ^= 1
    prints = {dataset_fingerprint(it) for it in (synthetic, replace(synthetic, images=changed),
                                                 replace(synthetic, labels=1 - synthetic.labels.clip(0, 1)))}
    assert len(prints) == 3
    monkeypatch.setattr("mixreal.learning.task.HASHED_WHOLE", 0)  # as a large set
    assert dataset_fingerprint(synthetic) != dataset_fingerprint(replace(synthetic, images=changed))
