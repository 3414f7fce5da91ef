"""What a person did that cannot work, said in one line: what was given, what was expected, what to do."""

import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path


class BadInput(ValueError):
    """Wrong input, told to a person. The CLI prints the message alone and exits with 2."""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A suggestion to end an error with: the nearest known name if there is one, and all of them if few.

    >>> did_you_mean("textur", ["texture", "lighting"])
    "did you mean 'texture'? known: lighting, texture"
    """
    names = sorted(known)
    near = nearest(given, names)
    hint = f"did you mean {near!r}? " if near else ""
    return f"{hint}known: {', '.join(names)}" if len(names) <= 40 else hint.strip()


def nearest(given: str, known: Iterable[str]) -> str:
    """The known name that somebody may have meant; "" where none is near."""
    return next(iter(get_close_matches(given, sorted(known), n=1, cutoff=0.6)), "")


def tell_left_out(where: object, problems: Sequence[str], told: str = "files left out") -> None:
    """Name the files that were left out, on stderr: all of few, the first ones of many."""
    if problems:
        some = "".join(f"\n  {problem}" for problem in problems[:5])
        more = f"\n  ... and {len(problems) - 5:,} more" if len(problems) > 5 else ""
        print(f"{where}: {len(problems):,} {told}:{some}{more}", file=sys.stderr)


def unreadable(path: Path, error: BaseException, repair: str, verb: str = "read") -> BadInput:
    """`BadInput` for a file that cannot be read: one without permission is whole, only a damaged one wants `repair`."""
    if isinstance(error, PermissionError):
        return BadInput(f"{str(path)!r} may not be read by this user: nothing is damaged: give yourself permission "
                        "(chmod u+r) or ask its owner")
    return BadInput(f"{str(path)!r} cannot be {verb} ({first_line(error)}): {repair}")


def first_line(error: BaseException) -> str:
    """An error in one line of at most 200 characters; one without words by its name."""
    return (str(error) or type(error).__name__).strip().splitlines()[0][:200]


def check_name(path: Path) -> None:
    """`BadInput` for a file whose name is not UTF-8: no recipe and no table could hold it."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise BadInput(f"{str(path).encode(errors='replace').decode()}: its name is not UTF-8: rename it") from None


def check_known(given: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raise `BadInput` for the first of `given` names that is not `known`; `what` names the kind of thing."""
    names = list(known)
    for name in given:
        if name not in names:
            raise BadInput(f"unknown {what} {name!r}: {did_you_mean(name, names)}")
