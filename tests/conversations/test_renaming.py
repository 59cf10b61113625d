"""Another name, given at accounts: who was answered sees it wherever they look."""

from tertulia.accounts.contract import UpdateProfile
from tertulia.accounts.wiring import wire as wire_accounts
from tertulia.conversations.contract.arriving import SetUp
from tertulia.conversations.contract.messages import GetMessage, PostMessage
from tertulia.conversations.contract.people import GetUser
from tertulia.conversations.wiring import wire
from tertulia.kernel.actor import Actor
from tests.support.kit import LOCAL, running

SET_UP = SetUp(
    organization="La Tertulia",
    display_name="Ana",
    username="ana",
    password="una contraseña larga",
)


async def test_once_a_rename_is_answered_everything_shows_it():
    async with running([wire_accounts, wire]) as house:
        done = await house.ask(SET_UP, LOCAL)
        ana = Actor(id=done.user.id, kind="person", username="ana", display_name="Ana", version=1)
        posting = PostMessage(conversation_id=done.conversation.id, text="hola")
        said = (await house.ask(posting, ana)).message
        for name in ("Ana B", "Ana C", "Ana D"):
            await house.ask(UpdateProfile(display_name=name), ana)
            found = await house.ask(GetUser(user_id=ana.id), ana)
            shown = await house.ask(GetMessage(message_id=said.id), ana)
            assert (found.user.display_name, shown.message.author.display_name) == (name, name)
