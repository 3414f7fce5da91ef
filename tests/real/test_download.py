"""Downloads: checked, kept, and quickly given up without a network."""

import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mixreal.errors import BadInput
from mixreal.real import cifar, download
from mixreal.real.sets import NoData, load


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    content = b"x" * 3_000_000

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/missing.tar.gz":
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content if self.path == "/whole.tar.gz" else content[:1000])

        def log_message(self, *args: Any) -> None: ...

    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


def test_a_download_is_checked_and_kept(server: str) -> None:
    md5 = hashlib.md5(b"x" * 3_000_000).hexdigest()
    with pytest.raises(BadInput, match="came with MD5"):
        download.fetch(f"{server}/whole.tar.gz", "0" * 32, "give it")
    path = download.fetch(f"{server}/whole.tar.gz", md5, "give it")
    assert path == download.cache_folder() / "whole.tar.gz"
    assert path.stat().st_size == 3_000_000
    assert download.fetch("https://nowhere.invalid/whole.tar.gz", md5, "give it") == path
    with pytest.raises(BadInput):
        download.fetch(f"{server}/cut.tar.gz", md5, "give it")
    assert [p.name for p in download.cache_folder().iterdir()] == ["whole.tar.gz"]


def test_no_network_is_said_quickly_and_clearly(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cifar, "SITE", "http://127.0.0.1:9/")
    monkeypatch.setenv("MIXREAL_DATA", "")
    start = time.monotonic()
    with pytest.raises(NoData, match=r"cannot download .*-python\.tar\.gz .*: put cifar-10-python\.tar\.gz into"):
        load("cifar-da4")
    with pytest.raises(NoData, match="404"):
        download.fetch(f"{server}/missing.tar.gz", "", "give it")
    with pytest.raises(NoData, match="airplane-bicycle: photos are needed"):
        load("airplane-bicycle")
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    monkeypatch.setattr(download.urllib.request, "urlopen", lambda url, timeout: time.sleep(5))
    with pytest.raises(NoData, match="no answer"):
        download.fetch(f"{server}/slow.tar.gz", "", "give it")
    assert time.monotonic() - start < 8
