"""Newest only: results in order, and the last thing asked for is the last shown."""

import asyncio
import random
import time

from mixreal.studio.newest import Newest


def test_the_last_one_asked_for_is_the_last_one_shown() -> None:
    rng = random.Random(3)
    shown: list[int] = []

    def work(k: int) -> int:
        time.sleep(0.001 * (k % 7))
        return k

    async def walk() -> Newest[int, int]:
        newest: Newest[int, int] = Newest(work, lambda asked, made: shown.append(made), _unexpected)
        for k in range(200):
            newest.ask(k)
            if rng.random() < 0.5:
                await asyncio.sleep(0.002 * rng.random())
        await newest.settled()
        return newest

    newest = asyncio.run(walk())
    assert shown == sorted(set(shown)) and shown[-1] == 199
    assert newest.skipped == 200 - len(shown) > 0


def test_one_that_fails_is_told_and_the_next_gets_its_chance() -> None:
    shown: list[int] = []
    failed: list[str] = []

    async def walk() -> None:
        newest: Newest[int, int] = Newest(lambda k: 10 // k, lambda asked, made: shown.append(made),
                                          lambda error: failed.append(type(error).__name__))
        newest.ask(0)
        await newest.settled()
        newest.ask(5)
        await newest.settled()

    asyncio.run(walk())
    assert (shown, failed) == ([2], ["ZeroDivisionError"])


def _unexpected(error: Exception) -> None:
    raise error
