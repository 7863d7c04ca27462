"""Where events enter: clocks corrected, names written in one way."""
