"""The wire contract of the peers: tokens that can be checked, and who is in which room."""

import json

from tertulia.bench.wire import owner_of, people_lines, room_lines, sign


def test_a_token_is_that_of_its_person():
    assert owner_of(sign("ana")) == "ana"
    assert owner_of(sign("ana").replace("ana", "eva")) is None
    assert owner_of("") is None


def test_people_fill_one_room_after_the_other():
    lines = [line.split("\t") for line in people_lines(5, 2)]
    assert [line[0] for line in lines] == ["0", "0", "1", "1", "2"]
    assert [json.loads(line[1])["rooms"] for line in lines[1:3]] == [["r0"], ["r1"]]
    assert len(list(room_lines(3))) == 3


def test_everybody_has_a_token_and_as_many_rooms_as_wanted():
    auths = [json.loads(line.split("\t")[1]) for line in people_lines(3, 3, rooms_each=3)]
    assert len({owner_of(auth["token"]) for auth in auths}) == 3
    assert {len(set(auth["rooms"])) for auth in auths} == {3}
