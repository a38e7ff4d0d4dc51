"""Damage files and read them, in child processes that may crash; what they must not do is counted and kept.

Every case has a number from which it can be made again: `python -m tests.fuzz --case 1234`.
"""

import argparse
import json
import mmap
import multiprocessing
import random
import struct
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.mutations import damaged
from tests.fuzz.seeds import PICTURES, Bundle, seeds

BATCH = 500  # cases of one child
RARELY = 499  # one case in so many is a picture: each takes as long as hundreds of the others


def case(number: int, sound: dict[str, Bundle]) -> tuple[str, dict[str, bytes]]:
    """The format and the damaged bundle of a number."""
    chance = random.Random(number)
    names = sorted(set(sound).difference(PICTURES))
    name = names[number % len(names)] if number % RARELY else PICTURES[number // RARELY % len(PICTURES)]
    return name, damaged(sound[name], list(sound.values()), chance)


def _child(first: int, shared: mmap.mmap, sound: dict[str, Bundle], found: "multiprocessing.SimpleQueue[tuple[int, str]]") -> None:
    from tests.fuzz.watch import Watch

    watch = Watch()
    for files in sound.values():
        watch.fault(files)  # imports of libraries are no part of a case
    for number in range(first, first + BATCH):
        struct.pack_into("<Q", shared, 0, number)
        if fault := watch.fault(case(number, sound)[1]):
            found.put((number, fault))


def _run(seconds: float, first: int, keep: Path | None) -> int:
    sound, end = seeds(), time.monotonic() + seconds
    shared = mmap.mmap(-1, 8)
    context = multiprocessing.get_context("fork")
    done, faults = 0, Counter[str]()

    def note(number: int, fault: str) -> None:
        name, files = case(number, sound)
        faults[f"{name}: {fault[:100]}"] += 1
        print(f"case {number} ({name}): {fault}", flush=True)
        if keep:
            (keep / f"{number}").mkdir(parents=True, exist_ok=True)
            for own, content in files.items():
                (keep / f"{number}" / own).write_bytes(content)

    while time.monotonic() < end:
        found = context.SimpleQueue()
        start = first + done
        child = context.Process(target=_child, args=(start, shared, sound, found))
        child.start()
        child.join()
        while not found.empty():
            note(*found.get())
        if child.exitcode:
            (at,) = struct.unpack_from("<Q", shared, 0)
            note(at, f"ended the process with code {child.exitcode}")
            done = at + 1 - first
        else:
            done += BATCH
    print(json.dumps({"cases": done, "formats": len(sound), "first": first, "faults": sum(faults.values()), "kinds": faults}, indent=1))
    return 1 if faults else 0


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Read damaged ECG files.")
    parser.add_argument("--seconds", type=float, default=60, help="how long")
    parser.add_argument("--first", type=int, default=0, help="number of the first case; another one makes other cases")
    parser.add_argument("--case", type=int, help="only this case, seen whole")
    parser.add_argument("--keep", type=Path, help="folder for the files of cases that went wrong")
    asked = parser.parse_args()
    if asked.case is None:
        return _run(asked.seconds, asked.first, asked.keep)
    from data import read_upload

    name, files = case(asked.case, seeds())
    print(name, {own: len(content) for own, content in files.items()})
    print(read_upload(files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
