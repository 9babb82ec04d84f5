"""What the comparisons with llama.cpp's own programs share."""

import statistics
import sys


class Values:
    """What was measured several times, in one unit."""

    def __init__(self, values, unit):
        self.values, self.unit = list(values), unit

    @property
    def median(self):
        return statistics.median(self.values)

    def __str__(self):
        digits = 0 if self.median >= 100 else 1 if self.median >= 10 else 2
        low, middle, high = (f"{value:.{digits}f}" for value in (min(self.values), self.median, max(self.values)))
        return f"{middle} {self.unit}" + (f" ({low}–{high})" if len(self.values) > 1 else "")


def say(text):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="" if text else "", file=sys.stderr, flush=True)
