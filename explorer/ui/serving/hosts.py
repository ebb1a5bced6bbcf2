"""Refuses requests that use an unknown host name or come from a page of another site.

Another site can let its own name point to this computer (DNS rebinding), so that its scripts may talk to the server;
only the `Host` header shows it. Streamlit checks `Host` and `Origin` for its websocket only; this middleware checks
every request, including uploads, media, static files and health.
"""

from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from explorer.texts import Serving as T

LOCAL = ("localhost", "127.0.0.1", "::1")
_FORBIDDEN = 1008  # WebSocket close code for a policy violation; before the handshake it becomes 403
_FRAMES = "frame-ancestors 'self'"  # otherwise another site could frame our pages and hijack clicks


class OnlyKnownHosts:
    """Middleware that answers 403 to every other request before it reads the content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on or refuse it."""
        is_page = scope["type"] == "http"
        if not is_page and scope["type"] != "websocket":
            await self._app(scope, receive, send)
        elif reason := refusal(Headers(scope=scope)):
            refused = PlainTextResponse(reason, 403) if is_page else WebSocketClose(_FORBIDDEN)
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, _unframed(send) if is_page else send)


def _unframed(send: Send) -> Send:
    """Add the header that forbids other sites to frame our pages."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Content-Security-Policy", _FRAMES)
        await send(message)

    return sending


def refusal(headers: Headers) -> str:
    """The reason why a request is refused, or "".

    Browsers send `Origin` with requests of scripts and `Sec-Fetch-Site` with all others, such as an image on another
    site's page. A link from another site requests a document, which is allowed. Programs send neither header.
    """
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not is_known(hosts[0]):
        return T.HOST_REFUSED
    if not all(_is_ours(origin, hosts[0]) for origin in headers.getlist("origin")):
        return T.ORIGIN_REFUSED
    is_foreign = headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-dest") != "document"
    return T.ORIGIN_REFUSED if is_foreign else ""


def _is_ours(origin: str, host: str) -> bool:
    # Streamlit accepts these two besides the page's own; for others it would ask an outside server for our address.
    scheme, _, place = origin.partition("://")
    return scheme in ("http", "https") and (place == host or _name(place) in LOCAL[:2])


def is_known(host: str) -> bool:
    """Whether a host name, with or without a port, is one of `known()`."""
    name = _name(host)
    return name is not None and name in known()


def _name(host: str) -> str | None:
    """The name or address in a `Host` header, in lower case. None if it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises ValueError if it is not a number
    except ValueError:
        return None
    more = parts.username is not None or any((parts.path, parts.query, parts.fragment))
    return None if more or parts.netloc != host or parts.hostname is None else parts.hostname.rstrip(".")


def known() -> tuple[str, ...]:
    """The names and addresses that the server answers to: this computer's, then those in Streamlit's setting.

    If the setting is empty, Streamlit would accept every name; we accept only this computer's.
    """
    named = [name.strip().lower().rstrip(".") for name in st.get_option("server.allowedHosts")]
    return tuple(dict.fromkeys([*LOCAL, *filter(None, named)]))


def for_others() -> tuple[str, ...]:
    """The known names under which other computers reach the server."""
    return tuple(name for name in known() if not is_local(name))


def is_local(name: str) -> bool:
    """Whether a name or address always means the computer that uses it."""
    return name in LOCAL or name.endswith(".localhost") or name.startswith("127.")


def address(name: str) -> str:
    """The URL of the app under a name or address of this computer."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    port = st.get_option("server.port")
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"


def is_open() -> bool:
    """Whether other computers can reach the server without a proxy."""
    return not is_local(str(st.get_option("server.address") or "0.0.0.0"))
