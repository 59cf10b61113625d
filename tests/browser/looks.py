"""How a screen looks to who sees it, and to who does not: axe, and the geometry of its words."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.words import Words

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
GEOMETRY = Path(__file__).with_name("geometry.js")

RUN_AXE = """async (rules) => {
  await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  const options = rules ? { runOnly: { type: 'rule', values: rules } } : {};
  const { violations } = await axe.run(document, { ...options, resultTypes: ['violations'] });
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(
    ({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}"""


def barriers(page: Page) -> list[str]:
    """What axe finds serious or critical, in light; in dark, of contrast."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    _bring_axe(page)
    found = [f"light, {finding}" for finding in page.evaluate(RUN_AXE, None)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"dark, {finding}" for finding in page.evaluate(RUN_AXE, ["color-contrast"])]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


def misfits(page: Page, words: Words) -> list[str]:
    """Words that are clipped, and what stands outside the window."""
    found: list[str] = page.evaluate(GEOMETRY.read_text("utf-8"), words.fixed())
    return found


def _bring_axe(page: Page) -> None:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
