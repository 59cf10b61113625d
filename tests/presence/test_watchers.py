from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tertulia.presence.rules.watchers import Watchers

OWNERS = {"a1": "ana", "a2": "ana", "b1": "bruno"}
connections = st.sampled_from(sorted(OWNERS))
people = st.sampled_from(["ana", "bruno", "carla"])


class Ties(RuleBasedStateMachine):
    """The watchers, beside a plain table of who watches whom and whether that is sure."""

    def __init__(self):
        super().__init__()
        self.watchers = Watchers()
        self.ties: dict[tuple[str, str], bool] = {}

    @rule(connection=connections, watched=st.sets(people))
    def watch(self, connection, watched):
        self.watchers.watch(connection, OWNERS[connection], watched)
        self._clear(connection)
        self.ties |= {(connection, user_id): True for user_id in watched}

    @rule(connection=connections)
    def forget(self, connection):
        self.watchers.forget(connection)
        self._clear(connection)

    @rule(loser=people)
    def doubt(self, loser):
        self.watchers.doubt(loser)
        for connection, user_id in self.ties:
            owner = OWNERS[connection]
            if loser in {owner, user_id} and owner != user_id:
                self.ties[connection, user_id] = False

    @rule(user_id=people, watcher=people, sees=st.booleans())
    def settle(self, user_id, watcher, sees):
        self.watchers.settle(user_id, watcher, sees=sees)
        for connection, watched in list(self.ties):
            if (OWNERS[connection], watched) == (watcher, user_id):
                self.ties[connection, watched] = True
                if not sees:
                    del self.ties[connection, watched]

    @invariant()
    def only_the_sure_hear(self):
        for user_id in ("ana", "bruno", "carla"):
            here = {
                connection: sure for (connection, it), sure in self.ties.items() if it == user_id
            }
            doubtful = {OWNERS[connection] for connection, sure in here.items() if not sure}
            assert self.watchers.tied(user_id) == set(here)
            assert self.watchers.hearers(user_id) == {it for it, sure in here.items() if sure}
            assert self.watchers.doubtful(user_id) == doubtful

    @invariant()
    def nothing_is_kept_of_who_watches_nobody(self):
        watching = {connection for connection, _ in self.ties}
        assert set(self.watchers._connections) == {OWNERS[it] for it in self.watchers._watched}
        assert watching <= set(self.watchers._watched)

    def _clear(self, connection):
        self.ties = {tie: sure for tie, sure in self.ties.items() if tie[0] != connection}


TestTies = Ties.TestCase
TestTies.settings = settings(max_examples=50, stateful_step_count=30)
