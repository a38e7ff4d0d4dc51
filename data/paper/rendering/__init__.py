"""Printed sheets with known truth: an ECG drawn on paper, and what a scanner or a phone makes of the paper."""

from data.paper.rendering.camera import LEVELS, photographed
from data.paper.rendering.pdf import printed_pdf
from data.paper.rendering.sheet import Print, printed, random_print

__all__ = ["LEVELS", "Print", "photographed", "printed", "printed_pdf", "random_print"]
