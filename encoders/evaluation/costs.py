"""What encoding costs on this machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

import torch

from data import Case
from encoders.encoder import Encoder
from encoders.evaluation.encoded import Encoded

N_TIMED, N_WARM = 50, 3


@dataclass(frozen=True)
class Cost:
    """One figure."""

    name: str
    value: float
    unit: str


def costs(asked: Encoded, encoder: Encoder) -> list[Cost]:
    """Medians over single ECGs, the picture's making included, and the throughput of all together, on the threads that torch may use."""
    cases = [asked.cases[i % len(asked)] for i in range(N_TIMED + N_WARM)]
    forward = _median_ms([partial(encoder.encode_ecgs, [case.record]) for case in cases])
    from_file = _median_ms([partial(_read_and_encode, encoder, case) for case in cases])
    start = time.perf_counter()
    encoder.encode_ecgs(asked.records)
    throughput = len(asked) / (time.perf_counter() - start)
    return [
        Cost("one ECG, from memory to vector", forward, "ms"),
        Cost("one ECG, from file to vector", from_file, "ms"),
        Cost("many ECGs, from memory to vectors", throughput, "ECG/s"),
        Cost("threads", torch.get_num_threads(), ""),
    ]


def _read_and_encode(encoder: Encoder, case: Case) -> object:
    return encoder.encode_ecgs([case.load()])


def _median_ms(calls: list[Callable[[], object]]) -> float:
    seconds = []
    for call in calls:
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return 1e3 * median(seconds[N_WARM:])
