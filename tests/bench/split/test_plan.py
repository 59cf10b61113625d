"""Who takes part in the measuring of many processes, and what is asked of them."""

import pytest

from tertulia.bench.benchmark import Effort
from tertulia.bench.benchmarks.b13_split import GATEWAYS, cases
from tertulia.bench.errors import NoResult
from tertulia.bench.measures import at_rate
from tertulia.bench.peers import Crowd
from tertulia.bench.product import PRODUCT
from tertulia.bench.split.deployment import SPLIT
from tertulia.bench.split.parts import accounted
from tertulia.bench.split.redis import REDIS
from tertulia.bench.split.starting import processes
from tertulia.bench.workshop import Workshop

CASES = cases(Effort())


def test_there_are_as_many_gateways_as_asked_for_and_two_for_conversations():
    for gateways in GATEWAYS:
        names = [part.name for part in processes(gateways)]
        assert sum(name.startswith("gateway-") for name in names) == gateways
        assert sum(name.startswith("conversations-") for name in names) == 2
        assert [name for name in names if name.startswith(("accounts-", "presence-"))] == [
            "accounts-1",
            "presence-1",
        ]


def test_every_target_is_of_a_figure_and_a_peer_of_its_case():
    for case in CASES:
        keys, names = {it.key for it in case.peers}, {it.name for it in case.figures}
        for target in case.targets:
            assert target.peer in keys
            assert target.figure in names
            assert target.than is None or target.than in keys


def test_figures_of_a_case_have_names_of_their_own():
    for case in CASES:
        assert len({it.name for it in case.figures}) == len(case.figures)


def test_fan_out_is_beside_the_peer_in_every_room():
    beside = [case for case in CASES if REDIS in case.peers]
    assert len(beside) == 3
    assert all(case.peers == (SPLIT, REDIS) for case in beside)


def test_a_server_of_one_process_is_charged_as_a_whole(workshop):
    run = at_rate(Crowd(4, 4), rate=50, seconds=0.3)
    sample = accounted(run)(workshop, PRODUCT)
    assert sample["server_cpu"] == sample["cpu"]["server"] > 0


@pytest.mark.parametrize("installed", [False, True])
def test_a_peer_that_is_not_installed_says_what_is_missing(tmp_path, monkeypatch, installed):
    workshop = Workshop(tmp_path)
    if installed:
        workshop.packages("redis").mkdir(parents=True)
    monkeypatch.setattr("shutil.which", lambda _: None)
    missing = "redis-server is missing" if installed else "could not be installed"
    with pytest.raises(NoResult, match=missing), REDIS.parts(workshop, tmp_path, Crowd(1, 1)):
        pass
