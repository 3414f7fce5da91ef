"""Fetch one file from the web into the cache: with progress, a checksum, and a quick, clear answer without network."""

import hashlib
import os
import threading
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

from mixreal.datasets.shards import room_for
from mixreal.errors import BadInput
from mixreal.progress import progress

TIMEOUT = 10.0  # seconds for a server to answer


class NoData(BadInput):
    """Data that is neither given nor can be fetched: there is no network, or the server does not answer."""


def cache_folder() -> Path:
    """Where downloads are kept: `MIXREAL_CACHE`, else ~/.cache/mixreal."""
    return Path(os.environ.get("MIXREAL_CACHE") or Path.home() / ".cache" / "mixreal").expanduser()


def fetch(url: str, md5: str, advice: str) -> Path:
    """The cached file of `url`, downloaded if it is not there; `advice` says what to do when it cannot be."""
    name = url.rsplit("/", 1)[1]
    place = cache_folder() / name
    if place.is_file():
        return place
    response = _open(url, advice)
    with room_for(place.parent, int(response.headers.get("Content-Length") or 0)):
        place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f"{name}.{os.getpid()}.tmp")
    try:
        found = _save(response, temporary, name, url, advice)
        if found != md5:
            raise NoData(f"{url} came with MD5 {found}, not {md5}: try again, or {advice}")
        os.replace(temporary, place)
    finally:
        temporary.unlink(missing_ok=True)
    return place


def _open(url: str, advice: str) -> Any:
    """The response, within `TIMEOUT` seconds: looking up a name has no timeout of its own, so a thread waits for it."""
    answer: list[Any] = []

    def ask() -> None:
        try:
            answer.append(urllib.request.urlopen(url, timeout=TIMEOUT))
        except (OSError, HTTPException, ValueError) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    if not answer or isinstance(answer[0], Exception):
        raise NoData(f"cannot download {url} ({_reason(answer)}): {advice}")
    return answer[0]


def _reason(answer: list[Any]) -> str:
    if not answer:
        return f"no answer in {TIMEOUT:g} s"
    if isinstance(answer[0], urllib.error.HTTPError):
        answer[0].close()
        return f"{answer[0].code} {answer[0].reason}"
    return str(getattr(answer[0], "reason", answer[0]))


def _save(response: Any, path: Path, name: str, url: str, advice: str) -> str:
    """Write the response's bytes to `path`; returns their MD5."""
    digest = hashlib.md5(usedforsecurity=False)
    total = int(response.headers.get("Content-Length") or 0)
    with response, progress(f"downloading {name}", total // 1000, "kB") as advance, room_for(path.parent, total):
        file = path.open("wb")
        with file:
            while True:
                try:
                    block = response.read(1 << 20)
                except (OSError, HTTPException) as error:
                    raise NoData(f"the download of {url} broke off ({error}): try again, or {advice}") from None
                if not block:
                    return digest.hexdigest()
                file.write(block)
                digest.update(block)
                advance(len(block) // 1000)
