"""In place of the renderer: images that are numbers made of the index and the seed, in no time."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import mixreal
from mixreal.datasets import shards
from mixreal.spec import RenderSpec, to_mapping

SPEC = RenderSpec(images=50, size=8)


@dataclass(frozen=True)
class Standin:
    """What `produce` needs of a synthesis: images that are numbers made of the index and the seed."""

    spec: RenderSpec
    classes: tuple[str, ...] = ("car", "horse", "train")

    @property
    def total(self) -> int:
        return self.spec.images

    @property
    def identity(self) -> dict[str, Any]:
        return to_mapping(self.spec)


class Fake:
    """In place of the module `mixreal.synthesis`: no renderer, and it can be made to fail at an image."""

    def __init__(self) -> None:
        self.rendered: list[int] = []
        self.fail_at: int | None = None
        self.failure: BaseException = KeyboardInterrupt()

    def prepare(self, spec: RenderSpec, device: str = "cpu", threads: int = 2) -> Standin:
        return Standin(spec)

    def tell(self, synthesis: Standin) -> None:
        """It has left nothing out."""

    def draw(self, synthesis: Standin, indices: Any) -> Any:
        noise = np.array([np.random.default_rng([synthesis.spec.seed, i]).random() for i in indices], np.float32)
        return SimpleNamespace(index=indices, noise=noise)

    def columns(self, scenes: Any) -> dict[str, Any]:
        models = np.array([f"m{i % 5}" for i in scenes.index])
        return {"label": scenes.index % 3, "index": scenes.index, "model": models,
                "camera.elevation": scenes.noise, "light.off": np.full(len(scenes.index), np.nan, np.float32)}

    def render(self, synthesis: Standin, scenes: Any) -> Any:
        if self.fail_at in scenes.index:
            raise self.failure
        time.sleep(0.001 * float(scenes.noise[0]))  # ranges end in no order
        self.rendered += scenes.index.tolist()
        size = synthesis.spec.size
        ramp = np.arange(size * size * 3).reshape(size, size, 3)
        pixels = scenes.noise[:, None, None, None] * 7919 + scenes.index[:, None, None, None] + ramp
        return SimpleNamespace(rgb=pixels.astype(np.int64).astype(np.uint8))


class Slow(Fake):
    """One that takes its time: so many seconds a range."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def render(self, synthesis: Standin, scenes: Any) -> Any:
        time.sleep(self.seconds)
        return super().render(synthesis, scenes)


def slowly(seconds: float, shard: int) -> None:
    """For a program of its own, whose workers import it too: a slow one in place of the renderer, for good."""
    mixreal.synthesis = sys.modules["mixreal.synthesis"] = Slow(seconds)  # type: ignore[assignment, attr-defined]
    shards.SHARD = shard


def in_place(monkeypatch: pytest.MonkeyPatch, shard: int) -> Fake:
    """Put one in place of the module `mixreal.synthesis`, with so many images a shard."""
    fake = Fake()
    monkeypatch.setitem(sys.modules, "mixreal.synthesis", fake)
    monkeypatch.setattr(mixreal, "synthesis", fake, raising=False)
    monkeypatch.setattr(shards, "SHARD", shard)
    return fake


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}
