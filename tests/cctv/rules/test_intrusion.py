"""Intrusion told once a visit, on tracks made by hand."""

from cctv.rules.base import Place
from cctv.rules.intrusion import Intrusion
from tests.cctv.rules.walk import Life, between, live, scene, told

YARD = Place("yard", ((0.0, 0.0), (600.0, 0.0), (600.0, 400.0), (0.0, 400.0)))
OUTSIDE, INSIDE = (700.0, 200.0, 40.0, 100.0), (300.0, 200.0, 40.0, 100.0)


def test_each_visit_is_told_once() -> None:
    once = [*between(OUTSIDE, INSIDE, 4), *between(INSIDE, OUTSIDE, 4)]
    found = told(Intrusion().build(YARD), live([*once, *[OUTSIDE] * 10, *once]))
    assert len(found) == 2


def test_who_stays_while_the_light_changes_is_the_same_visit() -> None:
    rule, life = Intrusion().build(YARD), Life()
    times = [n / 5 for n in range(10)] + [6 + n / 5 for n in range(10)]
    found = [rule.look(scene([life.at(INSIDE, t_s)], t_s)) for t_s in times]
    assert sum(map(len, found)) == 1
