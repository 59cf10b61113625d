from tertulia.kernel.ids import new_id
from tertulia.presence.rules.told import KEPT, MOST_NAMED, Told


def tell(told, count, hearers=1):
    ids = [f"c{n}" for n in range(hearers)]
    for _ in range(count):
        told.keep(told.next(new_id(), "online", ids))


def test_pages_go_as_far_as_they_say_and_miss_nothing():
    told, heard, numbers = Told(100), 102, []
    tell(told, 60, hearers=MOST_NAMED // 10)
    for _ in range(6):
        page, reached = told.page(heard)
        numbers += [change.number for change in page]
        heard = reached
    assert numbers == list(range(103, 161))
    assert (list(told.page(heard)[0]), heard) == ([], 160)


def test_of_very_many_changes_the_last_are_remembered():
    told = Told(0)
    tell(told, KEPT + 5)
    page, reached = told.page(0)
    assert (page[0].number, len(page)) == (6, MOST_NAMED + 1)
    assert reached == page[-1].number
