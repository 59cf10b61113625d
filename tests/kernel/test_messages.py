import pytest

from tertulia.kernel.messages import Command, Model, Query, snake


class FindLamp(Query["Lamp | None"]):
    room: str


class GetLamp(Query["Lamp"]):
    room: str


class PutOut(Command[None]):
    room: str


class Lamp(Model):
    lit: bool


@pytest.mark.parametrize(
    ("name", "expected"),
    [("PostMessage", "post_message"), ("Join", "join"), ("CatchUp", "catch_up")],
)
def test_a_name_is_written_in_snake_case(name, expected):
    assert snake(name) == expected


def test_a_request_knows_its_result():
    assert PutOut.result_type() is None


def test_a_result_may_be_named_before_it_is_defined():
    assert GetLamp.result_type() is Lamp
    assert FindLamp.result_type() == Lamp | None


@pytest.mark.parametrize("values", [{}, {"lit": True, "odd": 1}])
def test_what_is_trusted_has_a_value_for_each_field(values):
    class Torch(Model):
        lit: bool = False

    with pytest.raises(TypeError):
        Torch.trusted(values)


def test_what_is_trusted_is_as_if_it_had_been_checked():
    assert Lamp.trusted({"lit": True}) == Lamp(lit=True)
