"""The message when the server starts: its addresses, and what people who open them can do."""

import asyncio
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from explorer.data.roots import allowed_roots
from explorer.texts import Serving as T
from explorer.ui.keeping import limits
from explorer.ui.serving import hosts


@asynccontextmanager
async def opened(_app: st.App) -> AsyncIterator[None]:
    """Print the message and open the browser once the port is known."""
    print("", words(), *limits.problems(), "", sep="\n", flush=True)
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().run_in_executor(None, webbrowser.open, hosts.address(_own()))
    yield


def words() -> str:
    """The addresses and, if others can open them, what they allow."""
    own, others = hosts.address(_own()), hosts.for_others()
    if not others:
        return T.LOCAL.format(address=own)
    if hosts.is_open():
        lines = "\n".join(T.ADDRESS_LINE.format(address=hosts.address(name)) for name in others)
        said = T.OTHERS.format(address=own, addresses=lines)
    else:
        said = T.BEHIND.format(address=own, names=", ".join(others))
    return f"{said}\n\n{T.POWERS.format(folders=', '.join(map(str, allowed_roots())))}"


def _own() -> str:
    """The name under which this computer opens the app."""
    listens = str(st.get_option("server.address") or "")
    return listens if hosts.is_open() and listens not in ("", "0.0.0.0", "::") else hosts.LOCAL[0]
