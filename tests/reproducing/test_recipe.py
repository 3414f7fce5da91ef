"""Recipes: every built-in one is read, the paper's numbers are the paper's, layers lie in their order."""

import math
from pathlib import Path

import pytest

from mixreal.errors import BadInput
from mixreal.reproducing.cells import lay_out
from mixreal.reproducing.preparing import Place, classes_of
from mixreal.reproducing.recipe import PRESETS, PROFILES, names, open_recipe
from mixreal.reproducing.sheet import sheet_numbers
from reproducing.album_recipe import write_recipe

#: Copied from the paper's pages by hand, not from the recipes.
PAPER = {
    "table1": {"photographs": [70.3, 71.6, 75.0, 83.0, 86.9, 88.2, None, 93.5]},
    "table2": {"no 2D augmentation": [79.17, 77.29, 74.44, 65.94, None, None],
               "crop and flip": [81.04, 82.59, 84.71, 79.90, None, None]},
    "table3": {"all": [63.55, 61.02, 57.52, 93.49, 89.73, 90.07, 84.64, *[None] * 9]},
    "figure8": {"all": [93.49, 89.73, 90.07, 84.64]},  # Table 3's rows with real images
    "beyond-ratios": {"crop and flip": [None, 84.71, None, 82.59, 81.04, None, 79.90, None]},  # Table 2's
    "beyond-real-budget": {"real only": [*[None] * 6, 79.90], "real + synthetic 1:1": [*[None] * 6, 84.71]},
    "appendix-figure1": {"no 2D augmentation": [79.17, 77.29, 74.44, 65.94, None, None],
                         "crop and flip": [81.04, 82.59, 84.71, 79.90, None, None]},
    "appendix-table1": {"no 2D augmentation": [93.71, 93.25, 94.17, 93.5], "with": [96.04, 96.22, 96.07, 95.04]},
}


#: What `paper-literal` says otherwise: flips and weights of GANs; epochs of Table 2, where a profile sets no steps.
GANS = ("table3", "figure6", "figure7", "figure8")
LITERAL = {"gpu": GANS, "paper": (*GANS, "table2", "appendix-figure1", "beyond-ratios", "beyond-real-budget")}


def test_the_recipes_are_there() -> None:
    assert set(names()) >= {"table1", "table2", "appendix-table1", "appendix-figure1", "figure2", "beyond-ratios",
                            "beyond-real-budget"}


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_recipe_lays_out_under_every_profile_and_preset(name: str, profile: str, preset: str) -> None:
    if preset == "paper-literal" and name not in LITERAL.get(profile, ()):
        with pytest.raises(BadInput, match="changes nothing"):
            open_recipe(name, profile, preset)
        return
    recipe = open_recipe(name, profile, preset)
    cells = lay_out(recipe)
    assert len(cells) == (0 if recipe.kind == "sheet" else len(recipe.rows) * len(recipe.columns))
    assert recipe.title and recipe.source
    if profile in ("smoke", "cpu", "gpu") and cells:  # equal steps for all cells
        assert len({(cell.setting.train.steps, cell.setting.train.batch) for cell in cells}) == 1
        assert cells[0].setting.train.steps > 0


@pytest.mark.parametrize("name", PAPER)
def test_the_papers_numbers(name: str) -> None:
    cells = lay_out(open_recipe(name, "paper"))
    for column, expected in PAPER[name].items():
        assert [cell.paper for cell in cells if cell.column == column] == expected


def test_no_other_recipe_has_numbers_of_the_paper() -> None:
    told = {name for name in names() if any(cell.paper is not None for cell in lay_out(open_recipe(name, "paper")))}
    assert told == set(PAPER)


def test_table2_is_trained_as_the_appendix_says() -> None:
    cells = {cell.name: cell.setting for cell in lay_out(open_recipe("table2", "paper"))}
    mixed, real = cells["1:7/crop and flip"], cells["real only/crop and flip"]
    train = mixed.train
    assert (train.optimizer, train.lr, train.momentum, train.weight_decay, train.batch, train.epochs) == (
        "sgd", 0.1, 0.9, 1e-4, 128, 500)
    assert (train.schedule, train.lr_drops, train.mix, train.augment) == ("drops", (221, 348), "1:7", ("crop", "flip"))
    assert (real.train.lr_drops, real.train.epochs, real.train.mix) == ((89, 139), 200, "1:0")
    assert mixed.synthetic.per_model == 1800 and mixed.per_class == 500
    assert classes_of(mixed, Place(Path("none")))[:2] == ("airplane", "bicycle")
    literal = {cell.name: cell.setting for cell in lay_out(open_recipe("table2", "paper", "paper-literal"))}
    assert literal["real only/crop and flip"].train.epochs == 500
    assert literal["real only/crop and flip"].train.lr_drops == (89, 139)


def test_table1_switches_variations_on_one_by_one() -> None:
    cells = [cell for cell in lay_out(open_recipe("table1", "paper")) if cell.column == "photographs"]
    on = [set(cell.setting.synthetic.vary) for cell in cells[:5]]
    assert [len(vary) for vary in on] == [0, 1, 2, 3, 5] and all(a < b for a, b in zip(on, on[1:]))
    assert cells[5].setting.synthetic == cells[4].setting.synthetic  # the sixth adds augmentation alone
    assert set(cells[5].setting.train.augment) == {"crop", "flip", "contrast", "illumination", "shear"}
    train = cells[0].setting.train
    assert (train.optimizer, train.lr, train.epochs, train.schedule, train.linear_from, train.batch) == (
        "adam", 1e-4, 250, "linear", 50, 128)
    assert cells[-1].setting.train.mix == "1:0" and not cells[-1].setting.train.augment


def test_rows_columns_and_profile_lie_over_run_in_that_order(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("""
columns = [{ name = "a" }, { name = "b", train.lr = 0.3, train.momentum = 0.5 }]
rows = [{ name = "x", train.lr = 0.2, train.epochs = 7, synthetic.ranges."camera.elevation" = [5, 10] }]
[run]
real = "cifar-da4"
synthetic = { images = 40, ranges = { "camera.azimuth" = 3 } }
train = { lr = 0.1, steps = 3, momentum = 0.1 }
[profile.cpu]
train = { momentum = 0.9 }
[profile.gpu]
train.steps = 9
""")
    a, b = (cell.setting.train for cell in lay_out(open_recipe(str(path), "cpu")))
    assert (a.lr, b.lr, a.momentum, b.momentum) == (0.2, 0.3, 0.9, 0.9)
    assert (a.epochs, a.steps) == (7, 0)  # one takes the other away
    gpu = lay_out(open_recipe(str(path), "gpu"))[0].setting
    assert (gpu.train.epochs, gpu.train.steps) == (0, 9)
    assert gpu.synthetic.ranges == {"camera.azimuth": 3, "camera.elevation": [5, 10]}


@pytest.mark.parametrize(("change", "told"), [
    (("mix = \"1:1\"", "mixx = \"1:1\""), "did you mean 'mix'"),
    (("lr = 0.01", "lrr = 0.01"), "did you mean 'lr'"),
    (("images = 8", "image = 8"), "did you mean 'images'"),
    (("[paper]", "[papers]"), "did you mean 'paper'"),
    (("row real only", "row reel only"), "did you mean 'real only'"),
    (("mix = \"1:1\"", "mix = \"1:6\""), "cannot be split"),
    (("mix = \"1:1\"", "mix = \"best\""), "best_of"),
    (("name = \"flip\"", "name = \"plain\""), "named twice"),
    (("batch = 8", "batch = \"8\""), "expected int"),
    (("batch = 8", "batch = 8, seed = 3"), "own key 'seeds'"),
    (("seeds   = [0, 1]", "seeds = [0, 0]"), "different whole numbers"),
    (("steps = 2", "steps = 2, epochs = 2"), "set exactly one of them"),
    (("[50.0, nan]", "[50.0, nan, 3.0]"), "larger than"),
    (("[[60.5, 70.25], [50.0, nan]]", "[60.5, 70.25]"), "expected a list of rows"),
    (("[50.0, nan]", '["50.0", nan]'), "expected a list of rows"),
    (('compare = "row real only"', 'kind = "budget"'), 'needs compare = "column NAME"'),
    (('augment = ["flip"]', 'augment = ["flop"]'), "did you mean 'flip'"),
    (("size = 8", 'size = 8\nclassifier = "resnet"'), "did you mean 'resnet20'"),
    (("lr = 0.01", "lr = -0.01"), "lr is -0.01"),
    (("seeds   = [0, 1]", "seeds = [0]\nsheet = 3"), "sheet = 3: expected a table"),
    (("seeds   = [0, 1]", "seeds = [0]\npreset = 'cpu'"), "preset = 'cpu': expected a table"),
    (("[paper]", "[preset]\npaper = 3\n[paper]"), r"preset\.paper = 3: expected a table"),
    (("images = 8", "images = 8\nranges = 3"), "ranges: expected a table"),
])
def test_mistakes_are_told(tmp_path: Path, photos: Path, meshes: Path, change: tuple[str, str], told: str) -> None:
    path = write_recipe(tmp_path / "mine.toml", photos, meshes)
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change))
    with pytest.raises(BadInput, match=told):
        lay_out(open_recipe(str(path)))


def test_names_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="did you mean 'table2'"):
        open_recipe("tabel2")
    with pytest.raises(BadInput, match="no recipe file"):
        open_recipe(str(tmp_path / "none.toml"))
    with pytest.raises(BadInput, match="preset 'papers'"):
        open_recipe("table2", preset="papers")
    with pytest.raises(BadInput, match="changes nothing of table3 with profile cpu"):
        open_recipe("table3", "cpu", "paper-literal")
    assert open_recipe("table3", "gpu", "paper-literal").preset == "paper-literal"
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{name}.toml").write_text(f'like = "{tmp_path / other}.toml"')
    with pytest.raises(BadInput, match="leads back to itself"):
        open_recipe(str(tmp_path / "a.toml"))
    (tmp_path / "odd.toml").write_bytes(b"title = '\xe9'")
    with pytest.raises(BadInput, match="is not TOML"):
        open_recipe(str(tmp_path / "odd.toml"))
    (tmp_path / "odd.toml").write_text("rows = [")
    with pytest.raises(BadInput, match="is not TOML"):
        open_recipe(str(tmp_path / "odd.toml"))


@pytest.mark.parametrize("sheet", ["size = 'big'", "size = 0", "examples = 1.5", "sizes = 3"])
def test_numbers_of_a_sheet(tmp_path: Path, sheet: str) -> None:
    (tmp_path / "mine.toml").write_text(f'like = "figure2"\n[sheet]\n{sheet}\n')
    with pytest.raises(BadInput, match=r"sheet\.(size|examples) = |did you mean 'size'"):
        sheet_numbers(open_recipe(str(tmp_path / "mine.toml")))


def test_paper_rows_may_be_fewer_than_ours(tmp_path: Path, photos: Path, meshes: Path) -> None:
    path = write_recipe(tmp_path / "mine.toml", photos, meshes, ', { name = "0:1", mix = "0:1" }')
    recipe = open_recipe(str(path), seeds=(4,))
    assert recipe.paper == ((60.5, 70.25), (50.0, None), (None, None)) and recipe.seeds == (4,)
    assert not any(math.isnan(value) for line in recipe.paper for value in line if value is not None)
