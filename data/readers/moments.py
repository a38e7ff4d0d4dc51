"""When an ECG was recorded, and how old its patient was, as formats write it."""

import re
from datetime import date, datetime

_COMPACT = re.compile(r"(\d{8})(\d{4}(?:\d\d)?)?")
OLDEST = 120.0  # years


def compact(written: str) -> datetime | None:
    """The moment that "20021122091000.000" or "20021122" names, as HL7 and DICOM write it; None for anything else."""
    digits = _COMPACT.match(written.strip())
    try:
        return datetime.strptime(digits[0].ljust(14, "0"), "%Y%m%d%H%M%S") if digits else None
    except ValueError:
        return None


def day_and_time(day: str, time: str, *forms: str) -> datetime | None:
    """The moment of a day and a time of day, in the first of the forms that fits; the day alone where the time is none."""
    for form in forms:
        for written, layout in ((f"{day} {time[:8]}", f"{form} %H:%M:%S"), (day, form)):
            try:
                return datetime.strptime(written.strip(), layout)
            except ValueError:
                continue
    return None


def whole_years(born: date | None, at: datetime | None) -> float | None:
    """Age in whole years, None where it is none that a person can have."""
    if born is None or at is None:
        return None
    years = (at.date() - born).days / 365.25
    return float(int(years)) if 0 <= years <= OLDEST else None
