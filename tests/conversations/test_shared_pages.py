"""Pages that many ask for at once: read once, and never older than a moment."""

from tertulia.conversations.handlers.shared_pages import MOST, SHARED_SECONDS, SharedPages


class Reader:
    def __init__(self) -> None:
        self.now = 0.0
        self.reads = 0
        self.pages = SharedPages(now=lambda: self.now)

    def ask(self, key: object) -> int:
        def read():
            self.reads += 1
            return [{"seq": self.reads}], False

        return self.pages.find(key, read)[0][0]["seq"]


def test_who_asks_the_same_at_the_same_moment_gets_the_same():
    reader = Reader()
    assert [reader.ask("a"), reader.ask("a"), reader.ask("b"), reader.ask("a")] == [1, 1, 2, 1]


def test_a_moment_later_it_is_read_again():
    reader = Reader()
    reader.ask("a")
    reader.now = SHARED_SECONDS
    assert reader.ask("a") == 2


def test_only_the_latest_pages_are_kept():
    reader = Reader()
    for key in range(MOST + 1):
        reader.ask(key)
    assert reader.ask(1) == 2
    assert reader.ask(0) == MOST + 2
