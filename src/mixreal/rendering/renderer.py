"""The renderer: scenes in, frames out, as arrays. One launch a batch, nothing in Python loops over images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from mixreal.assets import Assets
from mixreal.errors import BadInput, did_you_mean
from mixreal.models.mesh import Mesh
from mixreal.rendering import layout
from mixreal.rendering.devices import start_warp
from mixreal.rendering.jpeg import compress, tables, transform
from mixreal.rendering.kernels import render_pixels
from mixreal.rendering.packets import TILE, packet_kernel, sensor_kernels
from mixreal.rendering.rows import image_rows, recording_rows
from mixreal.rendering.sensing import Recording, blur_rows, develop
from mixreal.rendering.stock import Stock, pack
from mixreal.scene import Scenes

if TYPE_CHECKING:
    from torch import Tensor

OUTPUTS = ("rgb", "mask", "depth", "normal", "light")
LARGEST = 4096  # pixels a side
_BATCH_PIXELS = 1 << 20  # a launch works on about this many pixels: its buffers stay within tens of megabytes


@dataclass(frozen=True)
class Frames:
    """What was asked for of n images of h x w pixels; the others are None."""

    rgb: NDArray[np.uint8] | None = None  # (n, h, w, 3) sRGB, after the sensor
    mask: NDArray[np.float32] | None = None  # (n, h, w) part of the pixel that shows the object
    whole: NDArray[np.float32] | None = None  # (n, h, w) the same if nothing stood in front (amodal); with mask
    depth: NDArray[np.float32] | None = None  # (n, h, w) distance along the optical axis, infinite where no object
    normal: NDArray[np.float32] | None = None  # (n, h, w, 3) world axes, 0 where no object
    light: NDArray[np.float32] | None = None  # (n, h, w, 3) linear, before the sensor


@dataclass(frozen=True)
class Renderer:
    """A device with every mesh and picture on it. Open one with `open_renderer`."""

    device: str
    world: Any  # layout.World
    hulls: NDArray[np.float32]  # (m, k, 3) outermost points of the meshes
    boxes: NDArray[np.float32]  # (m, 2, 3) their least and greatest corners
    jpeg: tuple[Any, Any]
    lanes: int = 16  # rays a SIMD packet on a CPU; 0: the scalar kernel, the only one on CUDA


def open_renderer(meshes: Sequence[Mesh], assets: Assets, device: str = "cpu", threads: int = 2) -> Renderer:
    """Pack the meshes and assets and put them on a device ("cpu", "cuda:0"); seconds for hundreds of meshes."""
    return place(pack(meshes, assets, threads), device)


def place(stock: Stock, device: str = "cpu") -> Renderer:
    """Put a packed stock on a device. On a CPU its arrays are used where they lie."""
    start_warp()
    world = layout.World()
    kinds = {"models": layout.Model, "nodes": layout.Node, "triangles": layout.Triangle, "faces": layout.Face,
             "materials": layout.Material}
    for name, kind in kinds.items():
        setattr(world, name, wp.array(getattr(stock, name), dtype=kind, device=device, copy=device != "cpu"))
    world.texels = wp.array(stock.texels, dtype=wp.uint32, device=device, copy=device != "cpu")
    world.pictures = wp.array(stock.table, dtype=wp.vec4i, device=device)
    world.first_texture, world.first_background, world.first_environment = (int(k) for k in stock.firsts)
    jpeg = (wp.array(transform().astype(np.float32), dtype=float, device=device),
            wp.array(tables(), dtype=float, device=device))
    return Renderer(device, world, stock.hulls, stock.boxes, jpeg, 16 if device == "cpu" else 0)


def render(renderer: Renderer, scenes: Scenes, size: int, samples: int = 4, outputs: Sequence[str] = ("rgb",),
           seed: int = 0) -> Frames:
    """Render a batch at `size` x `size` with `samples` rays a pixel. `seed` keys the sensor's noise alone.

    Any split of the batch gives the same bytes. Raises `BadInput` for unknown outputs and impossible sizes.
    """
    return Frames(**{name: array.numpy() for name, array in
                     _rendered(renderer, scenes, size, samples, outputs, seed).items()})


def render_tensors(renderer: Renderer, scenes: Scenes, size: int, samples: int = 4,
                   outputs: Sequence[str] = ("rgb",), seed: int = 0) -> dict[str, "Tensor"]:
    """The same as torch tensors on the renderer's device, by the names of `Frames`: nothing is copied."""
    return {name: wp.to_torch(array) for name, array in
            _rendered(renderer, scenes, size, samples, outputs, seed).items()}


def _rendered(renderer: Renderer, scenes: Scenes, size: int, samples: int, outputs: Sequence[str],
              seed: int) -> dict[str, Any]:
    """Warp arrays on the renderer's device: (n, size, size) of numbers, of vec3, or, for rgb, (n, size, size, 3)."""
    for name in outputs:
        if name not in OUTPUTS:
            raise BadInput(f"unknown output {name!r}: {did_you_mean(name, OUTPUTS)}")
    check_size(size)
    n, device = len(scenes), renderer.device
    step = max(1, _BATCH_PIXELS // (size * size))
    kinds = {"light": wp.vec3, "normal": wp.vec3, "mask": float, "whole": float, "depth": float}
    wanted = [*outputs, "whole"] if "mask" in outputs else list(outputs)
    out = {name: wp.empty((n, size, size, 3), dtype=wp.uint8, device=device) if name == "rgb" else
           wp.empty((n, size, size), dtype=kinds[name], device=device) for name in wanted}
    images, recordings = image_rows(scenes, renderer.boxes), recording_rows(scenes, size, seed)
    pattern = wp.array(sample_pattern(samples), dtype=wp.vec2, device=device)
    for start in range(0, n, step):
        part = slice(start, min(start + step, n))
        _launch(renderer, images[part], recordings[part], size, pattern, {name: out[name][part] for name in out})
    return out


def _launch(renderer: Renderer, images: NDArray[np.void], recordings: NDArray[np.void], size: int, pattern: Any,
            out: dict[str, Any]) -> None:
    device, n = renderer.device, len(images)
    shape = (n, size, size)
    nothing = {name: wp.empty((0, 0, 0), dtype=kind, device=device)
               for name, kind in (("mask", float), ("whole", float), ("depth", float), ("normal", wp.vec3))}
    light = out["light"] if "light" in out else wp.empty(shape, dtype=wp.vec3, device=device)
    rows = wp.array(images, dtype=layout.Image, device=device)
    arguments = [renderer.world, rows, size, pattern, light, *(out.get(name, nothing[name]) for name in nothing)]
    if renderer.lanes:
        tiles = -(-size // TILE)
        wp.launch(packet_kernel(renderer.lanes), dim=(n, tiles, tiles), inputs=arguments, device=device)
    else:
        wp.launch(render_pixels, dim=shape, inputs=arguments, device=device)
    if "rgb" in out:
        _record(renderer, light, wp.array(recordings, dtype=Recording, device=device), size, out["rgb"])


def _record(renderer: Renderer, light: Any, records: Any, size: int, rgb: Any) -> None:
    """The sensor: light to bytes."""
    device, n, lanes = renderer.device, rgb.shape[0], renderer.lanes
    if lanes:
        blur, chip = sensor_kernels(lanes)
        blurred = wp.empty((n, size, 3, -(-size // lanes) * lanes), dtype=float, device=device)
        wp.launch(blur, dim=(n, size), inputs=[light, records, size, blurred], device=device)
        wp.launch(chip, dim=(n, size), inputs=[blurred, records, size, rgb], device=device)
    else:
        blurred = wp.empty((n, size, size), dtype=wp.vec3, device=device)
        wp.launch(blur_rows, dim=(n, size, size), inputs=[light, records, size, blurred], device=device)
        wp.launch(develop, dim=(n, size, size), inputs=[blurred, records, size, rgb], device=device)
    squares = -(-size // 16)
    wp.launch(compress, dim=(n, squares, squares), device=device, inputs=[records, size, *renderer.jpeg, rgb])


def sample_pattern(samples: int) -> NDArray[np.float32]:
    """(samples, 2) points in the unit pixel: one in the middle, the rotated grid for 4, else one a row and column."""
    if samples < 1 or samples > 1024:
        raise BadInput(f"samples = {samples}: expected 1 to 1024 rays a pixel")
    if samples == 4:
        return np.array([[0.375, 0.125], [0.875, 0.375], [0.625, 0.875], [0.125, 0.625]], np.float32)
    k = np.arange(samples)
    rank = np.argsort(np.argsort(k * 0.6180339887498949 % 1, kind="stable"), kind="stable")  # golden-ratio order
    return ((np.stack([k, rank], -1) + 0.5) / samples).astype(np.float32)


def check_size(size: int) -> None:
    """`BadInput` unless images of that many pixels a side can be rendered."""
    if not 4 <= size <= LARGEST:
        raise BadInput(f"size = {size}: expected 4 to {LARGEST} pixels a side")
