"""Text that means harm stays text, wherever it is shown."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.person import Person

PWNED = "window.__pwned=1"
CORPUS = (
    f"<script>{PWNED}</script>",
    f"<img src=x onerror={PWNED}>",
    f"<svg onload={PWNED}></svg>",
    f"<svg><script>{PWNED}</script></svg>",
    '<iframe srcdoc="<script>parent.__pwned=1</script>"></iframe>',
    f'<a href="javascript:{PWNED}">press</a>',
    f"[press](javascript:{PWNED})",
    f"[press](JaVaScRiPt:{PWNED})",
    f"[press](java&#x0A;script:{PWNED})",
    f"[press](<java\tscript:{PWNED}>)",
    f"[press](data:text/html,<script>{PWNED}</script>)",
    f"[press](vbscript:{PWNED})",
    f"<javascript:{PWNED}>",
    "![picture](https://evil.invalid/x.png)",
    f'![x](x" onerror="{PWNED})',
    f'[x](https://example.org "\\" onmouseover={PWNED}")',
    "<style>*{display:none}</style>",
    '<div style="position:fixed;inset:0">over everything</div>',
    '<form action="https://evil.invalid"><button>Sign in again</button></form>',
    '<base href="https://evil.invalid/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.invalid">',
    f"```<img src=x onerror={PWNED}>\n</code></pre><script>{PWNED}</script>\n```",
    f"`</code><img src=x onerror={PWNED}>`",
    f"| a |\n|---|\n| <img src=x onerror={PWNED}> |",
    f"||<img src=x onerror={PWNED}>||",
    f"@<img src=x onerror={PWNED}> #<svg onload={PWNED}>",
    "{{constructor.constructor('window.__pwned=1')()}} ${window.__pwned=1}",
    "\u202egnp.exe\u202c and \u200d\u200b\ufeff",
)
NAME = f"<img src=x onerror={PWNED}>"
TOPIC = f'"><svg onload={PWNED}><b>bold</b>'

FOREIGN = """() => [...document.querySelectorAll('#app *, body > *')].filter((element) =>
  /^(IFRAME|OBJECT|EMBED|BASE|META|FORM)$/.test(element.tagName) && !element.matches('form:not([action])')
  || element.matches('#app script, #app style, #app link')
  || [...element.attributes].some(({ name, value }) => /^on|^srcdoc$/i.test(name)
     || /^(href|src|action|formaction|xlink:href)$/i.test(name) && !/^(https?:|mailto:|\\/|#|blob:|data:image)/i.test(value))
).map((element) => element.outerHTML.slice(0, 200))"""


@pytest.fixture
def trap(house: House) -> Any:
    """A channel in which every word means harm, and a person by such a name."""
    house.call("zoe", "PATCH", "/users/me", display_name=NAME)
    channel = house.channel("ines", "zoe", name=NAME.replace("src", "title"), topic=TOPIC)
    for text in CORPUS:
        house.say("zoe", text, channel)
    quoted = house.say("zoe", f"**{NAME}**", channel)
    house.say("zoe", "mira", channel, reply_to=quoted["id"])
    house.say("zoe", f"{NAME} sí", channel, thread_id=quoted["id"])
    house.say("zoe", f"@ines {NAME}", channel)
    return channel


def is_unharmed(person: Person) -> None:
    assert person.page.evaluate("window.__pwned") is None
    assert person.page.evaluate(FOREIGN) == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_what_means_harm_is_text(house: House, enter: Enter, trap: Any, phone: bool) -> None:
    ines = enter("ines", phone=phone)
    expect(ines.row(trap["name"]) if phone else ines.row("general")).to_be_visible()
    is_unharmed(ines)

    ines.opens(trap["name"])
    expect(ines.log.get_by_role("article")).to_have_count(len(CORPUS) + 3)
    said = ines.log.inner_text()
    assert [text for text in CORPUS if text[0] == "<" and text[1:-1] not in said] == []
    ines.log.get_by_role("button", name=ines.words("timeline.spoiler")).click()
    for link in ines.log.get_by_role("link", name="press").all():
        assert re.match("https?:", link.get_attribute("href") or "")
    is_unharmed(ines)

    # Its panels, the card of a person, the list over the composer, a quote, and the announcer.
    ines.log.get_by_role("link", name=ines.words("timeline.replies", count=1)).click()
    ines.sees(f"{NAME} sí", in_=ines.thread)
    is_unharmed(ines)
    ines.closes_panel()
    ines.shows_people()
    expect(ines.panel.get_by_role("button", name=re.compile(re.escape(NAME)))).to_be_visible()
    is_unharmed(ines)
    ines.panel.get_by_role("button", name=re.compile(re.escape(NAME))).click()
    card = ines.page.get_by_role("dialog", name=ines.words("profile.card"))
    expect(card.get_by_role("heading")).to_have_text(NAME)
    is_unharmed(ines)
    ines.page.keyboard.press("Escape")
    ines.closes_panel()
    ines.shows_details()
    expect(ines.panel).to_contain_text(TOPIC)
    ines.closes_panel()
    ines.writes("@zo")
    expect(ines.suggestions.get_by_role("option").first).to_contain_text(NAME)
    is_unharmed(ines)
    ines.writes("")
    ines.message("mira").does("timeline.quote")
    house.say("zoe", f"<b>{NAME}</b> ahora", trap)
    expect(ines.log.get_by_text(f"<b>{NAME}</b> ahora", exact=True)).to_be_visible()
    is_unharmed(ines)
