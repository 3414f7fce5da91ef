"""A plug-in by its name, `package.module:attribute`: installed, or a file in the working folder."""

import importlib
import os
import sys
from typing import Any

from mixreal.errors import BadInput, first_line


def plugin(place: str, what: str, expected: str) -> Any:
    """What `place` names. `what` and `expected` say in an error what it is and what it should be.

    The working folder is looked at last, so that no file in it hides a package. `BadInput` for whatever goes wrong in
    the module: it is its owner's to mend.
    """
    module, _, attribute = place.partition(":")
    here = os.getcwd()
    if here not in sys.path and "" not in sys.path:  # a console script has its own folder there, not the user's
        sys.path.append(here)
    importlib.invalidate_caches()  # the file may be a second old
    try:
        return getattr(importlib.import_module(module), attribute)
    except Exception as error:
        raise BadInput(f"{what} {place!r} cannot be imported ({type(error).__name__}: {first_line(error)}): expected "
                       f"package.module:attribute, {expected}, installed or in the working folder") from error
