"""The door: nobody enters without the token, and no page loads anything from another host."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mixreal.studio.access import Guard, cookie_name


def _ask(journey: Callable[[httpx.AsyncClient], Awaitable[Any]], token: str = "right") -> Any:
    inner = Starlette(routes=[Route("/{path:path}", lambda request: PlainTextResponse(f"in {request.url.query}"))])

    async def walk() -> Any:
        transport = httpx.ASGITransport(Guard(inner, token))
        async with httpx.AsyncClient(transport=transport, base_url="http://studio:8470") as client:
            return await journey(client)

    return asyncio.run(walk())


@pytest.mark.parametrize("address", ["/", "/data?set=x", "/?token=wrong", "/?token=", "/_nicegui/x.js", "/?token=ř"])
def test_without_the_token_nothing_is_given(address: str) -> None:
    async def journey(client: httpx.AsyncClient) -> None:
        answer = await client.get(address)
        assert answer.status_code == 403
        assert "asks for its token" in answer.text and "in " not in answer.text.split("</style>")[0]

    _ask(journey)


def test_the_token_is_taken_from_the_address_into_a_cookie() -> None:
    async def journey(client: httpx.AsyncClient) -> None:
        answer = await client.get("/data?set=a%20b&token=right")
        assert (answer.status_code, answer.headers["location"]) == (303, "/data?set=a+b")
        assert "HttpOnly" in answer.headers["set-cookie"] and "SameSite=Lax" in answer.headers["set-cookie"]
        inside = await client.get("/data?set=a+b")
        assert (inside.status_code, inside.text) == (200, "in set=a+b")
        assert "default-src 'self'" in inside.headers["content-security-policy"]
        assert (await client.get("/?token=wrong")).status_code == 403  # a wrong one is wrong, cookie or not

    _ask(journey)


def test_the_redirect_stays_in_the_studio() -> None:
    async def journey(client: httpx.AsyncClient) -> None:
        answer = await client.get("http://studio:8470//elsewhere.example/?token=right")
        assert answer.headers["location"] == "/elsewhere.example/"

    _ask(journey)


def test_other_sites_cannot_use_the_cookie() -> None:
    async def journey(client: httpx.AsyncClient) -> None:
        client.cookies.set(cookie_name("right"), "right")
        assert (await client.get("/", headers={"origin": "http://studio:8470"})).status_code == 200
        assert (await client.get("/", headers={"origin": "http://studio:9999"})).status_code == 403
        assert (await client.get("/", headers={"origin": "http://elsewhere.example"})).status_code == 403

    _ask(journey)


@pytest.mark.parametrize(("cookie", "let_in"), [("", False), ("wrong", False), ("right", True)])
def test_websockets_need_the_token_too(cookie: str, let_in: bool) -> None:
    entered, said = [], []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        entered.append(scope["path"])

    async def send(message: Any) -> None:
        said.append(message)

    headers = [(b"host", b"studio"), (b"cookie", f"other={{}}; {cookie_name('right')}={cookie}".encode())]
    scope = {"type": "websocket", "path": "/_nicegui_ws/", "query_string": b"", "headers": headers}
    asyncio.run(Guard(inner, "right")(scope, None, send))  # type: ignore[arg-type]
    assert bool(entered) is let_in
    assert said == ([] if let_in else [{"type": "websocket.close", "code": 1008}])
