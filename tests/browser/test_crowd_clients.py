"""The clients of `python -m bench crowd` do what Chromium does: else their numbers would say nothing of people."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.crowd.browser import Visitor
from bench.crowd.clients import Job, Told, play
from bench.crowd.person import START, STEP, UPPER, Cadence
from bench.crowd.session import PREVIEW, header, opened
from bench.pipelines import AFFINE, keep, nested_ten
from scripts.server import Server
from tests.browser.looking import PATIENCE_S

SLIDER = f"{AFFINE}:scale"
FIRST = round(START - STEP, 2)


class Tapped:
    """What a page in Chromium sends and is sent."""

    def __init__(self, page: Page) -> None:
        self.sent: list[ClientState] = []
        self.images: list[str] = []
        page.on("websocket", self._tap)

    def _tap(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, data: bytes | str) -> None:
        assert isinstance(data, bytes)
        self.sent.append(BackMsg.FromString(data).rerun_script)

    def _received(self, data: bytes | str) -> None:
        assert isinstance(data, bytes)
        element = ForwardMsg.FromString(data).delta.new_element
        if element.bidi_component.component_name == PREVIEW:
            image = header(element.bidi_component.bytes)["after"]["id"]
            if self.images[-1:] != [image]:  # a later run of the page sends the same image again
                self.images.append(image)


def test_a_client_asks_for_what_chromium_asks_for_and_is_shown_the_same_images(
    server: Server, page: Page, home: Path
) -> None:
    of_chromium, of_client = (
        keep(home, nested_ten(), AFFINE, f"a-draft-of-{name}-itself") for name in ("chro", "clnt")
    )
    tapped = Tapped(page)
    Visitor(page, f"{server.url}/{of_chromium}")

    sent, images = _in_a_thread(_press_once(server.url, of_client))

    assert [_parts(request) for request in sent] == [_parts(request) for request in tapped.sent[: len(sent)]]
    assert images == tapped.images[: len(images)]
    assert len(set(images)) == len(images) == 2


def test_the_times_of_all_presses_are_given(server: Server, home: Path) -> None:
    queries = tuple(keep(home, nested_ten(), AFFINE, f"a-draft-of-visitor-{number}", number) for number in range(2))
    job = Job(server.url, queries, SLIDER, 2.0, Cadence(pause=0.1, burst=3, gap=0.01))

    told: list[Told] = _in_a_thread(play(job, lambda: None, asyncio.sleep(0)))

    for one in told:
        assert one.errors == []
        assert not one.stuck
        assert len(one.times) >= 3
        assert len(one.times) % 3 == 0
        assert all(ms is not None and 0 < ms < 30_000 for ms in one.times)


def _in_a_thread(work):
    with ThreadPoolExecutor(1) as thread:  # Playwright keeps an event loop in this one
        return thread.submit(asyncio.run, work).result()


async def _press_once(url: str, query: str) -> tuple[list[ClientState], list[str]]:
    sent, images = [], []
    async with opened(url, query, SLIDER) as session:
        sent.append(BackMsg.FromString(session.page.request()).rerun_script)
        async with asyncio.timeout(PATIENCE_S):
            await session.complete.wait()
            await session.rests.wait()
        images.append(session.shown)
        press = await session.press(FIRST, UPPER)
        sent.append(BackMsg.FromString(session.page.request()).rerun_script)
        assert await session.answer(press, PATIENCE_S)
        images.append(session.shown)
    return sent, images


def _parts(request: ClientState) -> tuple[object, ...]:
    """All of a request but the name of the draft, and the hashes of messages that say how long a drawing took."""
    widgets = {state.id: state.SerializeToString(deterministic=True) for state in request.widget_states.widgets}
    query = request.query_string.split("=")[0]
    context = request.context_info.SerializeToString(deterministic=True)
    return widgets, query, request.page_script_hash, request.fragment_id, len(request.cached_message_hashes), context
