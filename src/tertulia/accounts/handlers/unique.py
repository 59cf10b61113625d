"""What only one user may have: a username, for good, and an e-mail address."""

from tertulia.accounts.contract import UsernameTaken
from tertulia.accounts.rules.users import User, email_taken
from tertulia.accounts.store import users
from tertulia.kit.db import Connection


def check_unique(connection: Connection, user: User) -> None:
    """`UsernameTaken`, or `Invalid` for an e-mail address by which somebody else signs in."""
    if users.find_username_owner(connection, user.username) not in {None, user.id}:
        raise UsernameTaken
    if user.email is None:
        return
    account = users.find_account_by_email(connection, user.email)
    if account is not None and account.user.id != user.id:
        raise email_taken()
