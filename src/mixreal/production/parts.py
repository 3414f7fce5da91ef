"""Parts of a dataset for any scheduler: part 3 of 8 is every eighth shard from the third on."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from mixreal.errors import BadInput


@dataclass(frozen=True)
class Part:
    """Which shards are ours. Parts of as many never overlap, and together they are the whole."""

    number: int = 1  # from 1
    of: int = 1

    def __contains__(self, shard: object) -> bool:
        return isinstance(shard, int) and shard % self.of == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}" if self.of > 1 else ""


def read_part(text: str) -> Part:
    """`"3/8"` is the third of eight; "" is the whole."""
    if not text:
        return Part()
    found = re.fullmatch(r"(\d+)/(\d+)", text.strip())
    part = Part(int(found[1]), int(found[2])) if found else Part(0, 0)
    if not 1 <= part.number <= part.of <= 1_000_000:
        raise BadInput(f"--part {text!r}: expected K/N with K from 1 to N, such as 3/8")
    return part


def tell_missing(missing: Collection[int], of: int) -> str:
    """Which parts still have shards to render, in words.

    >>> tell_missing([1, 2, 5], 4)
    '3 shards are still missing, of parts 2/4, 3/4'
    """
    parts = sorted({shard % of + 1 for shard in missing})
    names = ", ".join(f"{part}/{of}" for part in parts[:8]) + (f" and {len(parts) - 8} more" if len(parts) > 8 else "")
    what = "shard is" if len(missing) == 1 else "shards are"
    return f"{len(missing):,} {what} still missing, of part{'s' * (len(parts) > 1)} {names}"
