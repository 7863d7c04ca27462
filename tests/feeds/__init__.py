"""Tests of the outside: the simulator."""
