import type { Definition } from '../../sandbox/engine/definition/asl.ts';
import { type Html, html, joinLines } from '../../shared/format/html.ts';
import { type Geometry, geometryOf, type Point } from './geometry.ts';
import { type Box, graphOf } from './graph.ts';
import { type Route, routesOf } from './routes.ts';
import { cellsOf } from './rows.ts';

/** Styles of a picture that stands alone, in light and dark. In a page the page's own styles rule. */
const style = html`.asl text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1c2733}.asl .label{font-size:10.5px;fill:#5b6875}
.asl .box{fill:#fff;stroke:#7d8a97;stroke-width:1.2}.asl .choice .box{fill:#eef4fb;stroke:#5585b5}.asl .wait .box{stroke-dasharray:4 3}
.asl .succeed .box{fill:#e5f4e9;stroke:#2e7d46}.asl .fail .box{fill:#fbe9e7;stroke:#b3261e}
.asl path{fill:none;stroke:#7d8a97;stroke-width:1.2}.asl path.error{stroke:#b3261e;stroke-dasharray:3 3}.asl .tip{fill:#7d8a97;stroke:none}.asl .tip.error{fill:#b3261e;stroke:none}
@media (prefers-color-scheme:dark){.asl text{fill:#e3e9ef}.asl .label{fill:#a5b1bd}.asl .box{fill:#1d262f;stroke:#8c99a6}.asl .choice .box{fill:#1b2b3d;stroke:#7fa8d4}.asl .succeed .box{fill:#173221;stroke:#7cc892}.asl .fail .box{fill:#3b1f1d;stroke:#f2938a}.asl path{stroke:#8c99a6}.asl path.error{stroke:#f2938a}.asl .tip{fill:#8c99a6}.asl .tip.error{fill:#f2938a}}`;

/**
 * A state machine as an SVG picture, the same every time. Boxes carry `data-state`, so that a page can mark them.
 * `standalone` adds the styles that a file needs.
 */
export function drawing(name: string, definition: Definition, { standalone }: { standalone: boolean }): Html {
  const graph = graphOf(definition);
  const { cells, lines } = cellsOf(graph);
  const { routes, tracks } = routesOf(lines, cells);
  const geometry = geometryOf(cells, routes, tracks);
  const { width, height } = geometry;
  const title = `State machine ${name}`;
  const labelled = routes.filter(({ line }) => line.label !== '');
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="asl" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title>
${standalone ? html`<style>${style}</style>\n` : ''}${joinLines(routes.map((route) => linePath(route, geometry)))}
${joinLines(graph.boxes.map((box) => boxShape(box, geometry)))}
${joinLines(labelled.map((route) => lineLabel(route, geometry)))}
</svg>
`;
}

const lineHeight = 14;
const charactersPerLine = 26;
/** A choice is narrower at its top and bottom. */
const charactersPerChoiceLine = 21;

function boxShape({ name, type, comment, onError }: Box, { box, boxWidth, boxHeight }: Geometry): Html {
  const { x, y } = box(name);
  const round = type === 'Succeed' || type === 'Fail' ? boxHeight / 2 : type === 'Choice' ? 0 : 6;
  const outline =
    type === 'Choice'
      ? html`<polygon class="box" points="${hexagon(x, y, boxWidth, boxHeight)}"/>`
      : html`<rect class="box" x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="${round}"/>`;
  const rows = lettering(name, type === 'Choice' ? charactersPerChoiceLine : charactersPerLine);
  const top = y + boxHeight / 2 - ((rows.length - 1) * lineHeight) / 2 + 4;
  const text = rows.map(
    (row, i) =>
      html`<text x="${x + boxWidth / 2}" y="${top + i * lineHeight}" text-anchor="middle">${row}</text>`,
  );
  const errors = onError.length > 0 ? `\nOn an error: ${onError.join(', ')}` : '';
  return html`<g class="${type.toLowerCase()}" data-state="${name}"><title>${comment + errors}</title>${outline}${text}</g>`;
}

function hexagon(x: number, y: number, width: number, height: number): string {
  const tip = 14;
  const middle = y + height / 2;
  const [right, bottom] = [x + width, y + height];
  return `${x + tip},${y} ${right - tip},${y} ${right},${middle} ${right - tip},${bottom} ${x + tip},${bottom} ${x},${middle}`;
}

function lettering(name: string, most: number): string[] {
  const rows: string[] = [];
  for (const word of name.split(' ')) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + word.length < most) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}

function linePath(route: Route, geometry: Geometry): Html {
  const points = geometry.way(route);
  const error = route.line.onError ? ' error' : '';
  return html`<path class="line${error}" d="${rounded(points)}"/>${arrowTip(points, error)}`;
}

/** A line with its corners rounded off. */
function rounded(points: readonly Point[]): string {
  const radius = 5;
  const [first = { x: 0, y: 0 }] = points;
  const steps = points.slice(1).map((point, i) => {
    const next = points[i + 2];
    const before = points[i] ?? first;
    if (!next) return `L${point.x} ${point.y}`;
    const inward = towards(point, before, radius);
    const outward = towards(point, next, radius);
    return `L${inward.x} ${inward.y}Q${point.x} ${point.y} ${outward.x} ${outward.y}`;
  });
  return `M${first.x} ${first.y}${steps.join('')}`;
}

function towards(from: Point, to: Point, most: number): Point {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const share = distance === 0 ? 0 : Math.min(most, distance / 2) / distance;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function arrowTip(points: readonly Point[], error: string): Html | '' {
  const [before, end] = points.slice(-2);
  if (!before || !end) return '';
  const back = towards(end, before, 7);
  const [dx, dy] = [(end.y - back.y) / 2, (back.x - end.x) / 2];
  return html`<polygon class="tip${error}" points="${end.x},${end.y} ${back.x + dx},${back.y + dy} ${back.x - dx},${back.y - dy}"/>`;
}

function lineLabel(route: Route, geometry: Geometry): Html {
  const { x, y, anchor } = geometry.label(route);
  return html`<text class="label" x="${x}" y="${y}" text-anchor="${anchor}">${route.line.label}</text>`;
}
