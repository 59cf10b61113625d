"""C3: nothing is in a log that nobody asked for, and nothing where it was not asked for."""

from collections.abc import Iterator

from tertulia.chaos.checkers.posts import Place, Post, Posts, message_id
from tertulia.chaos.checkers.registers import DELETE, EDIT, REACT, UNREACT
from tertulia.chaos.history import History
from tertulia.chaos.violations import Violation

CHANGES = {
    "message_edited": EDIT,
    "message_deleted": DELETE,
    "reaction_added": REACT,
    "reaction_removed": UNREACT,
}


def check(history: History) -> list[Violation]:
    """Every message at the end, and every change of one, against what was invoked."""
    posts = Posts(history)
    users = {record.client: record.user_id for record in history.beginnings}
    found: list[Violation] = []
    for id_, places in posts.places.items():
        for place in places:
            if place.message["kind"] == "text":
                found += _check_message(place, posts.sent.get(id_), users)
    return [*found, *_check_changes(history)]


def _check_message(place: Place, post: Post | None, users: dict[str, str]) -> Iterator[Violation]:
    where = place.final.conversation_id
    if post is None:
        says = f"message {place.message['id']} stands at {place.seq} of {where}; nobody sent it"
        yield Violation("C3", says)
        return
    wanted = {each.invoked.arguments["conversation_id"] for each in post.tries}
    if where not in wanted:
        says = f"message {post.id} stands in {where}, and was sent to {', '.join(sorted(wanted))}"
        yield Violation("C3", says, post.first.records)
    authors = {users[it.invoked.client] for it in post.tries if it.invoked.client in users}
    author = place.message["author"]["id"]
    if authors and author not in authors:
        says = f"message {post.id} is by {author}, and was sent by {', '.join(sorted(authors))}"
        yield Violation("C3", says, post.first.records)


def _check_changes(history: History) -> Iterator[Violation]:
    asked = {
        (operation.invoked.command, operation.invoked.arguments["message_id"])
        for operation in history.operations
        if operation.invoked.command in CHANGES.values()
    }
    for final in history.finals.values():
        for update in final.updates:
            command = CHANGES.get(update["type"])
            if command is not None and (command, message_id(update)) not in asked:
                says = f"{update['type']} of {message_id(update)} stands at {update['seq']}"
                yield Violation("C3", f"{says} of {final.conversation_id}; nobody asked for it")
