"""Shards over processes, one a GPU or several on the cores: a shard is a task, a process that dies costs its shard."""

import multiprocessing
import signal
import sys
import traceback
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from mixreal.children import UNGUARDED, deaf, settle_in
from mixreal.errors import BadInput
from mixreal.production.ranges import Work, prepare, render_shards
from mixreal.production.storage import storage_of

TRIES = 3  # processes that a shard may end before we give up on it
LEAVE = 60.0  # seconds for processes to leave when asked to


@dataclass
class Hand:
    """A worker process, seen from the main one."""

    process: Any
    device: str
    shard: int  # that it renders
    rendered: int = 0  # images of it


@dataclass
class Crew:
    """The workers at work, and what is left for them."""

    work: Work
    waiting: deque[int]
    hands: dict[Connection, Hand] = field(default_factory=dict)
    ended: Counter[int] = field(default_factory=Counter)  # shard -> processes that died over it


def render_in_processes(work: Work, wanted: Sequence[int], devices: Sequence[str],
                        advance: Callable[[int], None]) -> None:
    """Render the shards `wanted` by one process for each of `devices`.

    Processes are spawned, not forked: a fork would inherit locked threads and a GPU context. A process that dies is
    replaced and its shard rendered again, up to three times; then `BadInput` says how it died. `advance` is told the
    images of each range, and what was lost as a negative count.
    """
    crew = Crew(work, deque(wanted))
    try:
        for device in devices[:len(wanted)]:
            _start(crew, device)
        while crew.hands:
            for pipe in wait(list(crew.hands)):
                _hear(crew, cast(Connection, pipe), advance)  # of another class on Windows
    except BaseException:
        _dismiss(crew)
        raise


def _hear(crew: Crew, pipe: Connection, advance: Callable[[int], None]) -> None:
    """Take one message: images rendered, a shard finished (None), or what went wrong."""
    hand = crew.hands[pipe]
    try:
        said = pipe.recv()
    except (EOFError, OSError):
        _replace(crew, pipe, advance)
        return
    if isinstance(said, BaseException):
        raise said
    if said is not None:
        hand.rendered += said
        advance(said)
    elif crew.waiting:
        hand.shard, hand.rendered = crew.waiting.popleft(), 0
        _tell(pipe, hand.shard)
    else:
        del crew.hands[pipe]
        _tell(pipe, None)
        pipe.close()
        hand.process.join(LEAVE)


def _replace(crew: Crew, pipe: Connection, advance: Callable[[int], None]) -> None:
    """A worker has died: its shard is rendered again, by a new one."""
    hand = crew.hands.pop(pipe)
    pipe.close()
    hand.process.join(LEAVE)
    advance(-hand.rendered)
    if hand.process.exitcode == UNGUARDED:
        raise BadInput("each process that renders reads your script again as it starts: put what calls mixreal in it "
                       'below `if __name__ == "__main__":`') from None
    crew.ended[hand.shard] += 1
    how = _cause(hand.process.exitcode)
    if crew.ended[hand.shard] >= TRIES:
        raise BadInput(f"{TRIES} rendering processes have ended over shard {hand.shard} ({how}): run the same command "
                       "again with fewer --processes (finished shards are kept)") from None
    print(f"a rendering process ended ({how}): shard {hand.shard} is rendered again", file=sys.stderr, flush=True)
    crew.waiting.appendleft(hand.shard)
    _start(crew, hand.device)


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"{signal.Signals(-code).name}{', out of memory?' if code == -9 else ''}"
    return f"exit code {code}, see above"


def _start(crew: Crew, device: str) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(crew.work, device, theirs), daemon=True)
    with deaf():
        process.start()
    theirs.close()  # so that we hear when the other end is gone
    crew.hands[ours] = Hand(process, device, crew.waiting.popleft())
    _tell(ours, crew.hands[ours].shard)


def _tell(pipe: Connection, word: int | None) -> None:
    with suppress(OSError):  # a dead worker is noticed on listening
        pipe.send(word)


def _dismiss(crew: Crew) -> None:
    """Let all go: each leaves at its next range."""
    for pipe in crew.hands:
        _tell(pipe, None)
    for hand in crew.hands.values():
        hand.process.join(LEAVE)
        if hand.process.is_alive():
            hand.process.kill()



# -- in the worker ---------------------------------------------------------------------------------------------------


class _Stopped(Exception):
    """The main process wants us to leave."""


def _work(work: Work, device: str, pipe: Connection) -> None:
    """Render one shard after the other, as the main process names them, until it says None."""
    settle_in()  # Ctrl-C reaches the main process, which tells us
    try:
        synthesis = prepare(work, device)
        write = partial(storage_of(work.root).write_shard, work.root)
        with ThreadPoolExecutor(work.threads) as pool:
            while (shard := pipe.recv()) is not None:
                render_shards(synthesis, work.header, [shard], pool, work.threads, partial(_rendered, pipe), write)
                pipe.send(None)
    except (_Stopped, EOFError):
        pass
    except BaseException as error:
        with suppress(OSError):
            pipe.send(_sendable(error))


def _rendered(pipe: Connection, images: int) -> None:
    """Tell of a range. No semaphore is shared: a process killed while it holds one would hang the others."""
    if pipe.poll():  # nothing is sent to a worker in the middle of a shard but the wish that it stop
        raise _Stopped
    pipe.send(images)


def _sendable(error: BaseException) -> BaseException:
    """An exception that survives the pipe, with its traceback as a note."""
    if isinstance(error, BadInput):
        return BadInput(str(error))
    known = type(error) if isinstance(error, (MemoryError, OSError)) else RuntimeError
    sent = known(*error.args) if known is not RuntimeError else RuntimeError(f"{type(error).__name__}: {error}")
    sent.add_note("in a rendering process:\n" + "".join(traceback.format_exception(error)))
    return sent
