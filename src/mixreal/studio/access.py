"""Who may enter: requests and websockets that bring the studio's token, and pages that load nothing from elsewhere."""

import hashlib
import hmac
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "token"  # the query parameter of the printed address
#: Nothing from another host: scripts, styles, fonts, images and connections are the studio's own. Vue compiles
#: templates in the browser, which takes 'unsafe-eval'.
POLICY = ("default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
          "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
          "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
HEADERS = ((b"content-security-policy", POLICY.encode()), (b"x-content-type-options", b"nosniff"),
           (b"referrer-policy", b"no-referrer"), (b"x-frame-options", b"DENY"))
REFUSED = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>mixreal studio</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>:root{color-scheme:light dark}
body{font:17px/1.6 system-ui,sans-serif;max-width:34em;margin:18vh auto;padding:0 24px}h1{font-size:24px}</style></head>
<body><h1>This studio asks for its token</h1><p>Open the address that <code>mixreal studio</code> printed when it
started: it ends in <code>?token=…</code>. A studio that was started again has a new one.</p></body></html>"""


def cookie_name(token: str) -> str:
    """The cookie that keeps the token: another for each studio, since browsers share cookies between ports."""
    return f"mixreal-{hashlib.blake2b(token.encode(), digest_size=4).hexdigest()}"


class Guard:
    """ASGI middleware. A right token in the query is put into a cookie, and taken out of the address."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token, self.cookie = app, token, cookie_name(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, redirect, or refuse: 403 for requests, a closed door for websockets."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        brought = dict(query).get(TOKEN)
        if brought is not None and scope["type"] == "http" and self._right(brought):
            rest = urlencode([(key, value) for key, value in query if key != TOKEN])
            await self._welcome(quote(scope["path"]) + (f"?{rest}" if rest else ""), send)
        elif brought is None and self._right(self._kept(headers)) and _same_origin(headers):
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _answer(send, 403, REFUSED.encode(), [(b"content-type", b"text/html; charset=utf-8")])

    def _kept(self, headers: dict[str, str]) -> str:
        pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
        return next((value for name, _, value in pairs if name == self.cookie), "")

    def _right(self, brought: str) -> bool:
        return hmac.compare_digest(brought.encode(), self.token.encode())

    async def _welcome(self, place: str, send: Send) -> None:
        # One slash: `//host` would send the visitor elsewhere.
        cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Lax"
        await _answer(send, 303, b"", [(b"location", f"/{place.lstrip('/')}".encode()),
                                       (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")])


def _same_origin(headers: dict[str, str]) -> bool:
    """Whether a browser says that one of our own pages asks: another site's would bring our cookie, too."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *HEADERS]
        await send(message)

    return sending


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status,
                "headers": [*headers, *HEADERS, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
