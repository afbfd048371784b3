import type { Sandbox } from '../../sandbox/sandbox.ts';
import { keyOf } from '../../shared/config/packaged.ts';
import { html, joinLines } from '../../shared/format/html.ts';
import { drawing } from '../drawing/svg.ts';
import { htmlPage } from './html.ts';

/** The console: everything that does not change is in the page, the rest comes as JSON every second. */
export function consolePage({ engine, config, service }: Sandbox): string {
  const machines = [...engine.definitions.machines.values()];
  const tabs = machines.map(
    ({ name }) => html`<button type="button" data-tab="${name}" aria-pressed="false">${name}</button>`,
  );
  const drawings = machines.map(
    ({ name, definition }) =>
      html`<div class="drawing" data-machine="${name}" hidden tabindex="0" role="group" aria-label="${name}">${drawing(name, definition, { standalone: false })}</div>`,
  );
  return htmlPage(
    `${keyOf(service)}: emergency scaling`,
    html`<header>
<h1>${keyOf(service)} <span class="quiet">${config.environment}</span></h1>
<nav><a href="/mailbox">Mailbox (<span id="mails">0</span>)</a></nav>
<p class="quiet" id="clock" role="status">connecting</p>
</header>
<main>
<p id="verdict" class="banner" hidden></p>
<p id="approval" class="banner" hidden></p>
<section aria-label="Capacity"><ul id="numbers" class="cards"></ul><div id="counts"></div></section>
<section aria-label="Metrics"><h2>Metrics</h2><ul id="metrics" class="cards"></ul></section>
<section aria-label="State machine"><h2>State machine</h2>
<div class="tabs" role="group" aria-label="State machines">${tabs}</div>
${joinLines(drawings)}
<p class="quiet legend"><span class="key visited"></span> visited <span class="key current"></span> now. Point at a state to read what it is for.</p></section>
<section aria-label="Executions"><h2>Executions</h2><ol id="executions" class="rows"></ol></section>
<section aria-label="Story"><h2>What happened, and why</h2><ol id="story" class="rows"></ol></section>
<section aria-label="Writes"><h2>Writes</h2><ol id="writes" class="rows"></ol></section>
</main>
<noscript><p>This page needs JavaScript; the terminal tells the same story, and the <a href="/mailbox">mailbox</a> works without.</p></noscript>`,
    html`<script src="/console/page.js" defer></script>`,
  );
}
