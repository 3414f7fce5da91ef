"""Bounding volume hierarchies for many meshes at once, built natively by a binned surface-area heuristic.

A node is a box and two integers. With `count` 0 it is inner, and its children are nodes `first` and `first + 1` of the
same mesh; else it is a leaf of triangles `first` to `first + count - 1`, in the order that `build` returns.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

DEPTH = 48  # no tree is deeper: it is the size of the traversal stack
PADDING = 4e-6  # of every box, in radii of the object: more than rays 10 radii away are rounded by
LEAF = 4  # triangles a leaf holds at most where a split would pay
_PER_TASK = 8  # meshes a launch

# One mesh. Splits by the cheapest of 16 bins on three axes; from half of the greatest depth on it splits in the middle
# of the order instead, so that the depth stays below DEPTH whatever the triangles (2^24 of them at most).
_BUILD = """
    struct Task { int node, start, count, depth; };
    Task tasks[@DEPTH@ + 2];
    const int BINS = 16;
    const float FAR = 3.0e38f;
    const float* V = corners.data + (size_t)t0 * 9;
    float* B = boxes.data + (size_t)t0 * 9;             // low, high, centre of each triangle
    int* O = order.data + t0;
    float* N = nodes.data + (size_t)t0 * 16;            // at most two nodes a triangle
    int* I = (int*)N;
    for (int i = 0; i < count; ++i) {
        O[i] = i;
        for (int k = 0; k < 3; ++k) {
            float a = V[i*9+k], b = V[i*9+3+k], c = V[i*9+6+k];
            float lo = a < b ? a : b, hi = a > b ? a : b;
            B[i*9+k] = lo < c ? lo : c; B[i*9+3+k] = hi > c ? hi : c;
            B[i*9+6+k] = 0.5f * (B[i*9+k] + B[i*9+3+k]);
        }
    }
    int pending = 0, used = 1, deepest = 0;
    tasks[pending++] = Task{0, 0, count, 1};
    while (pending > 0) {
        Task task = tasks[--pending];
        if (task.depth > deepest) deepest = task.depth;
        float lo[3] = {FAR, FAR, FAR}, hi[3] = {-FAR, -FAR, -FAR};
        float clo[3] = {FAR, FAR, FAR}, chi[3] = {-FAR, -FAR, -FAR};    // of the centres
        for (int i = task.start; i < task.start + task.count; ++i) {
            const float* b = B + (size_t)O[i] * 9;
            for (int k = 0; k < 3; ++k) {
                if (b[k] < lo[k]) lo[k] = b[k];
                if (b[3+k] > hi[k]) hi[k] = b[3+k];
                if (b[6+k] < clo[k]) clo[k] = b[6+k];
                if (b[6+k] > chi[k]) chi[k] = b[6+k];
            }
        }
        for (int k = 0; k < 3; ++k) { N[task.node*8+k] = lo[k] - @PADDING@; N[task.node*8+4+k] = hi[k] + @PADDING@; }
        int axis = -1, cut = 0;
        float dx = hi[0]-lo[0], dy = hi[1]-lo[1], dz = hi[2]-lo[2];
        float area = dx*dy + dy*dz + dz*dx;
        float best = task.count > LEAF_MAX ? FAR : (float)task.count * area - area;   // a step costs one triangle
        if (task.count > 1 && task.depth < @DEPTH@ / 2) for (int k = 0; k < 3; ++k) {
            float extent = chi[k] - clo[k];
            if (!(extent > 1e-12f)) continue;
            int n[BINS]; float bl[BINS][3], bh[BINS][3];
            for (int b = 0; b < BINS; ++b) {
                n[b] = 0;
                for (int q = 0; q < 3; ++q) { bl[b][q] = FAR; bh[b][q] = -FAR; }
            }
            float scale = BINS * 0.9999f / extent;
            for (int i = task.start; i < task.start + task.count; ++i) {
                const float* b = B + (size_t)O[i] * 9;
                int at = (int)((b[6+k] - clo[k]) * scale);
                at = at < 0 ? 0 : (at > BINS - 1 ? BINS - 1 : at);
                n[at]++;
                for (int q = 0; q < 3; ++q) {
                    if (b[q] < bl[at][q]) bl[at][q] = b[q];
                    if (b[3+q] > bh[at][q]) bh[at][q] = b[3+q];
                }
            }
            float right[BINS]; int behind[BINS]; int sum = 0;
            float l[3] = {FAR, FAR, FAR}, h[3] = {-FAR, -FAR, -FAR};
            for (int b = BINS - 1; b > 0; --b) {
                for (int q = 0; q < 3; ++q) {
                    if (bl[b][q] < l[q]) l[q] = bl[b][q];
                    if (bh[b][q] > h[q]) h[q] = bh[b][q];
                }
                sum += n[b]; behind[b] = sum;
                float x = h[0]-l[0], y = h[1]-l[1], z = h[2]-l[2];
                right[b] = sum ? x*y + y*z + z*x : 0.0f;
            }
            for (int q = 0; q < 3; ++q) { l[q] = FAR; h[q] = -FAR; }
            sum = 0;
            for (int b = 0; b < BINS - 1; ++b) {
                for (int q = 0; q < 3; ++q) {
                    if (bl[b][q] < l[q]) l[q] = bl[b][q];
                    if (bh[b][q] > h[q]) h[q] = bh[b][q];
                }
                sum += n[b];
                if (sum == 0 || behind[b+1] == 0) continue;
                float x = h[0]-l[0], y = h[1]-l[1], z = h[2]-l[2];
                float cost = (x*y + y*z + z*x) * sum + right[b+1] * behind[b+1];
                if (cost < best) { best = cost; axis = k; cut = b; }
            }
        }
        int left = 0;
        if (axis >= 0) {
            float scale = BINS * 0.9999f / (chi[axis] - clo[axis]);
            int i = task.start, j = task.start + task.count - 1;
            while (i <= j) {
                int at = (int)((B[(size_t)O[i]*9 + 6 + axis] - clo[axis]) * scale);
                if (at <= cut) ++i; else { int q = O[i]; O[i] = O[j]; O[j] = q; --j; }
            }
            left = i - task.start;
        } else if (task.count > LEAF_MAX && task.depth < @DEPTH@ - 1) left = task.count / 2;
        if (left <= 0 || left >= task.count) { I[task.node*8+3] = task.start; I[task.node*8+7] = task.count; continue; }
        I[task.node*8+3] = used; I[task.node*8+7] = 0;
        tasks[pending++] = Task{used, task.start, left, task.depth + 1};
        tasks[pending++] = Task{used + 1, task.start + left, task.count - left, task.depth + 1};
        used += 2;
    }
    sizes.data[mesh*2] = used; sizes.data[mesh*2+1] = deepest;
""".replace("@DEPTH@", str(DEPTH)).replace("LEAF_MAX", str(LEAF)).replace("@PADDING@", f"{PADDING}f")


@wp.func_native(_BUILD)
def _build_one(corners: wp.array(dtype=float), boxes: wp.array(dtype=float), order: wp.array(dtype=int),
               nodes: wp.array(dtype=float), sizes: wp.array(dtype=int), mesh: int, t0: int, count: int): ...


@wp.kernel(enable_backward=False, module="unique")
def _build(corners: wp.array(dtype=float), boxes: wp.array(dtype=float), order: wp.array(dtype=int),
           nodes: wp.array(dtype=float), sizes: wp.array(dtype=int), starts: wp.array(dtype=int), begin: int):
    mesh = wp.tid() + begin
    _build_one(corners, boxes, order, nodes, sizes, mesh, starts[mesh], starts[mesh + 1] - starts[mesh])


@dataclass(frozen=True)
class Trees:
    """The hierarchies of m meshes, one behind the other."""

    nodes: NDArray[np.float32]  # (k, 8): low corner, first (int bits), high corner, count (int bits)
    node_starts: NDArray[np.int32]  # (m + 1,)
    order: NDArray[np.int32]  # (t,) for each mesh, its triangles in leaf order, counted within the mesh
    deepest: int


def build(corners: NDArray[np.float32], starts: NDArray[np.int32], threads: int = 2) -> Trees:
    """(t, 3, 3) corners of all triangles; mesh k has those from starts[k] to starts[k + 1], at least one."""
    total, meshes = len(corners), len(starts) - 1

    def given(values: Any, dtype: Any) -> Any:
        return wp.array(np.ascontiguousarray(values).reshape(-1), dtype=dtype, device="cpu")

    arrays = [given(corners, float), wp.empty(total * 9, dtype=float, device="cpu"),
              wp.empty(total, dtype=int, device="cpu"), wp.empty(total * 16, dtype=float, device="cpu"),
              wp.empty(meshes * 2, dtype=int, device="cpu"), given(starts.astype(np.int32), int)]

    def run(begin: int) -> None:
        wp.launch(_build, dim=min(_PER_TASK, meshes - begin), inputs=[*arrays, begin], device="cpu")

    run(0)  # alone: it compiles
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(_PER_TASK, meshes, _PER_TASK)))
    used, depth = arrays[4].numpy().reshape(-1, 2).T
    assert depth.max() < DEPTH, f"a hierarchy of depth {depth.max()} does not fit the traversal stack of {DEPTH}"
    roomy = arrays[3].numpy().reshape(-1, 8)
    nodes = np.concatenate([roomy[2 * s:2 * s + n] for s, n in zip(starts[:-1], used, strict=True)])
    node_starts = np.concatenate([[0], np.cumsum(used)]).astype(np.int32)
    return Trees(nodes, node_starts, arrays[2].numpy().copy(), int(depth.max()))
