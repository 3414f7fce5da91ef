"""mixreal: image classifiers from limited real and abundant synthetic images.

    import mixreal as mx
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixreal.api import load, refine, render, stream, train
    from mixreal.datasets.dataset import Dataset
    from mixreal.errors import BadInput
    from mixreal.learning.predicting import predict
    from mixreal.learning.trainspec import TrainSpec
    from mixreal.real.sets import RealData, limited
    from mixreal.refining.spec import RefineSpec
    from mixreal.runs import Run, open_run
    from mixreal.spec import RenderSpec

__all__ = ["BadInput", "Dataset", "RealData", "RefineSpec", "RenderSpec", "Run", "TrainSpec", "limited", "load",
           "open_run", "predict", "refine", "render", "stream", "train"]

_HOME = {"load": "api", "refine": "api", "render": "api", "stream": "api", "train": "api", "BadInput": "errors",
         "RenderSpec": "spec", "RefineSpec": "refining.spec", "Dataset": "datasets.dataset", "RealData": "real.sets",
         "limited": "real.sets", "Run": "runs", "open_run": "runs", "predict": "learning.predicting",
         "TrainSpec": "learning.trainspec"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import mixreal` and `mixreal --help` start at once."""
    if name not in _HOME:
        raise AttributeError(f"module 'mixreal' has no attribute {name!r}")
    return getattr(import_module(f"mixreal.{_HOME[name]}"), name)
