"""Asynchronous work from synchronous callers, whether or not an event loop already runs in their thread."""

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import cache
from typing import TypeVar

T = TypeVar("T")
Items = queue.Queue[tuple[str, T | BaseException | None]]  # ("item", it), ("end", None) or ("error", it)


def streamed(timeout_s: float, call: Callable[[], Iterator[T]]) -> Iterator[T]:
    """The items of what a call returns, which is run through in a thread of its own.

    Raises
    ------
    TimeoutError : it is not through after `timeout_s`; it is left to itself, and ends at its next item
    Exception : whatever the call or its iterator raises
    """
    items: Items[T] = queue.Queue()
    left = threading.Event()

    def work() -> None:
        try:
            for item in call():
                if left.is_set():
                    return
                items.put(("item", item))
            items.put(("end", None))
        except Exception as error:
            items.put(("error", error))

    threading.Thread(target=work, name="ecg-cases-language-model", daemon=True).start()
    try:
        yield from _taken(items, timeout_s)
    finally:
        left.set()


@cache
def shared_loop() -> asyncio.AbstractEventLoop:
    """The one event loop of language models: their clients keep connections that die with the loop they were made in."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="ecg-cases-language-models", daemon=True).start()
    return loop


def iterate(source: AsyncIterator[T], timeout_s: float, loop: asyncio.AbstractEventLoop | None = None) -> Iterator[T]:
    """The items of an asynchronous iterator, which runs in this loop, or in a thread with a loop of its own.

    Raises
    ------
    TimeoutError : the source is not through after `timeout_s`; it is cancelled
    Exception : whatever the source raises
    """
    items: Items[T] = queue.Queue()
    stopped: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    async def pump() -> None:
        stopped.append((asyncio.get_running_loop(), asyncio.current_task()))  # type: ignore[arg-type]
        async for item in source:
            items.put(("item", item))

    def work() -> None:
        try:
            asyncio.run_coroutine_threadsafe(pump(), loop).result() if loop else asyncio.run(pump())
            items.put(("end", None))
        except (Exception, asyncio.CancelledError, CancelledError) as error:
            items.put(("error", error))

    threading.Thread(target=work, name="ecg-cases-agent", daemon=True).start()
    try:
        yield from _taken(items, timeout_s)
    finally:
        for loop, task in stopped:
            with suppress(RuntimeError):  # the loop is closed: the source was through
                loop.call_soon_threadsafe(task.cancel)


def _taken(items: Items[T], timeout_s: float) -> Iterator[T]:
    """Items off a queue until its end, or until an error, which is raised, or until it is too late."""
    deadline = time.monotonic() + timeout_s
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


def plain(error: Exception) -> str:
    """What went wrong, in words that hold no address and no key."""
    if isinstance(error, TimeoutError) or "timeout" in type(error).__name__.lower():
        return str(error) if str(error).startswith("no answer within") else "it took too long"
    if "iterations" in str(error):
        return "it went in circles"
    return type(error).__name__
