// Words that cannot be read whole, and what stands outside the window. `ours` are the texts of the
// catalogue: what people wrote may end in an ellipsis, what we wrote may not.
async (ours) => {
  const FRAMES = 30;
  const SLACK = 1.5;
  let styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  const scrolls = (element) => /auto|scroll/.test(styleOf(element).overflowX);
  const known = new Set(ours);
  const clips = (element) => /hidden|clip/.test(styleOf(element).overflowX);
  const ancestors = (element) => {
    const list = [];
    for (let each = element; each && each !== document.documentElement; each = each.parentElement) list.push(each);
    return list;
  };
  const spokenOnly = (element) => element.closest('[aria-hidden="true"], option, title') !== null || ancestors(element).some((each) => styleOf(each).clipPath === 'inset(50%)');
  const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  const look = () => {
    const found = new Set();
    styles = new Map();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      const words = node.textContent.trim();
      const parent = node.parentElement;
      if (!/\p{L}/u.test(words) || spokenOnly(parent) || !visible(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const rect = range.getBoundingClientRect();
      if (rect.width === 0) continue;
      const above = ancestors(parent);
      const scroller = above.findIndex((element) => scrolls(element));
      const within = scroller < 0 ? above : above.slice(0, scroller);
      for (const element of within) {
        const control = element.matches('button, a, label, legend, h1, h2, h3, [role="menuitem"]');
        if (styleOf(element).textOverflow === 'ellipsis' && !known.has(words)) break;
        if (!clips(element) && !control) continue;
        const box = element.getBoundingClientRect();
        if (styleOf(element).display === 'inline') continue;
        if (rect.left < box.left - SLACK || rect.right > box.right + SLACK) found.add(`clipped: ${words}`);
      }
      if (scroller < 0 && (rect.left < -SLACK || rect.right > innerWidth + SLACK)) found.add(`outside: ${words}`);
    }
    for (const element of document.querySelectorAll('button, a, input, textarea, [role="dialog"], [role="menu"]')) {
      if (spokenOnly(element) || !visible(element) || ancestors(element).some((each) => scrolls(each))) continue;
      const box = element.getBoundingClientRect();
      if (box.width > 0 && (box.left < -SLACK || box.right > innerWidth + SLACK)) {
        found.add(`outside: ${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim()}`);
      }
    }
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.add(`the page scrolls sideways: ${scrollWidth} px in ${clientWidth}`);
    return [...found];
  };

  // What floats follows the window a few frames later.
  for (let frame = 0; frame < FRAMES && look().length > 0; frame += 1) await new Promise(requestAnimationFrame);
  return look();
}
