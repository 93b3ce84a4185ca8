"""What may come in: an ASGI middleware that counts bodies and closes what the chat doesn't need."""

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]

# Of Gradio: what fetches other addresses for whoever asks, records the screen, or keeps states.
_CLOSED = re.compile(r"/gradio_api/(?:file[=/]\s*https?:|proxy=|process_recording|deep_link)", re.I)
_UPLOAD = "/gradio_api/upload"
_FORM = 100_000  # bytes around the files of an upload
_LISTEN = 5  # seconds that a refused body is read on and thrown away


@dataclass(frozen=True, slots=True)
class Limits:
    """What a stranger may send."""

    upload: int = 20_000_000
    """Bytes of the files of one upload."""
    body: int = 4_000_000
    """Bytes of any other request, which holds a question and the page's conversation."""
    queue: int = 64
    """Questions that may wait; two are answered at a time."""


class Guard:
    """Answers 413 to a body over its limit, as soon as it is; 403 to what is closed."""

    def __init__(self, app: _App, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        path, headers = scope["path"].rstrip("/"), dict(scope["headers"])
        if _CLOSED.search(path):
            return await _say(403, "this is closed here", send)
        upload = path.endswith(_UPLOAD)
        limit = self._limits.upload + _FORM if upload else self._limits.body
        most = f"{(self._limits.upload if upload else limit) / 1e6:g} MB"
        too_large = 413, f"more was sent than is read here, which is {most} at a time"
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > limit:
            return await _say(*too_large, send, receive)
        seen, started = 0, False

        async def counted() -> _Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            return message if seen <= limit else {"type": "http.disconnect"}

        async def unless_refused(message: _Message) -> None:
            nonlocal started
            if started or seen <= limit:
                started = True
                await send(message)

        try:
            await self._app(scope, counted, unless_refused)
        except Exception:
            if seen <= limit or started:
                raise
        if seen > limit and not started:
            await _say(*too_large, send, receive)


async def _say(status: int, detail: str, send: _Send, receive: _Receive | None = None) -> None:
    """Answer in JSON, then read what is still being sent: most senders listen only afterwards."""
    body = json.dumps({"detail": detail}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LISTEN):
            while receive:
                if not (await receive()).get("more_body"):
                    break
    await send({"type": "http.response.body", "body": b""})
