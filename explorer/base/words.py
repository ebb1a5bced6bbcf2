"""Counts, times, durations and sizes in words, times in local time, and texts cut to a length."""

import time


def clock(moment: float, now: float) -> str:
    """Write a moment as "14:02:11" if it is of the same day as `now`, else as "22 Nov, 14:02".

    Both are seconds since 1970. A number that no calendar has becomes "an unknown time".
    """
    try:
        then, today = time.localtime(moment), time.localtime(now)
    except (OverflowError, ValueError, OSError):  # a damaged record
        return "an unknown time"
    if then[:3] == today[:3]:
        return time.strftime("%H:%M:%S", then)
    pattern = "%b, %H:%M" if then.tm_year == today.tm_year else "%b %Y, %H:%M"
    return f"{then.tm_mday} {time.strftime(pattern, then)}"


def day(moment: float) -> str:
    """Write a moment, in seconds since 1970, as "November 22, 2026, 14:02 CET", for what is read in later years."""
    try:
        then = time.localtime(moment)
    except (OverflowError, ValueError, OSError):  # a damaged record
        return "an unknown time"
    return f"{time.strftime('%B', then)} {then.tm_mday}, {time.strftime('%Y, %H:%M %Z', then)}"


def span(seconds: float) -> str:
    """Write seconds as "0.4 s", "12 s", "3 min 20 s", "2 h 5 min" or "3 d 4 h"."""
    if seconds < 1:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    for unit, size, lower, lower_size in (
        ("d", 86400, "h", 3600),
        ("h", 3600, "min", 60),
        ("min", 60, "s", 1),
    ):
        if whole >= size:
            rest = whole % size // lower_size
            return f"{whole // size} {unit} {rest} {lower}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def size(count: float) -> str:
    """Write bytes as "840 kB", "60 MB", "7.8 GB" or "21 GB". 1 GB is 10^9 bytes."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if count >= 0.9995 * factor:  # what would be written as 1000 belongs to the next unit
            digits = 1 if unit == "GB" and count < 9.95 * factor else 0
            return f"{count / factor:.{digits}f} {unit}"
    return f"{count / 1e3:.0f} kB"


def rate(per_second: float) -> str:
    """Write how many a second as "1,250", "42", "7.3" or "0.45", so that slow work does not read as none."""
    digits = 0 if per_second >= 9.95 else 1 if per_second >= 0.995 else 2
    return f"{per_second:,.{digits}f}"


def number(value: float, digits: int = 3) -> str:
    """Write a number with a true minus sign, as "−0.027"; what rounds to 0 has no sign."""
    written = f"{value:z.{digits}f}"
    return written.replace("-", "−")


def signed(value: float, digits: int = 3) -> str:
    """Write a difference with its sign, as "+0.027" or "−0.027"; what rounds to 0 has none."""
    written = number(value, digits)
    return f"+{written}" if value > 0 and float(written) else written


def chance(p: float) -> str:
    """Write the p-value of a test with three digits, as "0.031" or "1.000", and a smaller one as "1.2e−05"."""
    return number(p) if p >= 0.001 else f"{p:.1e}".replace("-", "−")


def counted(count: int, one: str, many: str = "") -> str:
    """Write a count with what is counted, as "1 image" or "1,200 images".

    Args:
        count: How many.
        one: What follows 1, such as "image" or "image has no class".
        many: What follows any other number; `one` with an s where it is empty.
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def cut(text: str, most: int) -> str:
    """Return the first `most` characters, with an ellipsis if there are more."""
    return text if len(text) <= most else f"{text[:most]}…"
