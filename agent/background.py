"""Asynchronous work from synchronous callers, whether or not an event loop already runs in their thread."""

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def iterate(source: AsyncIterator[T], timeout_s: float) -> Iterator[T]:
    """The items of an asynchronous iterator, which runs in a thread with a loop of its own.

    Raises
    ------
    TimeoutError : the source is not through after `timeout_s`; it is cancelled
    Exception : whatever the source raises
    """
    items: queue.Queue[tuple[str, T | BaseException | None]] = queue.Queue()
    stopped: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    async def pump() -> None:
        stopped.append((asyncio.get_running_loop(), asyncio.current_task()))  # type: ignore[arg-type]
        async for item in source:
            items.put(("item", item))

    def work() -> None:
        try:
            asyncio.run(pump())
            items.put(("end", None))
        except (Exception, asyncio.CancelledError) as error:
            items.put(("error", error))

    threading.Thread(target=work, name="ecg-cases-agent", daemon=True).start()
    deadline = time.monotonic() + timeout_s
    try:
        while True:
            try:
                kind, value = items.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"no answer within {timeout_s:.0f} s") from None
            if kind == "end":
                return
            if kind == "error":
                assert isinstance(value, BaseException)
                raise value
            yield value  # type: ignore[misc]
    finally:
        for loop, task in stopped:
            with suppress(RuntimeError):  # the loop is closed: the source was through
                loop.call_soon_threadsafe(task.cancel)
