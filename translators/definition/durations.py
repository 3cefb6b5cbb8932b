"""Durations: seconds as a number, or texts such as ``30s``, ``1h30m`` and ``PT5M``."""

from __future__ import annotations

import math
import re

__all__ = ["format_duration", "parse_duration"]

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_PART = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(ms|s|m|h|d)")
_ISO = re.compile(
    r"P(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)
_ISO_UNITS = (604_800.0, 86_400.0, 3600.0, 60.0, 1.0)
_LONGEST = 1e12


def parse_duration(value: object) -> float | None:
    """Return a duration in seconds, ``None`` if the value is none.

    Parameters
    ----------
    value
        A number of seconds, or a text: numbers with ``ms``, ``s``, ``m``, ``h``, ``d``, the larger
        unit first or not, or an ISO 8601 duration of weeks, days and times.

    Returns
    -------
    float or None
        Never negative.

    Examples
    --------
    >>> [parse_duration(text) for text in (30, "1h30m", "PT5M", "soon")]
    [30.0, 5400.0, 300.0, None]
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value <= _LONGEST and math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,9})?", text):
        return float(text)
    iso = _ISO.fullmatch(text)
    if iso is not None and any(iso.groups()):
        return sum(float(n) * unit for n, unit in zip(iso.groups(), _ISO_UNITS) if n)
    parts = list(_PART.finditer(text))
    if not parts or "".join(part.group() for part in parts) != text:
        return None
    return sum(float(part[1]) * _UNITS[part[2]] for part in parts)


def format_duration(seconds: float) -> str:
    """Return a duration in its largest whole unit.

    Examples
    --------
    >>> format_duration(300.0), format_duration(90.0), format_duration(0.25)
    ('5m', '90s', '0.25s')
    """
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{int(seconds / _UNITS[unit])}{unit}"
    return f"{int(seconds)}s" if seconds == int(seconds) else f"{seconds!r}s"
