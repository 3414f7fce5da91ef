"""Ours in the benchmark: whole images of a recipe, latents and sensor included, in ranges over threads."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import warp as wp

from mixreal.assets import Assets
from mixreal.benchmarks.contender import Contender, Images
from mixreal.models.library import Library
from mixreal.models.mesh import Mesh
from mixreal.production.ranges import BATCH, BATCH_PIXELS
from mixreal.rendering.renderer import open_renderer
from mixreal.spec import RenderSpec
from mixreal.synthesis import Synthesis, draw, render
from mixreal.variations.chain import open_chain

CUDA_BATCH = 4096  # images a range on a GPU: it is the host that must keep up
DRAWS = ("every default variation on: own, recoloured or overlaid textures, sun with soft shadow, sky, background "
         "picture, environment or colour, ground as drawn, a lens, one occluder, sensor with blur, noise and JPEG")


def open_synthesis(mesh: Mesh, assets: Assets, samples: int, device: str, threads: int) -> Synthesis:
    """The default recipe with that mesh as its only model and exactly one occluder an image."""
    spec = RenderSpec(images=1 << 30, samples=samples, ranges={"occlusion.count": "1"})
    library = Library(("car",), ("car/bench",), np.zeros(1, np.int64), (mesh,), (), "")
    return Synthesis(spec, library, open_chain(spec.vary, spec.ranges, spec.seed, assets),
                     open_renderer([mesh], assets, device, threads), spec.images, {})


def open_ours(synthesis: Synthesis, threads: int) -> Contender:
    """Ready to render at the spec's size; the kernels are compiled when this returns."""
    size, device = synthesis.spec.size, synthesis.renderer.device
    batch = BATCH if device == "cpu" else CUDA_BATCH
    batch = max(1, min(batch, BATCH_PIXELS // size**2))
    taken = 0
    lock = threading.Lock()

    def images_of(first: int, count: int) -> Images:
        frames = render(synthesis, draw(synthesis, np.arange(first, first + count)))
        assert frames.rgb is not None  # asked for by default
        return frames.rgb

    def one_thread(start: float, seconds: float) -> float:
        """Its own images/s: a thread that ends earlier than the others has not been idle."""
        nonlocal taken
        done = 0
        while True:
            with lock:
                first = taken
                taken += batch
            images_of(first, batch)
            done += batch
            wp.synchronize_device(device)
            passed = time.perf_counter() - start
            if passed >= seconds:
                return done / passed

    def work(seconds: float) -> float:
        start = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(lambda _: one_thread(start, seconds), range(threads)))

    images_of(0, 1)
    return Contender("ours", lambda count: images_of(0, count), work)
