"""Newest only: work for a page off its event loop, one piece at a time; of what waits, the newest alone is done."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Made = TypeVar("Made")


class Newest(Generic[Asked, Made]):
    """`work` runs in a thread, `show` in the event loop, in the order in which things were asked for.

    What is asked for while another piece is worked on replaces what was waiting. So results appear in order, none is
    shown after a newer one, and the last thing asked for is always the last shown.
    """

    def __init__(self, work: Callable[[Asked], Made], show: Callable[[Asked, Made], None],
                 failed: Callable[[Exception], None]) -> None:
        self.work, self.show, self.failed = work, show, failed
        self.waiting: list[Asked] = []  # one at most
        self.task: asyncio.Task[None] | None = None
        self.skipped = 0  # requests that a newer one replaced

    def ask(self, wanted: Asked) -> None:
        """Have this done next, in place of anything that waits. To be called in the event loop."""
        self.skipped += len(self.waiting)
        self.waiting = [wanted]
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._go_on())

    async def settled(self) -> None:
        """Wait until everything that was asked for is shown or replaced."""
        while self.task is not None and not self.task.done():
            await asyncio.wait([self.task])

    async def _go_on(self) -> None:
        while self.waiting:
            wanted = self.waiting.pop()
            try:
                made = await asyncio.to_thread(self.work, wanted)
            except Exception as error:  # told on the page; the next request gets its chance
                self.failed(error)
                continue
            self.show(wanted, made)
