"""What an interrupted training needs to go on exactly, in one file, and the finished model's weights in another."""

import pickle
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor, nn

from mixreal.errors import BadInput, first_line, unreadable
from mixreal.metrics import settle
from mixreal.runs import MODEL, atomic, write_bytes

CHECKPOINT = "checkpoint.pt"


@dataclass
class State:
    """Where a training stands between two steps."""

    step: int  # steps done
    metrics_bytes: int  # length of metrics.jsonl at that time
    seconds: float  # spent training
    loss_sum: Tensor  # () of the steps since the last line of metrics
    loss_count: int
    precision: str  # as resolved: a resume keeps it
    compiled: bool = False  # likewise: compiled code rounds in another order


def save(folder: Path, identity: str, state: State, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Write the checkpoint, whole or not at all, in place of the last one."""
    save_content(folder, {"identity": identity, **vars(state), "model": model.state_dict(),
                          "optimizer": optimizer.state_dict()})


def save_content(folder: Path, content: dict[str, Any]) -> None:
    """Write any checkpoint, whole or not at all; `BadInput` where the disk is full."""
    settle(folder)
    with atomic(folder / CHECKPOINT) as temporary:
        try:
            torch.save(content, temporary)
        except RuntimeError as error:  # torch's zip writer reports a full disk in its own way
            raise BadInput(f"cannot write {str(folder / CHECKPOINT)!r} (is the disk full?): free some space and "
                           f"run the same command again. {first_line(error)}") from error


def load(folder: Path, identity: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> State | None:
    """Take model and optimizer to where the last checkpoint left them; None if there is none."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        if content["identity"] != identity:
            raise ValueError("it belongs to another training")
        model.load_state_dict(content["model"])
        optimizer.load_state_dict(content["optimizer"])
        return State(**{name: content[name] for name in State.__dataclass_fields__})
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, pickle.UnpicklingError,
            zipfile.BadZipFile) as error:
        raise unreadable(path, error, "delete that file to train from the start", "used") from error


def remove(folder: Path) -> None:
    """Delete the checkpoint of a training that is finished."""
    (folder / CHECKPOINT).unlink(missing_ok=True)


def save_model(folder: Path, model: nn.Module, about: str) -> None:
    """Write the weights and batch-norm statistics as they are now to model.safetensors, with a word about them."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    # One key: the order of several is random. (Its own way of writing files lets nobody but the owner read them.)
    write_bytes(folder / MODEL, safetensors.save(tensors, metadata={"about": about}))


def load_model(folder: Path, model: nn.Module) -> None:
    """Read model.safetensors into a model of the same shape."""
    path = folder / MODEL
    try:
        model.load_state_dict(safetensors.load(path.read_bytes()))
    except (OSError, SafetensorError, RuntimeError, KeyError) as error:
        raise unreadable(path, error, "delete the run and train again") from error
