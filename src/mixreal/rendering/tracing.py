"""Rays against one model's triangles: the closest hit, and whether anything blocks a shadow ray."""

import warp as wp

from mixreal.rendering.bvh import DEPTH
from mixreal.rendering.layout import Model, Node, Triangle, World

FAR = wp.constant(1.0e30)
STACK = wp.constant(DEPTH)


@wp.struct
class Hit:
    distance: float
    triangle: int  # in the world's list; -1: nothing
    u: float  # barycentric weight of the second corner
    v: float  # and of the third


@wp.func
def box_entry(node: Node, origin: wp.vec3, inverse: wp.vec3, far: float) -> float:
    """Distance at which the ray enters the box, or FAR when it does not before `far`."""
    a = wp.cw_mul(node.low - origin, inverse)
    b = wp.cw_mul(node.high - origin, inverse)
    near = wp.max(wp.max(wp.min(a[0], b[0]), wp.min(a[1], b[1])), wp.min(a[2], b[2]))
    out = wp.min(wp.min(wp.max(a[0], b[0]), wp.max(a[1], b[1])), wp.max(a[2], b[2]))
    if out < 0.0 or near > out or near > far:
        return FAR
    return wp.max(near, 0.0)


@wp.func
def intersect(triangle: Triangle, origin: wp.vec3, direction: wp.vec3) -> wp.vec3:
    """Moeller and Trumbore: (distance, u, v); a negative distance is a miss. Both sides count."""
    p = wp.cross(direction, triangle.edge2)
    determinant = wp.dot(triangle.edge1, p)
    if determinant == 0.0:
        return wp.vec3(-1.0, 0.0, 0.0)
    scale = 1.0 / determinant
    s = origin - triangle.corner
    u = wp.dot(s, p) * scale
    if u < 0.0 or u > 1.0:
        return wp.vec3(-1.0, 0.0, 0.0)
    q = wp.cross(s, triangle.edge1)
    v = wp.dot(direction, q) * scale
    if v < 0.0 or u + v > 1.0:
        return wp.vec3(-1.0, 0.0, 0.0)
    return wp.vec3(wp.dot(triangle.edge2, q) * scale, u, v)


@wp.func
def inverse_of(direction: wp.vec3) -> wp.vec3:
    """One over each component, zeros taken as tiny."""
    tiny = 1.0e-20
    x = wp.where(wp.abs(direction[0]) < tiny, tiny, direction[0])
    y = wp.where(wp.abs(direction[1]) < tiny, tiny, direction[1])
    z = wp.where(wp.abs(direction[2]) < tiny, tiny, direction[2])
    return wp.vec3(1.0 / x, 1.0 / y, 1.0 / z)


@wp.func
def closest(world: World, model: Model, origin: wp.vec3, direction: wp.vec3, near: float) -> Hit:
    """The first triangle beyond `near`. Distances are in lengths of `direction`, which need not be a unit."""
    hit = Hit()
    hit.distance = float(FAR)
    hit.triangle = int(-1)
    inverse = inverse_of(direction)
    stack = wp.zeros(shape=STACK, dtype=int)
    entry = wp.zeros(shape=STACK, dtype=float)
    top = int(0)
    if box_entry(world.nodes[model.node], origin, inverse, FAR) < FAR:
        top = 1
    while top > 0:
        top -= 1
        if entry[top] > hit.distance:
            continue
        at = stack[top]
        node = world.nodes[model.node + at]
        if node.count > 0:
            for k in range(node.first, node.first + node.count):
                answer = intersect(world.triangles[model.triangle + k], origin, direction)
                nearer = answer[0] < hit.distance
                if answer[0] == hit.distance and model.triangle + k < hit.triangle:
                    nearer = True  # of coincident triangles the first, in whatever order they are met
                if answer[0] > near and nearer:
                    hit.distance = answer[0]
                    hit.triangle = model.triangle + k
                    hit.u = answer[1]
                    hit.v = answer[2]
        else:
            left = box_entry(world.nodes[model.node + node.first], origin, inverse, hit.distance)
            right = box_entry(world.nodes[model.node + node.first + 1], origin, inverse, hit.distance)
            near_child = node.first
            far_child = node.first + 1
            near_entry = left
            far_entry = right
            if right < left:
                near_child = node.first + 1
                far_child = node.first
                near_entry = right
                far_entry = left
            if far_entry < FAR:
                stack[top] = far_child
                entry[top] = far_entry
                top += 1
            if near_entry < FAR:
                stack[top] = near_child
                entry[top] = near_entry
                top += 1
    return hit


@wp.func
def blocked(world: World, model: Model, origin: wp.vec3, direction: wp.vec3) -> bool:
    """Whether any triangle that is not clear lies on the ray."""
    inverse = inverse_of(direction)
    stack = wp.zeros(shape=STACK, dtype=int)
    top = int(0)
    if box_entry(world.nodes[model.node], origin, inverse, FAR) < FAR:
        top = 1
    while top > 0:
        top -= 1
        node = world.nodes[model.node + stack[top]]
        if node.count > 0:
            for k in range(node.first, node.first + node.count):
                if world.triangles[model.triangle + k].clear == 0:
                    if intersect(world.triangles[model.triangle + k], origin, direction)[0] > 0.0:
                        return True
        else:
            if box_entry(world.nodes[model.node + node.first], origin, inverse, FAR) < FAR:
                stack[top] = node.first
                top += 1
            if box_entry(world.nodes[model.node + node.first + 1], origin, inverse, FAR) < FAR:
                stack[top] = node.first + 1
                top += 1
    return False
