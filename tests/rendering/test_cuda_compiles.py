"""The GPU's kernels compile for the GPUs we name, on any machine: no device is needed for that."""

import pytest
import warp as wp

from mixreal.rendering import jpeg, kernels, sensing
from mixreal.rendering.devices import start_warp

MODULES = {kernels: ("render_pixels",), sensing: ("blur_rows", "develop"), jpeg: ("compress",)}


def can_compile() -> bool:
    """Whether this build of Warp brings NVIDIA's compiler: on Linux and Windows it does, on macOS not."""
    start_warp()
    return bool(wp.get_cuda_supported_archs())


@pytest.mark.slow
@pytest.mark.parametrize("arch", [80, 90])
@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_compiles_for_cuda(module, arch, tmp_path):
    if not can_compile():
        pytest.skip("this build of Warp has no CUDA compiler in it")
    wp.compile_aot_module(module, arch=[arch], module_dir=tmp_path, use_ptx=True)
    (code,) = tmp_path.rglob("*.ptx")
    text = code.read_text()
    assert f".target sm_{arch}" in text
    assert all(name in text for name in MODULES[module])
