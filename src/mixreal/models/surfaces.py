"""What a model file says about its surfaces, as metallic-roughness materials and linear vertex colours."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mixreal.models.mesh import BLEND, MASK, OPAQUE, Material
from mixreal.pixels import eight_bits

TEXTURE_LIMIT = 512  # pixels on a texture's longer side: more than a 256-pixel image can show
GREY = Material("grey", (0.6, 0.6, 0.6, 1.0))  # where a file says nothing about colour
WHITE = (1.0, 1.0, 1.0, 1.0)
SOLID = 250  # alpha from which a texel is opaque
GLTF = (".glb", ".gltf")  # its colours are linear; every other format's are sRGB by custom

Shared = dict[Any, Any]  # what was already converted, by id, so that parts of a model share it; and `MENDED`
MENDED = "mended"  # a key: the pictures that earlier versions showed otherwise


def surface(geometry: Any, suffix: str, shared: Shared) -> tuple[tuple[Material, ...], NDArray[np.int64]]:
    """The materials of a trimesh geometry and, for each face, which of them it has."""
    faces = len(geometry.faces)
    visual = geometry.visual
    source = getattr(visual, "material", None)
    face_materials = getattr(visual, "face_materials", None)
    several = getattr(source, "materials", None)
    if several and face_materials is not None and len(face_materials) == faces:
        chosen = np.clip(np.asarray(face_materials, np.int64), 0, len(several) - 1)
        return tuple(_material(m, suffix, shared) for m in several), chosen
    coloured = _has_colours(visual)
    if source is None or type(source).__name__ not in ("PBRMaterial", "SimpleMaterial"):
        material = Material("colours", WHITE) if coloured else GREY
    else:
        material = _material(source, suffix, shared)
    return (material,), np.zeros(faces, np.int64)


def corner_colours(geometry: Any, suffix: str) -> tuple[NDArray[np.uint8], bool]:
    """Linear RGBA: (v, 4) for each vertex, or (f, 4) for each face when the second value is True."""
    visual = geometry.visual
    by_face = getattr(visual, "kind", None) == "face"
    count = len(geometry.faces) if by_face else len(geometry.vertices)
    if by_face:
        raw = visual.face_colors
    elif getattr(visual, "kind", None) == "vertex":
        raw = visual.vertex_colors
    else:
        raw = getattr(visual, "vertex_attributes", {}).get("color")
    if raw is None or len(raw) != count or np.ndim(raw) != 2 or np.shape(raw)[1] not in (3, 4):
        return np.full((len(geometry.vertices), 4), 255, np.uint8), False
    colours = _as_float(np.asarray(raw))
    if colours.shape[1] == 3:
        colours = np.concatenate([colours, np.ones((count, 1))], axis=1)
    if suffix not in GLTF:
        colours[:, :3] = linear(colours[:, :3])
    return np.round(colours * 255).astype(np.uint8), by_face


def linear(srgb: NDArray[np.floating]) -> NDArray[np.float64]:
    """sRGB in [0, 1] to linear light (IEC 61966-2-1)."""
    value = np.asarray(srgb, np.float64)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _has_colours(visual: Any) -> bool:
    return getattr(visual, "kind", None) in ("vertex", "face")


def _material(source: Any, suffix: str, shared: Shared) -> Material:
    if ("material", id(source)) not in shared:
        make = _metallic_roughness if type(source).__name__ == "PBRMaterial" else _simple
        # the source is kept beside the result: an id only names an object that still lives
        shared["material", id(source)] = (make(source, suffix, shared), source)
    result: Material = shared["material", id(source)][0]
    return result


def _metallic_roughness(source: Any, suffix: str, shared: Shared) -> Material:
    """glTF's own material; the metallic-roughness picture is averaged into the factors (glTF 2.0, 3.9.2)."""
    texture = _texture(source.baseColorTexture, shared)
    factor = source.baseColorFactor
    colour = np.ones(4) if factor is None else _as_float(np.resize(np.asarray(factor), 4))
    if factor is not None and np.asarray(factor).dtype.kind in "iu" and np.max(factor) <= 1:
        colour = np.asarray(factor, np.float64)  # JSON whole numbers, [1, 1, 1, 1], which trimesh takes for bytes
    if factor is None and texture is None:
        colour[:3] = GREY.colour[:3]
    if suffix not in GLTF:
        colour[:3] = linear(colour[:3])
    silent = factor is None and texture is None and source.metallicFactor is None
    metallic = _factor(source.metallicFactor, 0.0 if silent else 1.0)
    roughness = _factor(source.roughnessFactor, GREY.roughness if silent else 1.0)
    if source.metallicRoughnessTexture is not None:
        picture = _eight_bits(source.metallicRoughnessTexture, shared).convert("RGB")
        mean = np.asarray(picture).reshape(-1, 3).mean(0) / 255
        metallic, roughness = metallic * mean[2], roughness * mean[1]
    mode = {"MASK": MASK, "BLEND": BLEND}.get(str(source.alphaMode), OPAQUE)
    if suffix not in GLTF and colour[3] < 1:
        mode = BLEND
    return Material(str(source.name or "material"), _rgba(colour), float(metallic), float(roughness), texture, mode,
                    _factor(source.alphaCutoff, 0.5))


def _simple(source: Any, suffix: str, shared: Shared) -> Material:
    """An OBJ material: Kd, map_Kd, Ns, d (or Tr, where 1 is opaque too). With a picture no Kd: many write 0."""
    said = getattr(source, "kwargs", None) or {}
    texture = _texture(source.image, shared, _same_picture(said.get("map_d"), source.image))
    colour = np.ones(4)
    if texture is None:
        colour[:3] = linear(_as_float(np.asarray(source.diffuse))[:3]) if "kd" in said else GREY.colour[:3]
    if "d" in said:
        colour[3] = _first_number(said["d"], 1.0)
    elif "tr" in said:
        # Many exporters write "Tr 1" and mean opaque; a model that nobody could see is never meant.
        colour[3] = 1 - _first_number(said["tr"], 0.0) or 1.0
    shininess = max(_first_number(said.get("ns"), -1.0), -1.0)
    # the width of a Blinn-Phong lobe as a GGX alpha, alpha = roughness^2 (Walter et al. 2007)
    roughness = (2 / (2 + shininess)) ** 0.25 if shininess >= 0 else GREY.roughness
    see_through = colour[3] < 1 or (texture is not None and bool((texture[..., 3] < SOLID).any()))
    return Material(str(source.name or "material"), _rgba(colour), 0.0, roughness, texture,
                    BLEND if see_through else OPAQUE)


def _same_picture(map_d: Any, image: Any) -> bool:
    """Whether the opacity map of an OBJ material is its picture: both are named last, after any options."""
    named = getattr(image, "info", {}).get("file_path", "").split()
    return bool(map_d and named) and map_d[-1] == named[-1]


def _texture(image: Any, shared: Shared, alpha_meant: bool = True) -> NDArray[np.uint8] | None:
    """A PIL image as RGBA, its longer side at most `TEXTURE_LIMIT`.

    alpha_meant: whether the file says what alpha is. It often holds gloss, or nothing, and would make a model
    invisible: then it is opacity only in a picture that is mostly opaque.
    """
    if image is None:
        return None
    if ("texture", id(image), alpha_meant) not in shared:
        small = _eight_bits(image, shared).convert("RGBA")
        scale = TEXTURE_LIMIT / max(small.size)
        if scale < 1:
            size = [max(1, round(side * scale)) for side in small.size]
            small = small.resize(size, Image.Resampling.BOX if scale <= 0.5 else Image.Resampling.LANCZOS)
        texture = np.array(small)
        opaque = texture[..., 3] >= SOLID
        if not alpha_meant and not opaque.all() and opaque.mean() <= 0.5:
            texture[..., 3] = 255
            shared.setdefault(MENDED, []).append("alpha")
        shared["texture", id(image), alpha_meant] = (texture, image)
    result: NDArray[np.uint8] = shared["texture", id(image), alpha_meant][0]
    return result


def _eight_bits(image: Any, shared: Shared) -> Any:
    plain = eight_bits(image)
    if plain is not image:
        shared.setdefault(MENDED, []).append("16 bits")
    return plain


def _as_float(values: NDArray[Any]) -> NDArray[np.float64]:
    """Colours in [0, 1], whatever they are stored as."""
    top = np.iinfo(values.dtype).max if values.dtype.kind in "iu" else 1.0
    return np.clip(np.nan_to_num(values.astype(np.float64) / top), 0, 1)


def _rgba(colour: NDArray[np.float64]) -> tuple[float, float, float, float]:
    r, g, b, a = (float(c) for c in np.clip(colour, 0, 1))
    return r, g, b, a


def _factor(value: Any, default: float) -> float:
    return default if value is None else float(np.clip(np.nan_to_num(float(value)), 0, 1))


def _first_number(value: Any, default: float) -> float:
    try:
        return float(np.ravel(value)[0])
    except (TypeError, ValueError, IndexError):
        return default
