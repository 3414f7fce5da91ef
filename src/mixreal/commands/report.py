"""`mixreal report`: run folders -> one HTML page and one Markdown page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import tyro

from mixreal.commands.parse import parse


@dataclass(frozen=True)
class Report:
    """Report on all finished runs at or below some folders, from what lies in them alone."""

    runs: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]  # folders with runs
    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="DIR")] = ""  # where the pages go; "" = the first folder
    title: str = "mixreal report"  # the pages' title


def run(argv: Sequence[str]) -> int:
    """Parse, gather, write; prints the table and where the pages lie."""
    asked = parse(Report, argv, "report")

    from mixreal.errors import BadInput
    from mixreal.reporting.report import gather, write_pages
    from mixreal.reporting.text import text_table

    if not asked.runs:
        raise BadInput("no folder given: mixreal report DIR [DIR ...]")
    findings = gather(asked.runs, asked.title)
    pages = write_pages(findings, asked.out or asked.runs[0])
    print(text_table(findings))
    print("\n".join(str(page) for page in pages))
    return 0
