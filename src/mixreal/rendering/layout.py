"""The records that kernels read, as Warp structs and as the NumPy dtypes of the same bytes."""

import warp as wp

from mixreal.scene import OCCLUDERS

Sky = wp.types.matrix(shape=(9, 3), dtype=float)
CardPoints = wp.types.matrix(shape=(OCCLUDERS, 2), dtype=float)
CardColours = wp.types.matrix(shape=(OCCLUDERS, 3), dtype=float)
Across = wp.types.matrix(shape=(2, 3), dtype=float)
CardNumbers = wp.types.vector(length=OCCLUDERS, dtype=float)
CardIndices = wp.types.vector(length=OCCLUDERS, dtype=int)


@wp.struct
class Model:
    node: int  # its root
    triangle: int  # its first triangle


@wp.struct
class Node:
    low: wp.vec3
    first: int
    high: wp.vec3
    count: int


@wp.struct
class Triangle:
    corner: wp.vec3
    edge1: wp.vec3
    edge2: wp.vec3
    clear: int  # 1: no shadow


@wp.struct
class Face:
    normal0: wp.vec3
    normal1: wp.vec3
    normal2: wp.vec3
    uv0: wp.vec2
    uv1: wp.vec2
    uv2: wp.vec2
    colour0: wp.uint32
    colour1: wp.uint32
    colour2: wp.uint32
    material: int
    density: float  # texture coordinates a unit of length, to choose a mip level


@wp.struct
class Material:
    colour: wp.vec4
    metallic: float
    roughness: float
    picture: int  # -1: none
    alpha_mode: int
    cutoff: float
    see_through: int


@wp.struct
class Image:
    """One row of `Scenes`, as the kernels want it."""

    model: int
    to_model: wp.mat33  # inverse of pose.to_world
    origin: wp.vec3
    colour_matrix: wp.mat33
    texture: int
    texture_mix: float
    texture_repeat: float
    roughness: float
    metallic: float
    sun_direction: wp.vec3
    sun_radiance: wp.vec3
    sun_radius: float  # of its disc, at distance 1
    sun_across: Across  # two unit vectors across its direction
    sky: Sky
    sky_turn: wp.vec2
    picture: int
    environment: int  # -1: none
    picture_colour: wp.vec3
    window: wp.vec4
    gain: wp.vec3
    background_blur: float
    ground: int
    ground_height: float
    ground_texture: int
    ground_colour: wp.vec3
    ground_repeat: float
    eye: wp.vec3
    axes: wp.mat33
    tangent: float
    shift: wp.vec2
    aperture: float  # radius of the lens
    bounds: wp.vec4  # least x and y, greatest x and y, in image points, of what the object may cover
    focus: float  # distance along the axis that is sharp
    cards: int  # how many occluders
    card_centre: CardPoints
    card_size: CardPoints
    card_turn: CardPoints
    card_squarings: CardIndices  # log2 of the superellipse's exponent
    card_texture: CardIndices
    card_colour: CardColours
    card_depth: CardNumbers


@wp.struct
class World:
    """Everything that all images share."""

    models: wp.array(dtype=Model)
    nodes: wp.array(dtype=Node)
    triangles: wp.array(dtype=Triangle)
    faces: wp.array(dtype=Face)
    materials: wp.array(dtype=Material)
    texels: wp.array(dtype=wp.uint32)
    pictures: wp.array(dtype=wp.vec4i)  # offset, log2 width, log2 height, levels
    first_texture: int  # pictures: the materials' own, textures, backgrounds, environment maps
    first_background: int
    first_environment: int


MODEL, NODE, TRIANGLE, FACE, MATERIAL, IMAGE = (
    kind.numpy_dtype() for kind in (Model, Node, Triangle, Face, Material, Image))
