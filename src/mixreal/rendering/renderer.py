"""The renderer: scenes in, frames out, as arrays. One launch a batch, nothing in Python loops over images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
    for name in outputs:
        if name not in OUTPUTS:
            raise BadInput(f"unknown output {name!r}: {did_you_mean(name, OUTPUTS)}")
    check_size(size)
    n = len(scenes)
    step = max(1, _BATCH_PIXELS // (size * size))
    shapes = {"rgb": ((3,), np.uint8), "light": ((3,), np.float32), "normal": ((3,), np.float32),
              "mask": ((), np.float32), "whole": ((), np.float32), "depth": ((), np.float32)}
    wanted = [*outputs, "whole"] if "mask" in outputs else list(outputs)
    out = {name: np.empty((n, size, size, *shapes[name][0]), shapes[name][1]) for name in wanted}
    images, recordings = image_rows(scenes, renderer.boxes), recording_rows(scenes, size, seed)
    pattern = wp.array(sample_pattern(samples), dtype=wp.vec2, device=renderer.device)
    for start in range(0, n, step):
        part = slice(start, min(start + step, n))
        some = _launch(renderer, images[part], recordings[part], size, pattern, wanted)
        for name in wanted:
            out[name][part] = some[name].numpy()
    return Frames(**out)


def _launch(renderer: Renderer, images: NDArray[np.void], recordings: NDArray[np.void], size: int, pattern: Any,
            wanted: Sequence[str]) -> dict[str, Any]:
    device, n = renderer.device, len(images)
    shape = (n, size, size)

    def empty(name: str, dtype: Any) -> Any:
        return wp.empty(shape if name in wanted else (0, 0, 0), dtype=dtype, device=device)

    light = wp.empty(shape, dtype=wp.vec3, device=device)
    some = {"light": light, "mask": empty("mask", float), "whole": empty("mask", float), "depth": empty("depth", float),
            "normal": empty("normal", wp.vec3)}
    rows = wp.array(images, dtype=layout.Image, device=device)
    arguments = [renderer.world, rows, size, pattern, light, *(some[k] for k in ("mask", "whole", "depth", "normal"))]
    if renderer.lanes:
        tiles = -(-size // TILE)
        wp.launch(packet_kernel(renderer.lanes), dim=(n, tiles, tiles), inputs=arguments, device=device)
    else:
        wp.launch(render_pixels, dim=shape, inputs=arguments, device=device)
    if "rgb" in wanted:
        records = wp.array(recordings, dtype=Recording, device=device)
        some["rgb"] = wp.empty((*shape, 3), dtype=wp.uint8, device=device)
        if renderer.lanes:
            blur, chip = sensor_kernels(renderer.lanes)
            blurred = wp.empty((n, size, 3, -(-size // renderer.lanes) * renderer.lanes), dtype=float, device=device)
            wp.launch(blur, dim=(n, size), inputs=[light, records, size, blurred], device=device)
            wp.launch(chip, dim=(n, size), inputs=[blurred, records, size, some["rgb"]], device=device)
        else:
            blurred = wp.empty(shape, dtype=wp.vec3, device=device)
            wp.launch(blur_rows, dim=shape, inputs=[light, records, size, blurred], device=device)
            wp.launch(develop, dim=shape, inputs=[blurred, records, size, some["rgb"]], device=device)
        squares = -(-size // 16)
        wp.launch(compress, dim=(n, squares, squares), device=device,
                  inputs=[records, size, *renderer.jpeg, some["rgb"]])
    return some


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
