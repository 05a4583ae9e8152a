// The two functions look.mjs sends into a page. Their source text travels, nothing else does:
// each stands alone, and sees only what the page has.

export function measure() {
  const root = document.documentElement;
  const box = (e) => e.getBoundingClientRect();
  const round = (n) => Math.round(n * 100) / 100;
  const sample = (node) => node.textContent.replace(/\s+/g, ' ').trim().slice(0, 60);
  const describe = (e) => [e.localName + (e.id && `#${e.id}`), ...e.classList].join('.');
  const withAncestors = (e) => (e ? [e, ...withAncestors(e.parentElement)] : []);
  // html and body do not count: overflow set there belongs to the viewport, and cuts content off for good.
  const clips = (e) => e !== root && e !== document.body && getComputedStyle(e).overflowX !== 'visible';

  const wide = [...document.body.querySelectorAll('*')]
    .filter((e) => box(e).right > root.clientWidth + 1 && box(e).width && box(e).height)
    .filter((e) => !withAncestors(e.parentElement).some(clips))
    .slice(0, 5).map((e) => ({ element: describe(e), right: round(box(e).right), text: sample(e) }));

  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !e.closest('defs, symbol, clipPath, mask, pattern, marker')
    && !withAncestors(e).some((a) => (box(a).width <= 1 || box(a).height <= 1) && clips(a)); // for screen readers only
  const pixels = (e) => { // as drawn: a drawing's scale applies to HTML in its foreignObject too
    const matrix = (e.getScreenCTM ? e : e.closest('foreignObject'))?.getScreenCTM();
    return round(parseFloat(getComputedStyle(e).fontSize) * (matrix ? Math.hypot(matrix.c, matrix.d) : 1));
  };
  let smallestText = null;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!sample(texts.currentNode) || !shown(parent) || pixels(parent) >= smallestText?.px) continue;
    smallestText = { px: pixels(parent), element: describe(parent), text: sample(texts.currentNode) };
  }

  const outside = (text) => {
    const [t, s] = [box(text), box(text.ownerSVGElement)];
    return round(Math.max(s.left - t.left, t.right - s.right, s.top - t.top, t.bottom - s.bottom));
  };
  const svgTextOverflow = [...document.querySelectorAll('svg text')].filter((t) => sample(t) && shown(t) && outside(t) > 1)
    .map((t) => ({ element: describe(t), by: outside(t), text: sample(t) }));
  // Where the letters are, line by line; what is for screen readers only counts nowhere.
  const lines = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!sample(node) || !shown(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) if (r.width > 1) lines.push({ node, r });
  }
  const common = (a, b) => [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
  const overlaps = [];
  const downwards = [...lines].sort((a, b) => a.r.top - b.r.top);
  for (const [i, one] of downwards.entries()) {
    for (let j = i + 1; j < downwards.length && downwards[j].r.top < one.r.bottom - 5; j += 1) {
      const [x, y] = common(one.r, downwards[j].r);
      if (x > 2 && y > 5 && overlaps.length < 5) overlaps.push([sample(one.node), sample(downwards[j].node)]);
    }
  }
  const outsideCell = lines.filter(({ node, r }) => {
    const cell = node.parentElement.closest('td, th, .card');
    return cell && (r.left < box(cell).left - 1 || r.right > box(cell).right + 1);
  }).map(({ node }) => sample(node)).slice(0, 5);
  const summary = document.querySelector('.summary');
  const summaryEnds = summary && round(box(summary).bottom + window.scrollY);
  const { scrollWidth, clientWidth } = root;
  const horizontal = { scrolls: scrollWidth > clientWidth, scrollWidth, clientWidth, wide };
  return { horizontal, smallestText, svgTextOverflow, overlaps, outsideCell, summaryEnds,
    textLength: document.body.innerText.length };
}

export async function draw(source) {
  try {
    await window.mermaid.parse(source);
    const { maxTextSize } = window.mermaid.mermaidAPI.getConfig(); // above it mermaid draws its complaint as a diagram
    if (source.length > maxTextSize) throw new Error(`longer than ${maxTextSize} characters`);
    document.body.innerHTML = (await window.mermaid.render('diagram', source)).svg; // innerText needs it laid out
    const nodes = [...document.querySelectorAll('.node')];
    const protocol = (value) => (URL.canParse(value, 'https://x') ? new URL(value, 'https://x').protocol : '');
    const unsafe = [...document.body.querySelectorAll('*')].flatMap((e) => [...(e.localName === 'script' ? ['script'] : []),
      ...[...e.attributes].filter((a) => /^on/i.test(a.name) || protocol(a.value) === 'javascript:')
        .map((a) => `${e.localName} ${a.name}=${a.value}`)]);
    const labels = nodes.map((node) => node.querySelector('.nodeLabel')?.innerText ?? node.textContent);
    return { ok: true, error: null, nodes: nodes.length, labels, unsafe };
  } catch (error) {
    return { ok: false, error: String(error?.message ?? error), nodes: 0, labels: [], unsafe: [] };
  } finally { document.body.replaceChildren(); } // a failed render leaves a picture behind
}
