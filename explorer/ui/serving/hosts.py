"""Which requests the server answers: those that name it as it is known here, and that no foreign page has sent.

A page of another site can let its own name point to this computer (DNS rebinding). Its scripts may then talk to the
server as if it were theirs; only the `Host` of their requests shows it. Streamlit compares `Host` and `Origin` for its
websocket; this does so for every request, also for uploads, media, static files and health.
"""

from urllib.parse import SplitResult, urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from explorer.texts import Serving as T

LOCAL = ("localhost", "127.0.0.1", "::1")
_FORBIDDEN = 1008  # the code of WebSocket for a policy; before the handshake it becomes 403
_FRAMES = "frame-ancestors 'self'"  # else a foreign page could lay its own over ours, and lead clicks to it


class OnlyKnownHosts:
    """Middleware that answers 403 to every other request, before anything of it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it."""
        is_page = scope["type"] == "http"
        if not is_page and scope["type"] != "websocket":
            await self._app(scope, receive, send)
        elif reason := refusal(Headers(scope=scope)):
            refused = PlainTextResponse(reason, 403) if is_page else WebSocketClose(_FORBIDDEN)
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, _unframed(send) if is_page else send)


def _unframed(send: Send) -> Send:
    """Send with the header that forbids foreign pages to show ours inside of theirs."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Content-Security-Policy", _FRAMES)
        await send(message)

    return sending


def refusal(headers: Headers) -> str:
    """Why a request is refused, "" where it is not.

    Browsers send `Origin` with what scripts ask for, and `Sec-Fetch-Site` with all else, such as an image that a
    foreign page shows. A link on a foreign page leads to a whole document, and is welcome. Programs send neither.
    """
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not is_known(hosts[0]):
        return T.HOST_REFUSED
    if not all(_is_ours(origin, hosts[0]) for origin in headers.getlist("origin")):
        return T.ORIGIN_REFUSED
    is_foreign = headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-dest") != "document"
    return T.ORIGIN_REFUSED if is_foreign else ""


def _is_ours(origin: str, host: str) -> bool:
    # Streamlit accepts these two besides the page's own; for any other it would ask a server outside for our address.
    scheme, _, place = origin.partition("://")
    return scheme in ("http", "https") and (place == host or _name(place) in LOCAL[:2])


def is_known(host: str) -> bool:
    """Whether the server is known under a name, which may have a port behind it."""
    name = _name(host)
    return name is not None and name in known()


def _name(host: str) -> str | None:
    """The name or address in a `Host`, in lower case; None where it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    if parts.netloc != host or parts.hostname is None or _has_more(parts):
        return None
    return parts.hostname.rstrip(".")


def _has_more(parts: SplitResult) -> bool:
    return parts.username is not None or any((parts.path, parts.query, parts.fragment))


def known() -> tuple[str, ...]:
    """The names and addresses that the server answers to, from Streamlit's own setting; those of this computer first.

    Where the setting is empty, Streamlit would accept every name; we accept this computer's.
    """
    named = [name.strip().lower().rstrip(".") for name in st.get_option("server.allowedHosts")]
    return tuple(dict.fromkeys([*LOCAL, *filter(None, named)]))


def for_others() -> tuple[str, ...]:
    """The names and addresses that do not mean this computer for everybody."""
    return tuple(name for name in known() if not is_local(name))


def is_local(name: str) -> bool:
    """Whether a name or address means this computer for everybody."""
    return name in LOCAL or name.endswith(".localhost") or name.startswith("127.")


def address(name: str) -> str:
    """Where the app is opened under a name or address of this computer."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    port = st.get_option("server.port")
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"


def is_open() -> bool:
    """Whether other computers can reach the server without a proxy."""
    return not is_local(str(st.get_option("server.address") or "0.0.0.0"))
