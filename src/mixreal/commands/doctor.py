"""`mixreal doctor`: what works on this machine, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from mixreal.commands.parse import parse


@dataclass(frozen=True)
class Doctor:
    """Look at Python, the packages, the processor, any GPU, the disk and the data, and render a few images."""

    data: str = ""  # the folder of your own material; "" = MIXREAL_DATA
    quick: bool = False  # leave out what takes more than a second


def run(argv: Sequence[str]) -> int:
    """Parse, examine, print; 1 if something needed does not work."""
    asked = parse(Doctor, argv, "doctor")

    from mixreal.doctor import examine, told

    findings = examine(data=asked.data or None, quick=asked.quick)
    print(told(findings))
    return 1 if any(finding.state == "problem" for finding in findings) else 0
