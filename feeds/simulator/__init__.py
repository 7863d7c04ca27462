"""A park that lives: plausible days made from the clock, the weather and a seed."""
