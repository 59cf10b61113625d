"""What is done to many processes, as a seed draws it."""

from tertulia.chaos.split.deployment import PARTS
from tertulia.chaos.split.troubles import (
    TROUBLES,
    Death,
    DeathAtAPlace,
    EndedSessions,
    LostCommits,
    NewVersion,
    Standstill,
    Storm,
    draw,
)

MANY = range(1, 200)


def test_a_seed_draws_the_same_again():
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
    assert all(TROUBLES[0] <= len(draw(seed)) <= TROUBLES[1] for seed in MANY)


def test_everything_is_drawn_sometimes():
    drawn = [step.trouble for seed in MANY for step in draw(seed)]
    kinds = {Death, DeathAtAPlace, Standstill, Storm, LostCommits, EndedSessions, NewVersion}
    assert {type(trouble) for trouble in drawn} == kinds
    assert {it.part for it in drawn if isinstance(it, Death)} == {*PARTS}
    assert {it.part for it in drawn if isinstance(it, Standstill)} == {*PARTS}
    lines = {it.line for it in drawn if isinstance(it, Storm)}
    assert lines == {*PARTS, "clients"}
    assert {step.lies for seed in MANY for step in draw(seed)} == {True, False}


def test_some_stand_still_for_longer_than_a_lease():
    longest = max(
        step.trouble.seconds
        for seed in MANY
        for step in draw(seed)
        if isinstance(step.trouble, Standstill)
    )
    assert 10 < longest <= 15
