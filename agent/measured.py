"""Every measurement in words, with the beats and leads it rests on: for the page, the command line, the chat and the check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.measure import FIELDS, Basis, Measurements
from agent.measurement.voltages import LVH_LIMITS_MV, ST_AFTER_J_S
from data import STANDARD_LEADS

_AT = f"J+{1000 * ST_AFTER_J_S:.0f} ms"
NAMES: Mapping[str, str] = {  # of every field of `Measurements` that may be None or empty
    **{field: name for field, (name, _) in FIELDS.items()},
    "qtc_ms": "QTc (Fridericia)",
    "qtc_bazett_ms": "QTc (Bazett)",
    "qtc_framingham_ms": "QTc (Framingham)",
    "regularity": "RR intervals",
    "rr_variation": "RR variation",
    "ectopic_beats": "beats of another shape",
    "early_beats": "early beats",
    "st_mv": f"ST level at {_AT}",
    "r_mv": "R",
    "s_mv": "S",
    "lvh_mv": "voltage indices",
}
ST_MV = 0.1  # 1 mm: the ST level that the universal definition of myocardial infarction (Thygesen et al. 2018) looks at in most leads
ST_RAISED_MV: Mapping[str, float] = {"F": 0.15, "M": 0.2}  # in V2 and V3, where it is often raised in health; of men from 40 years on
BY_LEAD = ("st_mv", "r_mv", "s_mv")


@dataclass(frozen=True)
class Line:
    """One measurement. `value` is "" where there is none, and then `reason` says why."""

    field: str
    name: str
    value: str
    reason: str = ""
    basis: Basis | None = None

    @property
    def rests_on(self) -> str:
        """ "9 beats, 12 leads"; "" where nothing was measured."""
        return "" if self.basis is None else f"{_many(self.basis.beats, 'beat')}, {_many(self.basis.leads, 'lead')}"


def lines(m: Measurements) -> list[Line]:
    """All measurements but those by lead, in the order of `NAMES`; an index of hypertrophy has its own line."""
    found: list[Line] = []
    for field, name in NAMES.items():
        basis, value = m.rests_on.get(field), getattr(m, field)
        if field == "lvh_mv" and value:
            found += [Line(field, index, f"{mv:.2f} mV ({limit(index)})", basis=basis) for index, mv in value.items()]
        elif field not in BY_LEAD:
            missing = value is None or value == {}
            found.append(Line(field, name, "" if missing else _worded(field, value), m.missing.get(field, "") if missing else "", basis))
    return found


def by_lead(m: Measurements) -> dict[str, dict[str, float]]:
    """ST level, R and S in mV, by the lead: the leads in their standard order, the fields of `BY_LEAD` that it has."""
    leads = [lead for lead in STANDARD_LEADS if any(lead in getattr(m, field) for field in BY_LEAD)]
    return {lead: {field: getattr(m, field)[lead] for field in BY_LEAD if lead in getattr(m, field)} for lead in leads}


def notable(m: Measurements, sex: str | None = None) -> list[str]:
    """What is worth a word beside rate, intervals and axis, as parts of a sentence: beats that are not even or not alike, ST levels from
    `ST_MV` on, in V2 and V3 upwards from `ST_RAISED_MV` on, and indices of hypertrophy above their limit. Where the sex is not known the
    limit is a man's.
    """
    parts = [in_words(m, "regularity")] if m.regularity and m.regularity != "regular" else []
    parts += [in_words(m, field) for field in COUNTED if getattr(m, field)]
    raised = {lead: ST_RAISED_MV["F" if sex == "F" else "M"] if lead in ("V2", "V3") else ST_MV for lead in m.st_mv}
    if moved := [lead for lead, of in by_lead(m).items() if lead in raised and not -ST_MV < of["st_mv"] < raised[lead]]:
        parts.append(in_words(m, "st_mv", moved))
    above = {index for index, mv in m.lvh_mv.items() if mv > LVH_LIMITS_MV[index][0 if sex == "F" else 1]}
    return parts + [f"{line.name} {line.value}" for line in lines(m) if line.name in above]


def limit(index: str) -> str:
    """Above which voltage an index speaks for hypertrophy.

    >>> limit("Cornell")
    'limit 2.0 mV in women, 2.8 in men'
    """
    women, men = LVH_LIMITS_MV[index]
    return f"limit {women} mV" if women == men else f"limit {women} mV in women, {men} in men"


def in_words(m: Measurements, field: str, leads: Sequence[str] = ()) -> str:
    """One measurement as a part of a sentence, or why there is none.

    Parameters
    ----------
    leads : of which a measurement by lead is told; none: of all

    >>> in_words(Measurements(st_mv={"V1": 0.05, "V2": 0.1}), "st_mv", ["V2"])
    'ST level at J+60 ms V2 0.10 mV'
    """
    value = getattr(m, field)
    if field in BY_LEAD and (told := [lead for lead in by_lead(m) if lead in value and (not leads or lead in leads)]):
        return f"{NAMES[field]} {', '.join(f'{lead} {millivolts(value[lead])} mV' for lead in told)}"
    if field == "lvh_mv" and value:
        return ", ".join(f"{line.name} {line.value}" for line in lines(m) if line.field == field)
    if value is None or field in BY_LEAD or value == {}:
        return f"{NAMES[field]} not measurable ({m.missing.get(field, 'this lead was not recorded')})"
    return counted(field, value) if field in COUNTED else f"{NAMES[field]} {_worded(field, value)}"


COUNTED = ("ectopic_beats", "early_beats")


def counted(field: str, number: int) -> str:
    """ "2 early beats", "no early beats" """
    return f"{number or 'no'} {NAMES[field] if number != 1 else NAMES[field].replace('beats', 'beat')}"


def phrases(m: Measurements) -> tuple[str, ...]:
    """What may be said of an ECG in just these words: how even its beats are, how many are unlike, where ST is measured, the limits."""
    told = [f"{NAMES['regularity']} {m.regularity}"] if m.regularity else []
    told += [counted(field, value) for field in COUNTED if (value := getattr(m, field)) is not None]
    return (*told, _AT, *(f"({limit(index)})" for index in m.lvh_mv))


def millivolts(value: float) -> str:
    """With two decimals, and no minus before zero."""
    return f"{value:.2f}".replace("-0.00", "0.00")


def _worded(field: str, value: float | str) -> str:
    if field in FIELDS:
        return f"{value:.0f}{FIELDS[field][1]}"
    if isinstance(value, str):
        return value
    return f"{100 * value:.0f} %" if field == "rr_variation" else f"{value:.0f}{'' if field in COUNTED else ' ms'}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
