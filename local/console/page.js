// The console's only script: asks for the run every second and shows it. All text goes in as text, never as markup.

const byId = (id) => document.getElementById(id);
const svgNamespace = 'http://www.w3.org/2000/svg';
const width = 300;
const height = 60;

/** The machine that the reader chose; until then the page follows the run. */
let chosen;
let ended = false;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const clock = (at) => new Date(at).toISOString().slice(11, 19);

/** Replaces a list's items only when what it shows has changed, so that reading and scrolling are left alone. */
function show(list, key, items) {
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...items());
}

/** Lines over time in one chart; each series is `{class, points: [[at, value]]}`, limits are dashed. */
function chart(label, series, limits) {
  const times = series.flatMap(({ points }) => points.map(([at]) => at));
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const from = Math.min(...times);
  const span = Math.max(1, Math.max(...times) - from);
  const top = Math.max(...values, ...limits.map(({ value }) => value)) * 1.1 || 1;
  const x = (at) => (((at - from) / span) * width).toFixed(1);
  const y = (value) => (height - (value / top) * height).toFixed(1);
  const lines = limits.map(({ kind, value }) =>
    svg('line', { class: kind, x1: 0, x2: width, y1: y(value), y2: y(value) }),
  );
  const paths = series.map((one) =>
    svg('polyline', {
      class: one.class,
      points: one.points.map(([at, value]) => `${x(at)},${y(value)}`).join(' '),
    }),
  );
  const attributes = {
    class: 'chart',
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    role: 'img',
  };
  return svg('svg', { ...attributes, 'aria-label': label }, ...lines, ...paths);
}

function showNumbers({ settings, counts }) {
  const { desired, running, pending, min, max, suspended, policies } = settings;
  const bounds = min === undefined ? 'none' : `${min}–${max}`;
  const cpu = policies.find(({ metric }) => metric === 'ECSServiceAverageCPUUtilization');
  const numbers = [
    ['desired', desired],
    ['running', running],
    ['pending', pending],
    ['bounds', bounds],
    ['scaling in', suspended?.dynamicScalingIn ? 'suspended' : 'on'],
    ['CPU target', cpu ? `${cpu.target} %` : 'none'],
  ];
  show(byId('numbers'), JSON.stringify(numbers), () =>
    numbers.map(([name, value]) =>
      element('li', {}, element('small', {}, name), element('b', {}, String(value))),
    ),
  );
  const line = (name) => counts.map((point) => [point.at, point[name]]);
  const series = [
    { class: 'desired', points: line('desired') },
    { class: 'running', points: line('running') },
  ];
  byId('counts').replaceChildren(
    chart(`Tasks over time: ${desired} desired (dashed), ${running} running`, series, []),
  );
}

function showMetrics(metrics) {
  show(byId('metrics'), JSON.stringify(metrics.map(({ points }) => points.at(-1))), () =>
    metrics.map(({ label, value, level, limits, warning, critical, points }) =>
      element(
        'li',
        {},
        element('small', {}, label),
        element('b', { class: level }, value),
        chart(
          `${label}: ${value}, ${limits}`,
          [{ class: 'value', points }],
          [
            { kind: 'warning', value: warning },
            { kind: 'critical', value: critical },
          ],
        ),
        element('small', {}, limits),
      ),
    ),
  );
}

function row(at, kind, text, details = [], tone = '') {
  const item = element('li', {}, element('time', {}, clock(at)), element('span', { class: 'kind' }, kind));
  item.append(element('p', { class: tone }, text));
  if (details.length > 0)
    item.append(element('ul', {}, ...details.map((detail) => element('li', {}, detail))));
  return item;
}

function showLists({ executions, story, writes }) {
  show(
    byId('executions'),
    JSON.stringify(executions.map(({ name, outcome, last }) => [name, outcome, last])),
    () =>
      executions.toReversed().map(({ startedAt, machine, name, outcome, current, transitions, reasons }) => {
        const text = `${machine}: ${current ?? outcome}`;
        return row(startedAt, outcome, text, [name, `${transitions} states visited`, ...reasons]);
      }),
  );
  show(byId('story'), String(story.length), () =>
    story.toReversed().map(({ at, kind, text, details, tone }) => row(at, kind, text, details, tone)),
  );
  show(byId('writes'), String(writes.length), () =>
    writes.toReversed().map(({ at, who, call, changes }) => row(at, 'write', `${who}: ${call}`, changes)),
  );
}

/** Marks what the newest execution of the shown machine has visited, and where it is. */
function showMachine(executions) {
  const acting = executions.filter(
    ({ outcome, helper }) => !helper && outcome !== 'joined' && outcome !== 'ignored',
  );
  const machine =
    chosen ?? acting.at(-1)?.machine ?? document.querySelector('[data-machine]').dataset.machine;
  const execution = acting.findLast((one) => one.machine === machine);
  for (const tab of document.querySelectorAll('[data-tab]')) {
    tab.setAttribute('aria-pressed', String(tab.dataset.tab === machine));
  }
  for (const picture of document.querySelectorAll('[data-machine]')) {
    picture.hidden = picture.dataset.machine !== machine;
    if (!picture.hidden) mark(picture, execution);
  }
}

function mark(picture, execution) {
  const present = execution?.current ?? execution?.last;
  for (const state of picture.querySelectorAll('[data-state]')) {
    state.classList.toggle('visited', execution?.visited.includes(state.dataset.state) ?? false);
    state.classList.toggle('current', state.dataset.state === present);
  }
  if (picture.dataset.shown === present) return;
  picture.dataset.shown = present;
  const box = picture.querySelector('.current')?.getBoundingClientRect();
  const frame = picture.getBoundingClientRect();
  if (box)
    picture.scrollBy(box.left - frame.left - frame.width / 2 + 88, box.top - frame.top - frame.height / 2);
}

function approvalParts({ needed, links }) {
  const people = needed === 1 ? 'one person' : `${needed} different people`;
  const buttons = links.map(({ name, path }) =>
    element('a', { class: 'button', href: path, target: '_blank', rel: 'noopener' }, `Decide as ${name}`),
  );
  return [`Scale-in waits for ${people} to approve: `, ...buttons];
}

function showBanners({ verdict, approval, mails, now, speed }) {
  byId('mails').textContent = mails;
  byId('clock').textContent = verdict
    ? `${clock(now)} UTC, ended`
    : `${clock(now)} UTC, ${speed} virtual seconds per second`;
  byId('verdict').hidden = !verdict;
  byId('verdict').textContent = verdict ?? '';
  byId('approval').hidden = !approval;
  if (approval) show(byId('approval'), JSON.stringify(approval), () => approvalParts(approval));
}

async function refresh() {
  const answer = await fetch('/console/run.json');
  const view = await answer.json();
  showBanners(view);
  showNumbers(view);
  showMetrics(view.metrics);
  showLists(view);
  showMachine(view.executions);
  ended = view.verdict !== null;
}

async function follow() {
  try {
    await refresh();
  } catch {
    byId('clock').textContent = 'the sandbox does not answer any more; this is its last state';
  }
  if (!ended) setTimeout(follow, 1000);
}

for (const tab of document.querySelectorAll('[data-tab]')) {
  tab.addEventListener('click', () => {
    chosen = tab.dataset.tab;
    refresh().catch(() => undefined);
  });
}
follow();
