// See scripts/report-in-browser. Arguments: the report, the folder for pictures, the browser. It looks at the report and at
// the page of the file with the most steps.
const fs = require('fs');
const path = require('path');
const { chromium } = require('playwright-core');
const [report, pictures, executablePath] = process.argv.slice(2);

const views = [
  { name: 'wide-light', width: 1400, colorScheme: 'light' },
  { name: 'wide-dark', width: 1400, colorScheme: 'dark' },
  { name: 'narrow-light', width: 390, colorScheme: 'light' },
  { name: 'narrow-dark', width: 390, colorScheme: 'dark' },
];

// The largest page is the one whose scripts have the most layers.
const folder = path.join(path.dirname(report), 'files');
const largest = fs.readdirSync(folder)
  .map((name) => path.join(folder, name))
  .sort((a, b) => fs.statSync(b).size - fs.statSync(a).size || (a < b ? -1 : 1))[0];

// Between the report and its pages links lead to and fro; anything else leads out.
const leadsOut = `(() => [...document.links].map((link) => link.getAttribute('href'))
  .filter((href) => !/^(#|files\\/[0-9a-f]{64}\\.html$|\\.\\.\\/report\\.html#)/.test(href)).length)()`;

async function look(browser, view, file) {
  const faults = [];
  const page = await browser.newPage({ viewport: { width: view.width, height: 900 }, colorScheme: view.colorScheme });
  page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => request.url() !== `file://${file}` && faults.push(`fetches ${request.url()}`));
  await page.goto(`file://${file}`);
  await page.screenshot({ path: `${pictures}/${file === report ? '' : 'file-'}${view.name}.png`, fullPage: true });
  const seen = await page.evaluate(() => ({
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    text: document.body.innerText.length,
    ground: getComputedStyle(document.body).backgroundColor,
  }));
  const links = await page.evaluate(leadsOut);
  if (seen.over > 0) faults.push(`scrolls sideways by ${seen.over} px`);
  if (seen.text < 1000) faults.push(`only ${seen.text} characters of text`);
  if (links > 0) faults.push(`${links} live links out of the report`);
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
    for (const file of [report, largest]) {
      const seen = await look(browser, view, file);
      grounds[view.colorScheme] = seen.ground;
      console.log(`${path.basename(file).slice(0, 12)} ${view.name}: ${seen.faults.length ? seen.faults.join('; ') : 'ok'}`);
      faults += seen.faults.length;
    }
  }
  if (grounds.light === grounds.dark) {
    console.log(`light and dark have the same ground, ${grounds.light}`);
    faults += 1;
  }
  await browser.close();
  process.exit(faults ? 1 : 0);
})();
