"""Mitsuba 3 as the oracle: any mesh of ours under a sun alone, matt, with the same camera."""

from dataclasses import dataclass

import mitsuba as mi
import numpy as np


@dataclass(frozen=True)
class OracleFrame:
    """One image, each pixel the mean over its samples."""

    light: np.ndarray  # (h, w, 3) linear
    mask: np.ndarray  # (h, w) share of samples that hit
    depth: np.ndarray  # (h, w) along the ray
    normal: np.ndarray  # (h, w, 3) interpolated, as the mesh has it


def mitsuba_frame(mesh, scenes, k, size, spp=64):
    """Scene k of that mesh, opaque and matt, under its sun before black, by Mitsuba's direct integrator; box filter."""
    mi.set_variant("scalar_rgb")
    eye, axes = scenes.camera.eye[k].astype(float), scenes.camera.axes[k].astype(float)
    tangent = float(scenes.camera.tangent[k])
    sun = (scenes.lights.sun_radiance[k] * np.pi).tolist()
    scene = mi.load_dict({
        "type": "scene",
        "integrator": {"type": "aov", "aovs": "d:depth,n:sh_normal", "img": {"type": "direct", "hide_emitters": True}},
        "sensor": {"type": "perspective", "near_clip": 1e-4, "fov": float(np.degrees(2 * np.arctan(tangent))),
                   "to_world": mi.ScalarTransform4f().look_at(eye.tolist(), (eye + axes[2]).tolist(), axes[1].tolist()),
                   "film": {"type": "hdrfilm", "width": size, "height": size, "pixel_format": "rgba",
                            "rfilter": {"type": "box"}},
                   "sampler": {"type": "stratified", "sample_count": spp}},
        "sun": {"type": "directional", "direction": (-scenes.lights.sun_direction[k]).tolist(),
                "irradiance": {"type": "rgb", "value": sun}},
        **{f"part{j}": _part(mesh, scenes, k, j) for j in np.unique(mesh.material_of).tolist()}})
    out = np.array(mi.render(scene, spp=spp, seed=k))
    return OracleFrame(out[..., :3], out[..., 3], out[..., 4], out[..., 5:8])


def along_ray(depth, scenes, k):
    """Our depth, along the optical axis, as a distance along each pixel's ray."""
    u = (np.arange(len(depth)) + 0.5) / len(depth) * 2 - 1
    x, y = np.meshgrid(u, -u)
    return depth * np.sqrt(1 + (x**2 + y**2) * float(scenes.camera.tangent[k]) ** 2)


def has_colours_on_texture(mesh):
    """Whether vertex colours multiply a texture somewhere: Mitsuba has no material for that."""
    textured = np.array([m.texture is not None for m in mesh.materials])[mesh.material_of]
    return bool((mesh.colours[mesh.faces[textured], :3] != 255).any())


def _part(mesh, scenes, k, material):
    """The faces of one material, posed in world axes."""
    faces = mesh.faces[mesh.material_of == material]
    used, corners = np.unique(faces, return_inverse=True)
    pose = scenes.pose.to_world[k].astype(float)
    look, colours = mesh.materials[material], mesh.colours[used, :3] / 255.0
    coloured = bool((colours != 1).any())
    properties = mi.Properties()
    matt = {"type": "diffuse", "reflectance": _colour(look, coloured)}
    properties["bsdf"] = mi.load_dict({"type": "twosided", "nested": matt})
    shape = mi.Mesh(f"part{material}", len(used), len(faces), properties, has_vertex_normals=True,
                    has_vertex_texcoords=True)
    if coloured:
        shape.add_attribute("vertex_color", 3, (colours * look.colour[:3]).astype(np.float32).ravel())
    normals = mesh.normals[used] @ np.linalg.inv(pose)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    parameters = mi.traverse(shape)
    parameters["vertex_positions"] = (mesh.vertices[used] @ pose.T + scenes.pose.origin[k]).astype(np.float32).ravel()
    parameters["vertex_normals"] = normals.astype(np.float32).ravel()
    parameters["vertex_texcoords"] = mesh.uvs[used].ravel()  # v = 0 is the top row of the picture for both
    parameters["faces"] = corners.astype(np.uint32).ravel()
    parameters.update()
    return shape


def _colour(material, coloured):
    if material.texture is not None:
        encoded = material.texture[..., :3] / 255.0
        linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
        picture = np.ascontiguousarray((linear * material.colour[:3]).astype(np.float32))
        return {"type": "bitmap", "bitmap": mi.Bitmap(picture), "raw": True, "filter_type": "bilinear",
                "wrap_mode": "repeat"}
    if coloured:
        return {"type": "mesh_attribute", "name": "vertex_color"}
    return {"type": "rgb", "value": list(material.colour[:3])}
