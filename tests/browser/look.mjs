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
import { draw, measure } from './in-page.mjs';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND']; // no name resolves: stops what routing cannot see (websockets, preconnect)
const PATIENCE = 60_000; // milliseconds for one look; page.evaluate has no limit of its own
const require = createRequire(import.meta.url);

const firstLine = (error) => String(error?.message ?? error).split('\n')[0];
const tidy = (urls) => [...new Set(urls)].sort(); // they come in no particular order
const urlOf = (file) => pathToFileURL(file).href;
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
  return lookAt(browser, urlOf(file), options, async (tab, seen) => {
    await tab.emulateMedia({ media: view.media ?? 'screen' });
    if (view.openDetails) await tab.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
    const measured = await tab.evaluate(measure);
    const axe = await runAxe(tab);
    if (folder) await savePictures(tab, view, join(folder, `${name}-${view.name}`));
    return { ...seen, requests: tidy(seen.requests), ...measured, axe };
  });
}

async function runAxe(tab) {
  await tab.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return tab.evaluate(async () => { // boiled down in there: the full results are megabytes on a large page
    // Left on, preload would request style sheets and iframes would log warnings: noise that is not the page's.
    const { violations, incomplete } = await window.axe.run(document, { preload: false, iframes: false });
    const brief = (most) => ({ id, impact, help, nodes }) =>
      ({ id, impact, help, count: nodes.length, targets: nodes.slice(0, most).map((node) => node.target.flat().join(' ')) });
    return { violations: violations.map(brief()), undecided: incomplete.map(brief(5)) };
  });
}

async function savePictures(tab, { media, width, height }, stem) {
  await tab.screenshot({ path: `${stem}.png`, fullPage: true });
  if (media === 'print') await tab.pdf({ path: `${stem}.pdf`, width: `${width}px`, height: `${height}px`, preferCSSPageSize: true });
}

// A CSP hides what a page would try: refused scripts never ask for anything. Here it is off, and they do.
const lookWithoutCsp = (browser, { file }) => lookAt(browser, urlOf(file), { bypassCSP: true }, async (tab, seen) => {
  await tab.waitForTimeout(300); // for what scripts start after loading
  return { ...seen, requests: tidy(seen.requests) };
});

// The debugger computes innerText, so it works without scripts; the text in the markup is the second opinion.
const lookWithoutScripts = (browser, { file }) => lookAt(browser, urlOf(file), { javaScriptEnabled: false }, async (tab) => {
  const markup = (await tab.content()).replace(/^[^]*?<body[^>]*>|<(script|style)\b[^]*?<\/\1>|<!--[^]*?-->|<[^>]*>/gi, ' ');
  const textLength = await tab.evaluate(() => document.body.innerText.length);
  return { textLength, markupTextLength: markup.replace(/\s+/g, ' ').trim().length };
});

const lookAtDiagrams = (browser, diagrams) => lookAt(browser, 'about:blank', {}, async (tab, seen) => {
  await tab.addScriptTag({ path: require.resolve('mermaid/dist/mermaid.min.js') });
  await tab.evaluate(() => window.mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' }));
  const results = {};
  for (const { name, source } of diagrams) { // one after another: mermaid keeps state
    const result = await tab.evaluate(draw, source);
    await tab.waitForTimeout(100); // requests are reported a little later
    results[name] = { ...result, requests: tidy(seen.requests.splice(0)) };
  }
  return results;
});

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
  const drawAll = () => within(PATIENCE, 'the mermaid sources', lookAtDiagrams(browser, mermaid));
  if (mermaid.length) jobs.unshift(async () => { report.mermaid = await drawAll(); }); // the longest job first
  const worker = async () => { while (jobs.length) await jobs.shift()(); };
  try { await Promise.all([worker(), worker()]); } finally { await browser.close(); } // two, for two cores
  process.stdout.write(`${JSON.stringify(report, null, 1)}\n`); // no process.exit after this: it would cut a pipe short
}

main().catch((error) => {
  process.stderr.write(`look.mjs: ${firstLine(error)}\n`);
  process.exitCode = 2;
});
