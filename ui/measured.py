"""All that was measured on an ECG, for the page and for the command line: values, what they rest on, and why one is missing."""

from collections.abc import Mapping
from html import escape
from itertools import groupby

from agent.measure import FIELDS, Measurements
from agent.measured import BY_LEAD, NAMES, Line, by_lead, lines, millivolts
from agent.measurement.voltages import ST_AFTER_J_S

_COLUMNS = {"st_mv": f"ST at J+{1000 * ST_AFTER_J_S:.0f} ms", "r_mv": "R", "s_mv": "S"}


def all_html(measured: Measurements) -> str:
    """An expander with every measurement, the beats and leads it rests on, and the voltages of each lead."""
    rows = "".join(
        f"<tr><th>{escape(line.name)}</th><td>{escape(line.value) or f'not measurable: {escape(line.reason)}'}</td>"
        f"<td>{line.rests_on}</td></tr>"
        for line in lines(measured)
    )
    whole = f"<table><thead><tr><th></th><th>value</th><th>rests on</th></tr></thead><tbody>{rows}</tbody></table>"
    return f'<details class="all"><summary>All measurements</summary>{whole}{_leads_html(measured)}</details>'


def _leads_html(measured: Measurements) -> str:
    leads = by_lead(measured)
    if not leads:
        return "".join(f"<p>{escape(NAMES[field])} not measurable: {escape(measured.missing.get(field, ''))}</p>" for field in BY_LEAD)
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS.values())
    rows = "".join(f"<tr><th>{lead}</th>{_cells(values)}</tr>" for lead, values in leads.items())
    basis = measured.rests_on.get("st_mv")
    beats = f", median of {basis.beats} beats" if basis else ""
    return f'<table class="leads"><thead><tr><th>mV{beats}</th>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _cells(values: Mapping[str, float]) -> str:
    return "".join(f"<td>{millivolts(values[field]) if field in values else ''}</td>" for field in _COLUMNS)


def further_lines(measured: Measurements) -> list[str]:
    """What the first line of measurements leaves out, for a terminal."""
    rows = []
    for basis, told in groupby((line for line in lines(measured) if line.value and line.field not in FIELDS), _group):
        rows.append(f"{', '.join(f'{line.name} {line.value}' for line in told)} ({basis[0]})")
    for reason, lacking in groupby((line for line in lines(measured) if not line.value), lambda line: line.reason):
        rows.append(f"{', '.join(line.name for line in lacking)} not measurable: {reason}")
    leads = by_lead(measured)
    for field, name in _COLUMNS.items():
        if values := [f"{lead} {millivolts(of[field])}" for lead, of in leads.items() if field in of]:
            rows.append(f"{name}, mV: {'  '.join(values)}")
    return rows


def _group(line: Line) -> tuple[str, bool]:
    return line.rests_on, line.field == "lvh_mv"
