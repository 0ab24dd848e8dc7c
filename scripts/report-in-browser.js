// See scripts/report-in-browser. Arguments: the report, the folder for pictures, the browser.
const { chromium } = require('playwright-core');
const [report, pictures, executablePath] = process.argv.slice(2);

const views = [
  { name: 'wide-light', width: 1400, colorScheme: 'light' },
  { name: 'wide-dark', width: 1400, colorScheme: 'dark' },
  { name: 'narrow-light', width: 390, colorScheme: 'light' },
  { name: 'narrow-dark', width: 390, colorScheme: 'dark' },
];

async function look(browser, view) {
  const faults = [];
  const page = await browser.newPage({ viewport: { width: view.width, height: 900 }, colorScheme: view.colorScheme });
  page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => request.url() !== `file://${report}` && faults.push(`fetches ${request.url()}`));
  await page.goto(`file://${report}`);
  await page.screenshot({ path: `${pictures}/${view.name}.png`, fullPage: true });
  const seen = await page.evaluate(() => ({
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    text: document.body.innerText.length,
    ground: getComputedStyle(document.body).backgroundColor,
    links: [...document.links].filter((link) => !link.getAttribute('href').startsWith('#')).length,
  }));
  if (seen.over > 0) faults.push(`scrolls sideways by ${seen.over} px`);
  if (seen.text < 1000) faults.push(`only ${seen.text} characters of text`);
  if (seen.links > 0) faults.push(`${seen.links} live links out of the report`);
  await page.close();
  return { faults, ground: seen.ground };
}

(async () => {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  let faults = 0;
  const grounds = {};
  for (const view of views) {
    const seen = await look(browser, view);
    grounds[view.colorScheme] = seen.ground;
    console.log(`${view.name}: ${seen.faults.length ? seen.faults.join('; ') : 'ok'}`);
    faults += seen.faults.length;
  }
  if (grounds.light === grounds.dark) {
    console.log(`light and dark have the same ground, ${grounds.light}`);
    faults += 1;
  }
  await browser.close();
  process.exit(faults ? 1 : 0);
})();
