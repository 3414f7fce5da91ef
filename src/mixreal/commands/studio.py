"""`mixreal studio`: every latent, every job and every result of a folder, in a browser."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated

import tyro

from mixreal.commands.parse import check_count, parse
from mixreal.errors import BadInput


@dataclass(frozen=True)
class Studio:
    """Open the studio on a folder: see every latent move, launch every job, look into every result.

    It listens on this machine alone; the address that it prints holds the token without which nobody enters.
    Over ssh: `ssh -L 8470:localhost:8470 HOST`, then open the address here.
    """

    folder: Annotated[str, tyro.conf.Positional] = "."  # where datasets, runs and reports lie, or will
    data: str = ""  # the folder of your own material; "" = MIXREAL_DATA
    port: int = 8470  # 0 takes a free one
    host: str = "127.0.0.1"  # another opens it to the network: the token is then all that guards it
    token: str = ""  # "" makes a new one
    show: bool = True  # open a browser


def run(argv: Sequence[str]) -> int:
    """Parse, and serve until Ctrl-C."""
    asked = parse(Studio, argv, "studio")
    check_count("--port", asked.port, 0, 65535)
    if find_spec("nicegui") is None:
        raise BadInput("the studio needs NiceGUI: pip install -c constraints.txt '.[studio]' in mixreal's folder")

    from mixreal.studio.app import serve
    from mixreal.studio.workspace import open_workspace

    workspace = open_workspace(asked.folder, asked.data or os.environ.get("MIXREAL_DATA") or None)
    serve(workspace, asked.host, asked.port, asked.token, asked.show)
    return 0
