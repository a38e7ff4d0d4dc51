"""Is this a plausible ECG? Pure checks on a record: what to warn a person about, and whether to use it at all."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, rfft

from data.leads import STANDARD_LEADS, standard_lead_name
from data.record import EcgRecord

Signal = npt.NDArray[np.float32]
Rows = dict[str, Signal]
LeadQuality = Literal["ok", "flat", "noise"]

STANDARD_SECONDS = 10.0
LAW_TOLERANCE = 0.05  # PTB-XL, PTB and LUDB stay below .006; LUDB's leads, scaled one by one, start at .065
_FLAT_MV = 0.02  # peak to peak; a lead of "low voltage" still has some 0.1 mV
_SMALL_MV, _LARGE_MV = 0.05, 15.0  # peak to peak of the largest lead; paced and hypertrophied hearts stay below 10
_LAW_SAMPLES = 1000  # the laws hold sample by sample, so that every so many samples tell as much as all
_LIMB = STANDARD_LEADS[:6]
# I, II, III, aVR, aVL, aVF as sums of I and II (Einthoven 1913, Goldberger 1942).
_FROM_I_II = np.array([[1, 0], [0, 1], [-1, 1], [-0.5, -0.5], [1, -0.5], [-0.5, 1]])


def doubts(record: EcgRecord) -> tuple[str, ...]:
    """What a person should know before trusting the record, in sentences; nothing for a sound 10 s 12-lead ECG."""
    return tuple(_doubts(record))


def unusable_reason(record: EcgRecord) -> str | None:
    """Why nothing should be concluded from the record, or None: every lead is flat, noise, or was not recorded.

    >>> unusable_reason(EcgRecord(leads=("I", "II"), signal=np.zeros((2, 5000)), fs=500))
    'No lead shows an ECG: I, II are flat.'
    """
    qualities = lead_qualities(record)
    if "ok" in qualities.values():
        return None
    parts = []
    for kind in ("flat", "noise"):
        if leads := [lead for lead, quality in qualities.items() if quality == kind]:
            who = f"all {len(leads)}" if 2 < len(leads) == len(qualities) else ", ".join(leads)
            parts.append(f"{who} {'is' if len(leads) == 1 else 'are'} {kind}")
    return f"No lead shows an ECG: {'; '.join(parts) or 'nothing was recorded'}."


def lead_qualities(record: EcgRecord) -> dict[str, LeadQuality]:
    """The quality of every lead that was recorded for at least a second, by its name."""
    if np.isfinite(record.signal).all() and record.duration >= 1:
        return dict(zip(record.leads, _qualities(record.signal, record.fs), strict=True))  # all at once, as in nearly every file
    recorded = {lead: row[np.isfinite(row)] for lead, row in zip(record.leads, record.signal, strict=True)}
    return {lead: lead_quality(row, record.fs) for lead, row in recorded.items() if len(row) >= record.fs}


def lead_quality(signal: Signal, fs: float) -> LeadQuality:
    """Does a lead show heart beats?

    Beats put the energy of the QRS band (4 to 25 Hz) into a small part of the time: its busiest fifth holds .58 to .99 of it in
    the median lead of PTB-XL's records, and .33 to .51 in white, pink and brown noise. Fast ventricular rhythms spread it too,
    but repeat themselves, and so are no noise.

    Parameters
    ----------
    signal : (n_samples,) mV, without gaps, at least 1 s
    fs : samples per second
    """
    return _qualities(signal[None], fs)[0]


def _qualities(signals: Signal, fs: float) -> list[LeadQuality]:
    """`lead_quality` of each row of (lead, sample)."""
    flat = (np.ptp(signals, axis=1) < _FLAT_MV) | (np.mean(signals[:, 1:] == signals[:, :-1], axis=1) > 0.95)
    beats, rate = _band(signals, fs, 4, 25)
    window = max(1, round(0.1 * rate))
    energy = np.pad(np.cumsum(beats**2, axis=1), ((0, 0), (1, 0)))
    bursts = np.sort(energy[:, window:] - energy[:, :-window], axis=1)  # energy of every 0.1 s
    bursty = bursts[:, -(bursts.shape[1] // 5 + 1) :].sum(axis=1) >= 0.5 * bursts.sum(axis=1)
    shown = [burst or _repetition(row, rate) >= 0.45 for burst, row in zip(bursty, beats, strict=True)]
    return ["flat" if still else "ok" if ok else "noise" for still, ok in zip(flat, shown, strict=True)]


def limb_lead_error(leads: Sequence[str], signal: Signal) -> float | None:
    """How far the limb leads are from Einthoven's and Goldberger's laws.

    Parameters
    ----------
    leads : names in any spelling
    signal : (n_leads, n_samples), any unit

    Returns
    -------
    Root mean square of what no leads I and II explain, over that of the limb leads; None where fewer than three limb leads were
    recorded at the same time.
    """
    return _law_error(_limb_rows(leads, signal))


def limb_lead_doubt(record: EcgRecord) -> str | None:
    """Which limb lead breaks Einthoven's or Goldberger's law, and what would mend it; None where they hold."""
    rows = _limb_rows(record.leads, record.signal)
    error = _law_error(rows)
    if error is None or error <= LAW_TOLERANCE:
        return None
    mends = [f"{a} and {b} look swapped" for a, b in combinations(rows, 2) if _holds(rows | {a: rows[b], b: rows[a]})]
    mends += [f"{lead} looks inverted" for lead in rows if _holds(rows | {lead: -rows[lead]})]
    if not mends and len(rows) > 3:
        mends = [_misfit(lead, rows) for lead in rows if _holds({name: row for name, row in rows.items() if name != lead})]
    verdict = " or ".join(mends) or "a lead is swapped, mis-scaled or mislabelled"
    return f"The limb leads {', '.join(rows)} break Einthoven's law by {error:.0%} of their amplitude: {verdict}."


def arm_reversal_doubt(record: EcgRecord) -> str | None:
    """The sign of swapped arm electrodes, which no law shows: I upside down against V6, and aVR with it.

    On 1,803 records of PTB-XL it speaks once; with the arms swapped it finds 85 %.
    """
    if (alike := _alike_to_v6(record)) is None:
        return None
    i, avr = alike
    if i < -0.4 and avr > -0.2:
        return "Lead I is upside down against V6 and aVR is upright: the arm electrodes may be reversed, or the heart lies on the right."
    return None


def arm_reversal_sign(record: EcgRecord) -> float | None:
    """How much more aVR looks like V6 than I does, -2 to 2: above 0 the arms may be reversed. None without I, II and V6 together."""
    alike = _alike_to_v6(record)
    return None if alike is None else alike[1] - alike[0]


def _alike_to_v6(record: EcgRecord) -> tuple[float, float] | None:
    """Cosines of I and of aVR with V6."""
    rows = dict(zip(record.leads, record.signal, strict=True))
    if not {"I", "II", "V6"} <= rows.keys():
        return None
    together = np.stack([rows["I"], rows["II"], rows["V6"]])
    together = together[:, np.isfinite(together).all(axis=0)]
    if together.shape[1] < 2 * record.fs:
        return None
    i, ii, v6 = _band(together, record.fs, 0.7, 30)[0]
    return _alike(i, v6), _alike(-(i + ii) / 2, v6)


def _doubts(record: EcgRecord) -> Iterator[str]:
    standard = [lead for lead in record.leads if lead in STANDARD_LEADS]
    if len(standard) == 1:
        yield f"Only one lead was recorded: {standard[0]}."
    if record.n_samples < round(STANDARD_SECONDS * record.fs):
        yield f"Only {record.duration:.1f} s were recorded, less than the usual 10 s."
    shares = dict(zip(record.leads, np.isnan(record.signal).mean(axis=1).tolist(), strict=True))
    for leads in ([lead for lead in shares if shares[lead] == 1], [lead for lead in shares if 0 < shares[lead] < 1]):
        if leads:
            yield f"{_named(leads)}: not recorded{_share([shares[lead] for lead in leads])}."
    qualities = lead_qualities(record)
    for kind, word in (("flat", "flat"), ("noise", "no beats stand out from the noise")):
        if leads := [lead for lead, quality in qualities.items() if quality == kind]:
            yield f"{_named(leads)}: {word}."
    yield from filter(None, (amplitude_doubt(record), limb_lead_doubt(record), arm_reversal_doubt(record)))


def amplitude_doubt(record: EcgRecord) -> str | None:
    """Does the largest lead span what an ECG can span, or is the unit in doubt?"""
    spans = np.nan_to_num(np.fmax.reduce(record.signal, axis=1) - np.fmin.reduce(record.signal, axis=1))
    largest = int(spans.argmax())
    lead, span = record.leads[largest], float(spans[largest])
    if span > _LARGE_MV:  # by one wild sample, or by all of them
        largest = max(range(len(spans)), key=lambda i: spread(record.signal[i]))
        lead, span = record.leads[largest], spread(record.signal[largest])
    if span > _LARGE_MV:
        return f"Lead {lead} spans {span:,.0f} mV, where an ECG spans less than 10: the unit may be wrong, such as uV taken as mV."
    if 0 < span < _SMALL_MV:
        return f"The largest lead, {lead}, spans {span * 1000:.2g} uV, where an ECG spans over 100: the unit may be wrong."
    return None


def spread(row: npt.NDArray[np.floating]) -> float:
    """Peak to peak between the 0.1th and the 99.9th percentile, so that one wild sample does not count; 0 where nothing was recorded."""
    row = row[np.isfinite(row)]
    return float(np.subtract(*np.percentile(row, (99.9, 0.1)))) if len(row) else 0.0


def _limb_rows(leads: Sequence[str], signal: Signal) -> Rows:
    names = [standard_lead_name(lead) for lead in leads]
    return {name: signal[names.index(name)] for name in _LIMB if name in names}


def _law_error(rows: Rows) -> float | None:
    if len(rows) < 3:
        return None
    length = len(next(iter(rows.values())))
    every = max(1, length // _LAW_SAMPLES) if all(np.isfinite(row).all() for row in rows.values()) else 1
    together = np.stack([row[::every] for row in rows.values()]).astype(np.float64)
    together = together[:, np.isfinite(together).all(axis=0)]
    if together.shape[1] < 100:
        return None
    together -= together.mean(axis=1, keepdims=True)  # an offset is no signal; unlike medians, means keep the laws
    size = np.sqrt(np.mean(together**2))
    if not size:
        return None
    basis, _ = np.linalg.qr(_FROM_I_II[[_LIMB.index(name) for name in rows]])  # (n_limb, 2), orthonormal
    unexplained = together - basis @ (basis.T @ together)
    return float(np.sqrt(np.mean(unexplained**2)) / size)


def _holds(rows: Rows) -> bool:
    error = _law_error(rows)
    return error is not None and error <= LAW_TOLERANCE


def _misfit(lead: str, rows: Rows) -> str:
    """How a lead differs from what the other limb leads, which agree, make of it."""
    others = [name for name in rows if name != lead]
    together = np.stack([rows[name] for name in [*others, lead]]).astype(np.float64)
    together = together[:, np.isfinite(together).all(axis=0)]
    together -= together.mean(axis=1, keepdims=True)
    i_and_ii = np.linalg.lstsq(_FROM_I_II[[_LIMB.index(name) for name in others]], together[:-1], rcond=None)[0]
    expected, found = _FROM_I_II[_LIMB.index(lead)] @ i_and_ii, together[-1]
    scale = float(found @ expected / (expected @ expected or 1.0))
    if _alike(found, expected) < 0.95:
        return f"{lead} does not follow from the others"
    return f"{lead} looks {'half' if round(scale, 2) == 0.5 else f'{round(scale, 2):,g} times'} as large as it should be"


def _alike(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> float:
    """Cosine of two signals without offset."""
    return float(a @ b / (np.sqrt((a @ a) * (b @ b)) or 1.0))


def _band(signal: Signal, fs: float, low: float, high: float) -> tuple[Signal, float]:
    """The part from `low` to `high` Hz, and its rate: some four samples a period of `high`, which is enough and cheap.

    The signal is mirrored at its end, so that no jump from end to start adds to the band.
    """
    n = signal.shape[-1]
    if (step := int(fs // (4 * high))) > 1 and n >= step:  # means of neighbours first: the transform is what takes the time
        neighbours = signal[..., : n // step * step].reshape(*signal.shape[:-1], -1, step)
        signal, fs, n = neighbours @ np.full(step, 1 / step, signal.dtype), fs / step, n // step  # several times faster than mean()
    spectrum = rfft(np.concatenate([signal, signal[..., ::-1]], axis=-1))
    n_kept = min(n, round(n * 4 * high / fs))
    spectrum = spectrum[..., : n_kept + 1]
    frequencies = np.arange(n_kept + 1) * fs / (2 * n)
    spectrum[..., (frequencies < low) | (frequencies > high)] = 0
    return irfft(spectrum, 2 * n_kept)[..., :n_kept] * (n_kept / n), fs * n_kept / n


def _repetition(signal: Signal, fs: float) -> float:
    """The highest autocorrelation at a lag of 0.2 to 2 s."""
    n = len(signal)
    correlation = irfft(np.abs(rfft(signal, 2 * n)) ** 2)[:n]
    lags = np.arange(round(0.2 * fs), min(round(2 * fs), n // 2))
    return float((correlation[lags] / correlation[0] * n / (n - lags)).max()) if len(lags) and correlation[0] else 0.0


def _named(leads: Sequence[str]) -> str:
    return f"{'Lead' if len(leads) == 1 else 'Leads'} {', '.join(leads)}"


def _share(fractions: Sequence[float]) -> str:
    """ " for 3% of the time", " for 75% to 82% of the time"; nothing where it is all of it."""
    if min(fractions) == 1:
        return ""
    said = list(dict.fromkeys(f"{share:.0%}" if share >= 0.01 else "less than 1%" for share in (min(fractions), max(fractions))))
    return f" for {' to '.join(said)} of the time"
