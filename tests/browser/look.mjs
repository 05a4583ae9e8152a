// Looks at generated HTML files and mermaid sources in a real headless Chromium and reports what it saw.
//   node look.mjs REQUEST.json     ("-" reads the request from stdin)
// REQUEST: { "pages":   [{ "name", "file": absolute path }],
//            "views":   [{ "name", "width", "height", "scheme": light|dark, "media": screen|print, "openDetails": true|false }],
//            "mermaid": [{ "name", "source" }], "screenshots": absolute folder or null }
// Prints one JSON document. Exit 0: it could look, whatever it found. Exit 2: it could not; one line on stderr says why.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND']; // no name resolves: stops what routing cannot see (websockets, preconnect)
const PATIENCE = 60_000; // milliseconds for one look; page.evaluate has no limit of its own
const require = createRequire(import.meta.url);

const firstLine = (error) => String(error?.message ?? error).split('\n')[0];
const insist = (condition, complaint) => { if (!condition) throw new Error(complaint); };

function readRequest(path) {
  insist(path, 'usage: node look.mjs REQUEST.json (or - for stdin)');
  try {
    const { pages = [], views = [], mermaid = [], screenshots = null } = JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8'));
    for (const [key, list] of Object.entries({ pages, views, mermaid })) checkNames(key, list);
    for (const { name, file } of pages) insist(isAbsolute(`${file}`) && existsSync(file), `page ${name}: no such file: ${file}`);
    for (const view of views) checkView(view);
    for (const { name, source } of mermaid) insist(typeof source === 'string', `mermaid ${name}: no source`);
    insist(pages.length ? views.length : mermaid.length, 'nothing to look at: it takes pages and views, or mermaid');
    insist(screenshots === null || isAbsolute(`${screenshots}`), 'screenshots: neither an absolute path nor null');
    return { pages, views, mermaid, screenshots };
  } catch (error) { throw new Error(`bad request: ${firstLine(error)}`); }
}

function checkNames(key, list) { // names become file names and JSON keys
  insist(Array.isArray(list), `${key}: not a list`);
  for (const item of list) insist(/^[A-Za-z0-9][\w.-]*$/.test(item?.name ?? ''), `${key}: bad name: ${JSON.stringify(item?.name)}`);
  insist(new Set(list.map((item) => item.name)).size === list.length, `${key}: a name occurs twice`);
}

function checkView({ name, width, height, scheme = 'light', media = 'screen' }) {
  insist(!['noScript', 'withoutCsp'].includes(name), `view ${name}: the report uses this name itself`);
  const sensible = width > 0 && height > 0 && /^(light|dark)$/.test(scheme) && /^(screen|print)$/.test(media);
  insist(sensible, `view ${name}: bad width, height, scheme or media`);
}

// Opens a URL in a fresh context with nothing else in reach; `seen` collects what the page says and asks for.
async function lookAt(browser, url, options, work) {
  const context = await browser.newContext({ serviceWorkers: 'block', ...options });
  try {
    const seen = { console: [], pageErrors: [], requests: [] };
    const isOwn = (request) => request.url().split('#')[0] === url;
    context.on('console', (m) => /^(error|warning)$/.test(m.type()) && seen.console.push({ type: m.type(), text: m.text() }));
    context.on('weberror', (e) => seen.pageErrors.push(String(e.error())));
    context.on('request', (request) => isOwn(request) || seen.requests.push(request.url()));
    // "aborted", not the default "failed": a page that tries to go elsewhere then stays, and can still be measured.
    await context.route('**/*', (route) => (isOwn(route.request()) ? route.continue() : route.abort('aborted')));
    const tab = await context.newPage();
    tab.on('websocket', (socket) => seen.requests.push(socket.url()));
    await tab.goto(url, { waitUntil: 'commit' }); // "load" is never announced when a script cuts in with a navigation
    while (await tab.evaluate(() => document.readyState) !== 'complete') await tab.waitForTimeout(20);
    return await work(tab, seen);
  } finally { await context.close(); }
}

// The page's own CSP stays in force, so that this is what a reader gets: a style the CSP refuses is not applied.
// Axe gets in all the same, through the debugging protocol.
function lookInView(browser, { name, file }, view, folder) {
  const options = { viewport: { width: view.width, height: view.height }, colorScheme: view.scheme ?? 'light' };
  return lookAt(browser, pathToFileURL(file).href, options, async (tab, seen) => {
    await tab.emulateMedia({ media: view.media ?? 'screen' });
    if (view.openDetails) await tab.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
    const measured = await tab.evaluate(measure);
    const axe = await runAxe(tab);
    if (folder) await savePictures(tab, view, join(folder, `${name}-${view.name}`));
    return { ...seen, ...measured, axe };
  });
}

async function runAxe(tab) {
  await tab.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  // Left on, preload would request style sheets and iframes would log warnings: noise that is not the page's.
  const { violations, incomplete } = await tab.evaluate(() => window.axe.run(document, { preload: false, iframes: false }));
  const brief = ({ id, impact, help, nodes }) => ({ id, impact, help, targets: nodes.map((node) => node.target.flat().join(' ')) });
  return { violations: violations.map(brief), undecided: incomplete.map(brief) };
}

async function savePictures(tab, { media, width, height }, stem) {
  await tab.screenshot({ path: `${stem}.png`, fullPage: true });
  if (media === 'print') await tab.pdf({ path: `${stem}.pdf`, width: `${width}px`, height: `${height}px`, preferCSSPageSize: true });
}

// A CSP hides what a page would try: refused scripts never ask for anything. Here it is off, and they do.
const lookWithoutCsp = (browser, { file }) => lookAt(browser, pathToFileURL(file).href, { bypassCSP: true }, async (tab, seen) => {
  await tab.waitForTimeout(300); // for what scripts start after loading
  return seen;
});

// The debugger computes innerText, so it works without scripts; the text in the markup is the second opinion.
const lookWithoutScripts = (browser, { file }) => lookAt(browser, pathToFileURL(file).href, { javaScriptEnabled: false }, async (tab) => {
  const markup = (await tab.content()).replace(/^[^]*?<body[^>]*>|<(script|style)\b[^]*?<\/\1>|<!--[^]*?-->|<[^>]*>/gi, ' ');
  const textLength = await tab.evaluate(() => document.body.innerText.length);
  return { textLength, markupTextLength: markup.replace(/\s+/g, ' ').trim().length };
});

// Runs inside the page, where nothing of this file exists.
function measure() {
  const root = document.documentElement;
  const box = (e) => e.getBoundingClientRect();
  const round = (n) => Math.round(n * 100) / 100;
  const sample = (node) => node.textContent.replace(/\s+/g, ' ').trim().slice(0, 60);
  const describe = (e) => [e.localName + (e.id && `#${e.id}`), ...e.classList].join('.');
  const withAncestors = (e) => (e ? [e, ...withAncestors(e.parentElement)] : []);
  // html and body do not count: overflow set there belongs to the viewport, and cuts content off for good.
  const clips = (e) => e !== root && e !== document.body && getComputedStyle(e).overflowX !== 'visible';

  const wide = [...document.body.querySelectorAll('*')]
    .filter((e) => box(e).right > root.clientWidth + 1 && box(e).width && box(e).height && !withAncestors(e.parentElement).some(clips))
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
  const { scrollWidth, clientWidth } = root;
  const horizontal = { scrolls: scrollWidth > clientWidth, scrollWidth, clientWidth, wide };
  return { horizontal, smallestText, svgTextOverflow, textLength: document.body.innerText.length };
}

const lookAtDiagrams = (browser, diagrams) => lookAt(browser, 'about:blank', {}, async (tab, seen) => {
  await tab.addScriptTag({ path: require.resolve('mermaid/dist/mermaid.min.js') });
  await tab.evaluate(() => window.mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' }));
  const results = {};
  for (const { name, source } of diagrams) { // one after another: mermaid keeps state
    const result = await tab.evaluate(draw, source);
    await tab.waitForTimeout(100); // requests are reported a little later
    results[name] = { ...result, requests: seen.requests.splice(0) };
  }
  return results;
});

// Runs inside the page.
async function draw(source) {
  try {
    await window.mermaid.parse(source);
    const { maxTextSize } = window.mermaid.mermaidAPI.getConfig(); // above it mermaid draws its complaint as a diagram
    if (source.length > maxTextSize) throw new Error(`longer than ${maxTextSize} characters`);
    document.body.innerHTML = (await window.mermaid.render('diagram', source)).svg; // innerText needs it laid out
    const nodes = [...document.querySelectorAll('.node')];
    const protocol = (value) => (URL.canParse(value, 'https://x') ? new URL(value, 'https://x').protocol : '');
    const unsafe = [...document.body.querySelectorAll('*')].flatMap((e) => [...(e.localName === 'script' ? ['script'] : []),
      ...[...e.attributes].filter((a) => /^on/i.test(a.name) || protocol(a.value) === 'javascript:').map((a) => `${e.localName} ${a.name}=${a.value}`)]);
    const labels = nodes.map((node) => node.querySelector('.nodeLabel')?.innerText ?? node.textContent);
    return { ok: true, error: null, nodes: nodes.length, labels, unsafe };
  } catch (error) {
    return { ok: false, error: String(error?.message ?? error), nodes: 0, labels: [], unsafe: [] };
  } finally { document.body.replaceChildren(); } // a failed render leaves a picture behind
}

async function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(reject, milliseconds, 'took too long'); });
  try { return await Promise.race([promise, late]); }
  catch (error) { throw new Error(`could not look at ${what}: ${firstLine(error)}`); }
  finally { clearTimeout(timer); }
}

async function launch() {
  insist(existsSync(CHROMIUM), `${CHROMIUM} is missing: apt-get install -y --no-install-recommends chromium fonts-dejavu-core`);
  const { chromium } = await import('playwright-core').catch(() => ({}));
  insist(chromium, 'the module playwright-core is missing: run npm ci');
  for (const file of ['axe-core/axe.min.js', 'mermaid/dist/mermaid.min.js']) require.resolve(file); // before the work, not halfway
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
    .catch((error) => { throw new Error(`chromium did not start: ${firstLine(error)}`); });
}

async function main() {
  const { pages, views, mermaid, screenshots } = readRequest(process.argv[2]);
  if (screenshots) mkdirSync(screenshots, { recursive: true });
  const browser = await launch();
  const report = { pages: {}, mermaid: {} };
  const jobs = pages.flatMap((page) => {
    const slots = report.pages[page.name] = Object.fromEntries(views.map((view) => [view.name, null])); // in the order asked
    const job = (name, look) => async () => { slots[name] = await within(PATIENCE, `page ${page.name}, ${name}`, look()); };
    return [...views.map((view) => job(view.name, () => lookInView(browser, page, view, screenshots))),
      job('noScript', () => lookWithoutScripts(browser, page)), job('withoutCsp', () => lookWithoutCsp(browser, page))];
  });
  const drawAll = async () => { report.mermaid = await within(PATIENCE, 'the mermaid sources', lookAtDiagrams(browser, mermaid)); };
  if (mermaid.length) jobs.unshift(drawAll); // the longest job first
  const worker = async () => { while (jobs.length) await jobs.shift()(); };
  try { await Promise.all([worker(), worker()]); } finally { await browser.close(); } // two, for two cores
  process.stdout.write(`${JSON.stringify(report, null, 1)}\n`); // no process.exit after this: it would cut a pipe short
}

main().catch((error) => {
  process.stderr.write(`look.mjs: ${firstLine(error)}\n`);
  process.exitCode = 2;
});
