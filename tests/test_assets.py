"""open_assets: folders of pictures and Radiance maps, broken ones named; and the procedural pictures."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from mixreal.assets import Assets, open_assets
from mixreal.errors import BadInput
from mixreal.images import backgrounds, skies, textures
from mixreal.images.photos import read_envmaps, read_photos
from mixreal.images.radiance import read_hdr, shrink


@pytest.fixture(scope="module")
def made() -> Assets:
    return open_assets()


def test_procedural_assets(made: Assets) -> None:
    assert made.textures.shape == (48, 256, 256, 3) and made.textures.dtype == np.uint8
    assert made.backgrounds.shape == (64, 256, 256, 3) and made.backgrounds.dtype == np.uint8
    assert made.envmaps.shape == (12, 256, 512, 3) and made.envmaps.dtype == np.float32
    assert (len(made.texture_names), len(made.background_names), len(made.envmap_names)) == (48, 64, 12)
    assert made.problems == () and (made.envmaps >= 0).all() and np.isfinite(made.envmaps).all()
    for pictures in (made.textures, made.backgrounds):
        assert len({p.tobytes() for p in pictures}) == len(pictures)


def test_procedural_pictures_depend_on_their_number_alone(made: Assets) -> None:
    assert np.array_equal(textures.make(5), made.textures[:5])
    assert np.array_equal(backgrounds.make(5), made.backgrounds[:5])
    assert np.array_equal(skies.make(3), made.envmaps[:3])
    assert not np.array_equal(textures.make(2, seed=1), made.textures[:2])


def test_backgrounds_look_like_photographs_in_the_mean(made: Assets) -> None:
    """Brightness, contrast and colour near those of CIFAR photos (mean 0.49, deviation 0.25, saturation 0.13)."""
    small = made.backgrounds.reshape(64, 32, 8, 32, 8, 3).mean((2, 4)) / 255
    assert 0.4 < small.mean() < 0.6
    assert 0.17 < small.std() < 0.33
    assert 0.08 < (small.max(-1) - small.min(-1)).mean() < 0.25


def test_skies_light_from_above_and_are_of_one_brightness(made: Assets) -> None:
    rows = np.sin((np.arange(256) + 0.5) / 256 * np.pi)[:, None]
    light = made.envmaps @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    mean = (light * rows).sum((1, 2)) / (rows.sum() * 512)
    assert (mean > 0.2).all() and (mean < 2).all()
    assert ((light[:, :128] * rows[:128]).sum((1, 2)) > (light[:, 128:] * rows[128:]).sum((1, 2))).all()


def test_a_photo_is_its_centre_square(tmp_path: Path) -> None:
    picture = np.zeros((100, 300, 3), np.uint8)
    picture[:, 100:200] = (10, 200, 30)
    Image.fromarray(picture).save(tmp_path / "a.png")
    read = read_photos(tmp_path, "backgrounds")
    assert read.pixels.shape == (1, 256, 256, 3)
    assert np.abs(read.pixels[0, :, 8:-8].astype(int) - [10, 200, 30]).max() <= 1
    assert read.names == ("a.png",)


def test_exif_turned_grey_and_palette_photos(tmp_path: Path) -> None:
    top_dark = np.repeat(np.repeat([[0], [255]], 40, 0), 80, 1).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180 degrees
    Image.fromarray(top_dark).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    Image.fromarray(top_dark).convert("P").save(tmp_path / "palette.gif")
    read = read_photos(tmp_path, "textures")
    assert read.names == ("palette.gif", "turned.jpg")
    assert read.pixels[0, 10].max() < 30 and read.pixels[0, -10].min() > 225
    assert read.pixels[1, 10].min() > 225 and read.pixels[1, -10].max() < 30


def test_sixteen_bits_are_scaled_and_alpha_lies_on_white(tmp_path: Path) -> None:
    for name in ("backgrounds", "textures"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (9, 9), (1, 2, 3)).save(tmp_path / name / "plain.png")
    plain = open_assets(str(tmp_path / "backgrounds"), str(tmp_path / "textures"))
    for name in ("backgrounds", "textures"):
        Image.fromarray(np.full((9, 9), 25700, np.uint16)).save(tmp_path / name / "deep.png")
        Image.new("RGBA", (9, 9), (255, 0, 0, 0)).save(tmp_path / name / "hidden.png")
    read = open_assets(str(tmp_path / "backgrounds"), str(tmp_path / "textures"))
    for pixels in (read.backgrounds, read.textures):
        assert [picture[0, 0].tolist() for picture in pixels] == [[100] * 3, [255] * 3, [1, 2, 3]]
    assert np.array_equal(read.backgrounds[2], plain.backgrounds[0]) and read.digest != plain.digest


def test_procedural_pictures_are_named_by_their_code(made: Assets) -> None:
    """Whatever else changes: a dataset of theirs is found again."""
    code = hashlib.blake2b(digest_size=16)
    for path in 3 * sorted(Path(backgrounds.__file__).parent.glob("*.py")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        code.update(f"{path.name}\0{len(content)}\0".encode() + content)
    assert made.digest == code.hexdigest()


def test_broken_photos_are_named_and_left_out(tmp_path: Path) -> None:
    Image.fromarray(np.full((9, 9, 3), 77, np.uint8)).save(tmp_path / "good.png")
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff nonsense")
    (tmp_path / "cut.png").write_bytes((tmp_path / "good.png").read_bytes()[:40])
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("")
    read = read_photos(tmp_path, "backgrounds")
    assert read.names == ("good.png",) and (read.pixels == 77).all()
    assert len(read.problems) == 2 and "bad.jpg" in read.problems[0] and "cut.png" in read.problems[1]


def test_bad_folders(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"backgrounds .*no such folder"):
        open_assets(backgrounds=str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match=r"envmaps .*no picture in it: give a folder of .hdr"):
        open_assets(envmaps=str(tmp_path))
    (tmp_path / "bad.png").write_bytes(b"")
    with pytest.raises(BadInput, match=r"textures .*none of its 1 pictures can be read"):
        open_assets(textures=str(tmp_path))


def test_digest_is_of_contents_not_of_place(tmp_path: Path, made: Assets) -> None:
    def digest(value: int, place: str) -> str:
        folder = tmp_path / place
        folder.mkdir()
        Image.fromarray(np.full((9, 9, 3), value, np.uint8)).save(folder / "a.png")
        (folder / "a.hdr").write_bytes(header(1, 1) + bytes([128, 64, 32, 129]))
        return open_assets(str(folder), str(folder), str(folder)).digest

    assert digest(10, "one") == digest(10, "two") != digest(20, "three")
    assert made.digest != digest(10, "four")


@settings(max_examples=40)
@given(rgbe=arrays.arrays(np.uint8, st.tuples(st.integers(1, 4), st.integers(1, 40), st.just(4)),
                          elements=st.sampled_from([0, 1, 2, 100, 128, 129, 200])), coded=st.booleans())
def test_radiance_is_read_as_written(tmp_path_factory: pytest.TempPathFactory, rgbe: np.ndarray, coded: bool) -> None:
    height, width = rgbe.shape[:2]
    if width < 8:
        coded = False
    if not coded:
        rgbe[0, 0, 0] = 77  # or the first pixel could pass for the start of a coded row
    path = tmp_path_factory.mktemp("hdr") / "a.hdr"
    path.write_bytes(header(height, width) + (run_lengths(rgbe) if coded else rgbe.tobytes()))
    expected = rgbe[..., :3] * np.where(rgbe[..., 3:] > 0, 2.0 ** (rgbe[..., 3:].astype(float) - 136), 0)
    assert read_hdr(path) == pytest.approx(expected, rel=1e-6, abs=0)


def test_exposure_is_divided_out(tmp_path: Path) -> None:
    pixel = bytes([128, 64, 32, 129])
    (tmp_path / "a.hdr").write_bytes(header(1, 1, b"EXPOSURE=4\n") + pixel)
    assert read_hdr(tmp_path / "a.hdr")[0, 0] == pytest.approx([0.25, 0.125, 0.0625])


@given(height=st.integers(1, 300), width=st.integers(1, 300))
@settings(max_examples=25)
def test_shrinking_keeps_a_small_sun(height: int, width: int) -> None:
    picture = np.zeros((height, width, 3), np.float32)
    picture[height // 3, width // 2] = 1000
    small = shrink(picture)
    assert small.shape == (256, 512, 3)
    assert small.mean() == pytest.approx(picture.mean(), rel=1e-4)


def test_broken_envmaps_are_named(tmp_path: Path) -> None:
    good = header(2, 8) + run_lengths(np.full((2, 8, 4), 129, np.uint8))
    files = {"good.hdr": good, "cut.hdr": good[:-6], "xyze.hdr": good.replace(b"rgbe", b"xyze"), "not.hdr": b"P6 1 1",
             "huge.hdr": header(999999, 999999)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    read = read_envmaps(tmp_path)
    assert read.names == ("good.hdr",) and read.pixels.dtype == np.float32
    assert read.pixels == pytest.approx(129 / 256 * 2)
    assert sorted(Path(p.split(": ")[0]).name for p in read.problems) == ["cut.hdr", "huge.hdr", "not.hdr", "xyze.hdr"]


def header(height: int, width: int, more: bytes = b"") -> bytes:
    return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n" + more + f"\n-Y {height} +X {width}\n".encode()


def run_lengths(rgbe: np.ndarray) -> bytes:
    """The rows as runs where values repeat, as single values where not."""
    out = b""
    for row in rgbe:
        out += bytes([2, 2, len(row) >> 8, len(row) & 255])
        for plane in row.T:
            at = 0
            while at < len(plane):
                run = 1
                while at + run < len(plane) and run < 127 and plane[at + run] == plane[at]:
                    run += 1
                out += bytes([128 + run, plane[at]]) if run > 1 else bytes([1, plane[at]])
                at += run
    return out


def test_procedural_pictures_are_kept_and_a_damaged_file_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path))
    first = open_assets()
    kept = sorted(tmp_path.rglob("*.npy"))
    assert [path.name for path in kept] == ["background.npy", "sky.npy", "texture.npy"]
    kept[0].write_bytes(b"damaged")
    again = open_assets()
    assert np.array_equal(first.backgrounds, again.backgrounds) and np.array_equal(first.envmaps, again.envmaps)
    assert first.digest == again.digest
