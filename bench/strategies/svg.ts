import { type Html, html, joinLines } from '../../shared/format/html.ts';

/** A small SVG vocabulary: panels with a linear or logarithmic scale, lines, areas and labels. Deterministic. */

/** Where a panel lies on the picture, and what its axes span. */
export interface Panel {
  x: number;
  y: number;
  width: number;
  height: number;
  seconds: number;
  low: number;
  high: number;
  scale: 'linear' | 'log';
}

/** Colours as classes, so that one picture serves dark and light readers. */
const style = html`
  svg { color-scheme: light dark; font-family: system-ui, sans-serif; font-size: 11px; }
  .page { fill: #ffffff; } text { fill: #1f2328; } .quiet { fill: #59636e; }
  .frame { fill: none; stroke: #d1d9e0; } .demand { fill: #d1d9e0; } .tasks { fill: none; stroke: #0969da; stroke-width: 1.5; }
  .latency { fill: none; stroke: #8250df; stroke-width: 1.25; } .limit { stroke: #cf222e; stroke-dasharray: 4 3; }
  .warn { stroke: #bf8700; stroke-dasharray: 2 3; } .bad { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; } text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
    .frame { stroke: #3d444d; } .demand { fill: #3d444d; } .tasks { stroke: #58a6ff; }
    .latency { stroke: #d2a8ff; } .limit { stroke: #ff7b72; } .warn { stroke: #e3b341; } .bad { fill: #ff7b72; }
  }`;

/** The whole picture; `title` is what a screen reader says. */
export function document(width: number, height: number, title: string, parts: readonly Html[]): string {
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${title}</title><style>${style}
</style>
<rect class="page" width="${width}" height="${height}"/>
${joinLines(parts)}
</svg>
`;
  return String(picture);
}

export function frame({ x, y, width, height }: Panel): Html {
  return html`<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}"/>`;
}

export function text(
  x: number,
  y: number,
  content: string,
  { anchor = 'start', quiet = false, bold = false } = {},
): Html {
  const look = html`${quiet ? html` class="quiet"` : ''}${bold ? html` font-weight="600"` : ''}`;
  return html`<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}"${look}>${content}</text>`;
}

/** A filled staircase from the bottom of the panel. */
export function area(panel: Panel, values: readonly number[], stepSeconds: number, look: string): Html {
  const bottom = fixed(panel.y + panel.height);
  const end = fixed(placeX(panel, values.length * stepSeconds));
  return html`<path class="${look}" d="M${fixed(panel.x)} ${bottom}${stairs(panel, values, stepSeconds)}L${end} ${bottom}Z"/>`;
}

/** A staircase: a count holds until the next one. */
export function stairsLine(panel: Panel, values: readonly number[], stepSeconds: number, look: string): Html {
  return html`<path class="${look}" d="M${stairs(panel, values, stepSeconds).slice(1)}"/>`;
}

/** A horizontal line at a value, with its name at the right. */
export function limitLine(panel: Panel, value: number, look: string): Html {
  const y = fixed(placeY(panel, value));
  return html`<line class="${look}" x1="${panel.x}" x2="${panel.x + panel.width}" y1="${y}" y2="${y}"/>`;
}

/** Labels of the vertical axis, left of the panel. */
export function axis(panel: Panel, values: readonly number[], unit = ''): Html {
  const labels = values.map((value) =>
    text(panel.x - 4, placeY(panel, value) + 4, `${value}${unit}`, { anchor: 'end', quiet: true }),
  );
  return html`${labels}`;
}

/** Minutes below the panel. */
export function timeAxis(panel: Panel, everyMinutes: number): Html {
  const parts: Html[] = [];
  for (let minute = 0; minute * 60 <= panel.seconds; minute += everyMinutes) {
    const x = placeX(panel, minute * 60);
    parts.push(text(x, panel.y + panel.height + 14, String(minute), { anchor: 'middle', quiet: true }));
  }
  return html`${parts}`;
}

/** Marks along the bottom where `marked` is true. */
export function marks(panel: Panel, marked: readonly boolean[], stepSeconds: number, look: string): Html {
  const parts: Html[] = [];
  for (let from = 0; from < marked.length; from += 1) {
    if (!marked[from]) continue;
    let to = from;
    while (marked[to]) to += 1;
    const [left, right] = [placeX(panel, from * stepSeconds), placeX(panel, to * stepSeconds)];
    const y = panel.y + panel.height - 4;
    parts.push(
      html`<rect class="${look}" x="${fixed(left)}" y="${fixed(y)}" width="${fixed(Math.max(1, right - left))}" height="4"/>`,
    );
    from = to;
  }
  return html`${parts}`;
}

function stairs(panel: Panel, values: readonly number[], stepSeconds: number): string {
  let path = '';
  let last: string | undefined;
  values.forEach((value, index) => {
    const y = fixed(placeY(panel, value));
    const x = fixed(placeX(panel, index * stepSeconds));
    if (y === last) return;
    path += last === undefined ? `L${x} ${y}` : `H${x}V${y}`;
    last = y;
  });
  return `${path}H${fixed(placeX(panel, values.length * stepSeconds))}`;
}

const placeX = (panel: Panel, seconds: number): number => panel.x + (panel.width * seconds) / panel.seconds;

function placeY({ y, height, low, high, scale }: Panel, value: number): number {
  const clipped = Math.min(high, Math.max(low, value));
  const share =
    scale === 'log' ? Math.log(clipped / low) / Math.log(high / low) : (clipped - low) / (high - low);
  return y + height * (1 - share);
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10);
