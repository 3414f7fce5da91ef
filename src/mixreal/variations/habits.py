"""How photographers treat the built-in classes: ranges of latents for one class, laid under those of a recipe.

People are photographed from the front and from near, trains and buses fill the frame and beyond, airplanes stand
before the sky. Chosen by looking at CIFAR's training photos; their effect was measured only together with that of the
sensor (docs/log.md). They go by a class's name, whoever made its models: a model's front is +z.
`RenderSpec(habits=False)` leaves them out, and a range of the recipe's own goes over them.
"""

from collections.abc import Sequence
from typing import Any

_CLOSE = {"camera.tightness": [0.15, 0.8]}

HABITS: dict[str, dict[str, Any]] = {
    "airplane": {"camera.tightness": [0.0, 0.5], "background.zoom": [0.3, 0.7], "background.y": [0.0, 0.2],
                 "background.ground": "none", "camera.elevation": [-25, 25], "pose.roll": [-15, 15],
                 "pose.pitch": [-10, 10]},
    "bus": _CLOSE,
    "horse": {"camera.tightness": [0.0, 0.6]},
    "person": {"pose.yaw": [-75, 75], "camera.elevation": [-5, 20], "camera.tightness": [0.1, 0.9],
               "camera.aim_y": [0.6, 1.0]},
    "train": _CLOSE,
    "truck": _CLOSE,
}


def with_habits(ranges: dict[str, Any], classes: Sequence[str]) -> dict[str, Any]:
    """The recipe's ranges over the habits of those of the classes that have any."""
    habits = {f"{latent}@{name}": asked for name in classes for latent, asked in HABITS.get(name, {}).items()
              if latent not in ranges}
    return habits | ranges
