"""The studio's pages: where each lives, its title, and the module whose `page(workspace)` fills it.

A page module has `def page(workspace: Workspace) -> None`, called once for each visitor inside the shell's frame: it
adds NiceGUI elements, nothing else. What it raises as `BadInput` stands on the page as a sentence (`shell.trouble`),
while it is built and in any event handler later on; query parameters are `shell.query("name")`. It is imported when
the studio starts; a page whose module is missing is left out of the navigation.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page of the navigation."""

    title: str
    module: str
    said: str  # what one does there, under the title


PAGES = {
    "/": Page("Scene", "mixreal.studio.pages.scene", "Every latent of an image, under your hand"),
    "/batch": Page("Batch", "mixreal.studio.pages.batch", "Render a dataset from a recipe"),
    "/data": Page("Data", "mixreal.studio.pages.data", "Look into a dataset, real, synthetic or refined"),
    "/train": Page("Train", "mixreal.studio.pages.train", "A classifier from photos and renderings"),
    "/refine": Page("Refine", "mixreal.studio.pages.refine", "Bring real and synthetic images together"),
    "/results": Page("Results", "mixreal.studio.pages.results", "Ours beside the paper's"),
    "/doctor": Page("Doctor", "mixreal.studio.pages.doctor", "What works on this machine"),
}
