"""Alarms ring for a planted copier and for planted collapses, and are quiet for a good generator."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mixreal.refining.alarms import Alarms, labels_lost, look
from mixreal.refining.choosing import choose, told
from mixreal.refining.features import features
from tiny import tiny

PLAIN = tiny("synthetic", 60, size=16)
PIXELS = torch.from_numpy(PLAIN.images).permute(0, 3, 1, 2).float() / 127.5 - 1


def seen(translate: Callable[[torch.Tensor], torch.Tensor]) -> Alarms:
    after = translate(PIXELS)
    return look(PIXELS, after, features(PIXELS), features(after), PLAIN.labels)


def test_a_generator_that_copies() -> None:
    found = seen(lambda x: x + 0.001 * torch.sin(50 * x))
    assert found.identity and not found.collapse


def one_image(x: torch.Tensor) -> torch.Tensor:
    return x[:1].expand_as(x)


def one_image_a_class(x: torch.Tensor) -> torch.Tensor:
    return x[torch.from_numpy(PLAIN.labels)]


def grey(x: torch.Tensor) -> torch.Tensor:
    return 0.05 * x


@pytest.mark.parametrize("collapsed", [one_image, one_image_a_class, grey])
def test_generators_that_collapse(collapsed: Callable[[torch.Tensor], torch.Tensor]) -> None:
    found = seen(collapsed)
    assert found.collapse and not found.identity


def brighter_and_softer(x: torch.Tensor) -> torch.Tensor:
    return (0.7 * x + 0.3 * F.avg_pool2d(F.pad(x, (1, 1, 1, 1), "reflect"), 3, 1) + 0.15).clamp(-1, 1)


@pytest.mark.parametrize("good", [brighter_and_softer, lambda x: x.flip(1), lambda x: (1.2 * x - 0.1).clamp(-1, 1)])
def test_good_generators(good: Callable[[torch.Tensor], torch.Tensor]) -> None:
    found = seen(good)
    assert not found.identity and not found.collapse


def test_one_image_a_class_cannot_be_alike() -> None:
    few = slice(0, 3)
    after = brighter_and_softer(PIXELS[few])
    found = look(PIXELS[few], after, features(PIXELS[few]), features(after), PLAIN.labels[few])
    assert len(set(PLAIN.labels[few])) == 3 and not found.collapse


def test_lost_labels() -> None:
    assert labels_lost(0.8, 0.6)
    assert not labels_lost(0.8, 0.7) and not labels_lost(0.5, 0.9)


def row(kid: float, **more: object) -> dict[str, object]:
    return {"kid": kid, "identity_alarm": [], "collapse_alarm": [], "label_alarm": [], **more}


def probed(share: float) -> dict[str, float]:
    return {"probe": share, "probe_mean": share, "probe_error": 0.03}


def test_the_rules_by_which_a_checkpoint_is_kept() -> None:
    rows = [row(0.1, identity_alarm=["to_real"]), row(0.4, **probed(0.5)), row(0.2), row(0.3, **probed(0.6)), row(0.5)]
    assert [choose(rows, rule)[0] for rule in ("kid", "probe", "last")] == [2, 3, 4]
    assert choose([row(0.1, collapse_alarm=["to_real"]), row(0.3, label_alarm=["to_synthetic"])], "kid") == (0, "kid")
    assert choose([row(0.2, **probed(0.5)), row(0.3, **probed(0.48))], "probe") == (1, "probe")  # within the error
    assert choose([row(0.2, **probed(0.5)), row(0.3, **probed(0.44))], "probe") == (0, "probe")
    assert choose([row(np.nan), row(0.9)], "kid") == (1, "kid")
    assert choose([row(0.9), row(0.8)], "probe") == (1, "kid")  # nothing was probed, and the report says so


def test_how_it_was_kept_is_told_as_it_was_done() -> None:
    quiet, loud = row(0.1), row(0.2, label_alarm=["to_real"])
    assert told([quiet, loud], "kid", "validation").startswith("of the checkpoints without an alarm, the one of least")
    assert told([loud], "kid", "validation").startswith("every checkpoint has an alarm; of those with the fewest, ")
    assert "held out for validation" in told([quiet], "probe", "validation")
    assert "none were held out" in told([quiet], "probe", "train")
    assert told([loud], "last", "train") == "the last one"
