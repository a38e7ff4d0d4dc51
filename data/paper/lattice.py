"""Finding the grid of ECG paper in a picture, wherever it lies and however it is bent: a map from paper to picture."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

WORKING_SIDE = 1800  # pixels of the longer side: fine enough for lines a millimetre apart on most pictures, quick enough for a phone's
_TILE, _PADDED = 256, 512  # pixels; a tile holds some ten squares of 5 mm
_PERIODS = (4.5, 130.0)  # of the grid's strongest lines, pixels of the working picture
_CELL = 24  # pixels of a square of the grid while its phase is followed
_HARMONICS = (1, 2, 3, 5)
_LEAST_TILES, _ENOUGH_TILES, _SHARE = 6, 20, 0.2  # tiles that show a grid; folds of plain paper were seen to look like one in 14 of 84
_THIN_BETWEEN = 5  # lines to a bold one
_AUDIBLE = 0.3  # a harmonic counts from this share of the strongest on
_PROMINENT = 6.0  # a lattice stands out this many times over the middle of its spectrum in a tile that shows one
_SLIP_SQUARES, _STEADY, _WHOLE_TURN = 3, 0.2, 0.1  # squares either way of a slip; how level phase is beyond, and how near to a turn
_TURNS, _STEPS = np.deg2rad(np.arange(-45.0, 45.0, 1.0)), 120


@dataclass(frozen=True, eq=False)
class Lattice:
    """Where the lines of a grid lie in a picture.

    Parameters
    ----------
    across, down : (row, column) of squares, x and y in the picture of the corner of each square; smooth, also beyond the sheet
    strength : (row, column) of squares, 0 to 1: how much of a grid there is
    step : squares between neighbouring nodes of `across` and `down`, always 1
    """

    across: Array
    down: Array
    strength: Array


def find_lattice(darkness: Array) -> Lattice | None:
    """The grid of a picture, or None where there is none.

    Parameters
    ----------
    darkness : (row, column) of the working picture, 0 for paper

    Returns
    -------
    The lattice of its strongest lines, which may be 1 or 5 mm apart; its coordinates are pixels of `darkness`
    """
    centres, spectra = _tile_spectra(darkness)
    polar, periods = _polar(spectra)
    common = _common_peak(polar, periods)
    if common is None:
        return None
    angle, period = common
    unit = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / period
    expected = np.repeat(unit[None], len(centres), axis=0)
    plane, most = None, 0
    least = max(_LEAST_TILES, min(_ENOUGH_TILES, _SHARE * len(centres)))
    for harmonic in _HARMONICS:  # each tells the direction and the period more finely, and is looked for where the last one says
        gradients, trust = _local_gradients(spectra, expected, harmonic)
        clear = trust > _PROMINENT**2
        if clear.sum() < max(least, most / 2):
            continue
        most = max(most, int(clear.sum()))
        plane = _Plane.fitted(centres[clear], gradients[clear], trust[clear], darkness.shape)
        expected = plane.gradients(centres)
    return _followed(darkness, plane) if plane else None


def _tile_spectra(darkness: Array) -> tuple[Array, Array]:
    """Power spectra (tile, vertical, horizontal frequency) of overlapping tiles, and the tiles' centres (tile, x y)."""
    from scipy import fft

    size = min(_TILE, *darkness.shape)
    window = np.hanning(size)[:, None] * np.hanning(size)[None, :]
    ys, xs = (np.linspace(0, n - size, max(2, round(n / (_TILE / 2)))).astype(int) for n in darkness.shape)
    corners = [(x, y) for y in ys for x in xs]
    tiles = np.stack([darkness[y : y + size, x : x + size] for x, y in corners]).astype(np.float32)
    tiles = (tiles - tiles.mean(axis=(1, 2), keepdims=True)) * window.astype(np.float32)
    power = np.abs(fft.rfft2(tiles, (_PADDED, _PADDED))) ** 2
    return np.array(corners) + size / 2, power / (power.sum(axis=(1, 2), keepdims=True) + 1e-12)


def _polar(spectra: Array) -> tuple[Array, Array]:
    """Amplitude (tile, direction over 180 degrees, period) and the periods in pixels; a direction is that of the lines' normal."""
    import cv2

    periods = np.geomspace(_PERIODS[0], _PERIODS[1], _STEPS)
    turns = np.concatenate([_TURNS, _TURNS + np.pi / 2])
    fx, fy = (_PADDED * trig(turns)[:, None] / periods[None, :] for trig in (np.cos, np.sin))
    flip = fx < 0
    fx, fy = np.where(flip, -fx, fx), np.where(flip, -fy, fy)
    at = (fx.astype(np.float32), (fy % _PADDED).astype(np.float32))
    sampled = [cv2.remap(np.sqrt(one).astype(np.float32), *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP) for one in spectra]
    return np.stack(sampled), periods


def _common_peak(polar: Array, periods: Array) -> tuple[float, float] | None:
    """Direction in radians and period in pixels that most tiles agree on in both directions at once."""
    import cv2

    flat = polar / np.sqrt(periods)  # writing and traces fall off towards short periods
    flat = flat / (np.median(flat, axis=(1, 2), keepdims=True) + 1e-12)
    n = len(_TURNS)
    wide = np.stack([cv2.dilate(one, np.ones((9, 9), np.uint8)) for one in flat])  # perspective: 4 degrees and 10 % either way
    both = np.minimum(flat[:, :n], wide[:, n:]) + np.minimum(wide[:, :n], flat[:, n:])
    shown = both.max(axis=(1, 2)) > 2 * _PROMINENT
    if shown.sum() < _LEAST_TILES:
        return None
    votes = cv2.GaussianBlur(np.minimum(both[shown], 8 * _PROMINENT).sum(axis=0), (0, 0), 1.5)
    turn = int(votes.max(axis=1).argmax())
    return float(_TURNS[turn]), _fundamental(votes[max(0, turn - 3) : turn + 4].max(axis=0), periods)


def _fundamental(votes: Array, periods: Array) -> float:
    """The longest of the periods that stand out of which the others are harmonics: bold lines, not the thin ones between.

    Bold lines give several harmonics, or that of the five thin lines between them; twice a period alone is an echo.
    """
    tops = [i for i in range(1, len(votes) - 1) if votes[i - 1] < votes[i] >= votes[i + 1] and votes[i] > _AUDIBLE * votes.max()]
    for top in reversed(tops):
        ratios = periods[top] / periods[[other for other in tops if other < top]]
        harmonics = {n for n in (2, 3, 4, _THIN_BETWEEN) if any(abs(ratio / n - 1) < 0.04 for ratio in ratios)}
        if len(harmonics) > 1 or _THIN_BETWEEN in harmonics:
            return float(periods[top])
    return float(periods[votes.argmax()])


def _local_gradients(spectra: Array, expected: Array, harmonic: int) -> tuple[Array, Array]:
    """Frequency vectors of both families of lines in each tile, from the peaks of one harmonic near where they are expected.

    Parameters
    ----------
    expected : (tile, family, x y) periods per pixel

    Returns
    -------
    gradients (tile, family, x y) in periods per pixel, trust (tile,): how far the lesser peak stands out, squared
    """
    fy, fx = np.meshgrid(np.fft.fftfreq(_PADDED), np.fft.rfftfreq(_PADDED), indexing="ij")
    reach = 0.3 / harmonic
    gradients, trust = np.zeros_like(expected), np.zeros(len(expected))
    for tile, power in enumerate(spectra):
        heights = []
        for family in range(2):
            wanted = expected[tile, family] * harmonic
            size = float(np.linalg.norm(wanted))
            sign = -1.0 if wanted[0] < 0 else 1.0  # only half of the plane is kept
            distance = np.hypot(fx - sign * wanted[0], fy - sign * wanted[1])
            near, around = distance < reach * size, (distance > 0.3 * size / harmonic) & (distance < size)
            vector, height = _peak(power, near)
            gradients[tile, family] = sign * vector / harmonic
            heights.append(height / (np.median(power[around]) + 1e-15))
        trust[tile] = min(heights)
    return gradients, trust


def _peak(power: Array, mask: Array) -> tuple[Array, float]:
    """The frequency vector (x, y) of the highest power within the mask, and that power."""
    inside = np.where(mask, power, 0)
    row, column = np.unravel_index(inside.argmax(), inside.shape)
    height = float(inside[row, column])
    rows, columns = (row + np.arange(-1, 2)) % _PADDED, np.clip(column + np.arange(-1, 2), 0, power.shape[1] - 1)
    offsets = []
    for line in (power[rows, column], power[row, columns]):
        low, mid, high = np.log(line + 1e-15)
        curve = low - 2 * mid + high
        offsets.append(float(np.clip(0.5 * (low - high) / curve, -0.5, 0.5)) if curve < 0 else 0.0)
    frequency = np.array([column, row if row < _PADDED / 2 else row - _PADDED]) / _PADDED
    return frequency + np.array([offsets[1], offsets[0]]) / _PADDED, height


@dataclass(frozen=True)
class _Plane:
    """A flat sheet in perspective: squares (u, v) = (ax + by, dx + ey) / (1 + gx + hy), x and y from the picture's middle."""

    numbers: tuple[float, ...]  # a, b, d, e, g, h
    middle: Array

    @staticmethod
    def fitted(places: Array, gradients: Array, trust: Array, shape: tuple[int, ...]) -> "_Plane":
        from scipy.optimize import least_squares

        middle = np.array([shape[1] / 2, shape[0] / 2])
        x, y = (places - middle).T
        start = np.median(gradients, axis=0)
        size = float(np.linalg.norm(start[0]))
        reach = float(max(shape))

        def misfit(p: Array) -> Array:
            a, b, d, e = p[:4] * size
            g, h = p[4:] / reach
            w = 1 + g * x + h * y
            u, v = (a * x + b * y) / w, (d * x + e * y) / w
            predicted = np.stack([(a - g * u) / w, (b - h * u) / w, (d - g * v) / w, (e - h * v) / w], axis=1)
            weight = np.minimum(1, trust / np.median(trust)) ** 0.25
            return ((predicted - gradients.reshape(-1, 4)) / size * weight[:, None]).ravel()

        first = np.concatenate([start.ravel() / size, [0, 0]])
        found = least_squares(misfit, first, loss="soft_l1", f_scale=0.01).x
        return _Plane((*(found[:4] * size), *(found[4:] / reach)), middle)

    def gradients(self, places: Array) -> Array:
        """Of both coordinates at places (n, x y) of the picture: (n, u v, x y)."""
        a, b, d, e, g, h = self.numbers
        x, y = (places - self.middle).T
        w = 1 + g * x + h * y
        u, v = self.squares(*places.T)
        rows = [(a - g * u) / w, (b - h * u) / w, (d - g * v) / w, (e - h * v) / w]
        return np.stack(rows, axis=1).reshape(-1, 2, 2)

    def squares(self, x: Array, y: Array) -> tuple[Array, Array]:
        a, b, d, e, g, h = self.numbers
        x, y = x - self.middle[0], y - self.middle[1]
        w = 1 + g * x + h * y
        return (a * x + b * y) / w, (d * x + e * y) / w

    def pixels(self, u: Array, v: Array) -> tuple[Array, Array]:
        a, b, d, e, g, h = self.numbers
        # (a - g u) x + (b - h u) y = u and (d - g v) x + (e - h v) y = v
        m11, m12, m21, m22 = a - g * u, b - h * u, d - g * v, e - h * v
        det = m11 * m22 - m12 * m21
        return (u * m22 - v * m12) / det + self.middle[0], (v * m11 - u * m21) / det + self.middle[1]


def _followed(darkness: Array, plane: _Plane) -> Lattice | None:
    """The plane, corrected by the phase of the lines in each square: what makes bent paper flat."""
    import cv2

    height, width = darkness.shape
    edge = np.linspace(0, 1, 20)
    x = np.concatenate([edge * width, edge * width, 0 * edge, 0 * edge + width])
    y = np.concatenate([0 * edge, 0 * edge + height, edge * height, edge * height])
    u, v = plane.squares(x, y)
    left, right, top, bottom = (int(f(n)) for n in (u, v) for f in (lambda n: np.floor(n.min()), lambda n: np.ceil(n.max())))
    if (right - left) * (bottom - top) > 60_000 or min(right - left, bottom - top) < 4:
        return None
    shifts: tuple[Array, ...] = (np.zeros((bottom - top, right - left)),) * 2
    us, vs = np.arange(left, right, 1 / _CELL) + 0.5 / _CELL, np.arange(top, bottom, 1 / _CELL) + 0.5 / _CELL
    for _ in range(2):  # the second time what the first left
        px, py = _moved(plane, us, vs, shifts)
        flat = cv2.remap(darkness.astype(np.float32), px, py, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        waves = [_demodulated(flat, axis) for axis in (1, 0)]
        busy = cv2.resize(np.abs(flat), (right - left, bottom - top), interpolation=cv2.INTER_AREA) + 1e-3
        strength = np.sqrt(np.abs(waves[0]) * np.abs(waves[1])) / cv2.GaussianBlur(busy, (0, 0), 1.0)
        more = tuple(_smooth_shift(wave, strength) for wave in waves)
        shifts = (shifts[0] + more[0], shifts[1] + more[1])
    wider = tuple(np.pad(shift, 1, mode="edge") for shift in shifts)  # nodes lie between the middles of four squares
    between = tuple((s[:-1, :-1] + s[:-1, 1:] + s[1:, :-1] + s[1:, 1:]) / 4 for s in wider)
    nodes = _moved(plane, np.arange(left, right + 1.0), np.arange(top, bottom + 1.0), between)
    return Lattice(nodes[0], nodes[1], strength)


def _moved(plane: _Plane, us: Array, vs: Array, shifts: tuple[Array, ...]) -> tuple[Array, Array]:
    """x and y in the picture of every pair of squares' coordinates, (v, u)."""
    import cv2

    size = (len(us), len(vs))
    du, dv = (cv2.resize(shift.astype(np.float32), size, interpolation=cv2.INTER_CUBIC) for shift in shifts)
    x, y = plane.pixels(us[None, :] + du, vs[:, None] + dv)
    return x.astype(np.float32), y.astype(np.float32)


def _demodulated(flat: Array, axis: int) -> Array:
    """The wave of one period a square along `axis` in each square, complex (row, column)."""
    import cv2

    phase = 2 * np.pi * (np.arange(flat.shape[axis]) + 0.5) / _CELL
    carrier = np.exp(-1j * phase)
    carrier = carrier[None, :] if axis == 1 else carrier[:, None]
    size = (flat.shape[1] // _CELL, flat.shape[0] // _CELL)
    parts = [
        cv2.resize(np.ascontiguousarray(flat * part, np.float32), size, interpolation=cv2.INTER_AREA)
        for part in (carrier.real, carrier.imag)
    ]
    wave = cv2.GaussianBlur(parts[0], (0, 0), 1.0) + 1j * cv2.GaussianBlur(parts[1], (0, 0), 1.0)
    return np.asarray(wave)


def _smooth_shift(wave: Array, strength: Array) -> Array:
    """How far the lines lie from where they should, in squares, (row, column); followed from square to square, then smoothed."""
    import cv2

    phase = _without_slips(_unwrapped(np.angle(wave), strength))
    weight = np.where(np.isnan(phase), 0, strength**2).astype(np.float32)
    value = np.nan_to_num(-phase / (2 * np.pi)).astype(np.float32)
    smooth = np.zeros_like(value)
    for sigma in (12.0, 4.0, 2.2):  # from coarse to fine: where nothing is near, the coarse one stays
        near = cv2.GaussianBlur(weight, (0, 0), sigma)
        local = cv2.GaussianBlur(weight * (value - smooth), (0, 0), sigma) / (near + 1e-9)
        smooth += local * (near / (near + 0.02 * weight.max()))
    return smooth


def _without_slips(phase: Array) -> Array:
    """The same without whole turns that were lost or gained at a line across the sheet, as at a fold between two lines of the grid.

    Paper bends over many squares, a crease over ten or more; a slip takes few, and a whole turn. About it nothing is known.
    """
    near, far = _SLIP_SQUARES, 2 * _SLIP_SQUARES
    for axis in (0, 1):
        across = np.moveaxis(phase, axis, 0).copy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # where there is no square
            turns = np.nanmedian(across, axis=1) / (2 * np.pi)
        for place in range(far, len(turns) - far):
            before, after = turns[place - far : place - near], turns[place + near : place + far]
            step = float(np.median(after) - np.median(before))
            if np.ptp(before) < _STEADY and np.ptp(after) < _STEADY and abs(step - round(step)) < _WHOLE_TURN and round(step):
                across[place + near :] -= 2 * np.pi * round(step)
                turns[place + near :] -= round(step)  # the squares of the slip itself keep theirs, or they would look like another slip
                across[place - near : place + near] = np.nan
        phase = np.moveaxis(across, 0, axis)
    return phase


def _unwrapped(phase: Array, quality: Array) -> Array:
    """Phase without jumps of a whole turn, followed from the best square to its best neighbours; NaN where there is no grid."""
    import heapq

    rows, columns = phase.shape
    floor = 0.25 * np.quantile(quality, 0.9)
    done = np.full(phase.shape, np.nan)
    first = tuple(int(n) for n in np.unravel_index(quality.argmax(), quality.shape))
    heap = [(-float(quality[first]), first, float(phase[first]))]
    while heap:
        _, (row, column), before = heapq.heappop(heap)
        if not np.isnan(done[row, column]):
            continue
        done[row, column] = here = phase[row, column] + 2 * np.pi * round((before - phase[row, column]) / (2 * np.pi))
        for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if 0 <= r < rows and 0 <= c < columns and np.isnan(done[r, c]) and quality[r, c] > floor:
                heapq.heappush(heap, (-float(quality[r, c]), (r, c), here))
    return done
