import type { Cell, DirectedLine } from './rows.ts';

/** A line's way between the boxes: through the gaps under rows and the gutters beside lanes, on tracks of its own. */
export interface Route {
  line: DirectedLine;
  from: Cell;
  to: Cell;
  shape:
    | { kind: 'straight' }
    /** Out of the bottom, along the gap under the row, into the top. */
    | { kind: 'gap'; exit: number }
    /** As before, then down a gutter and along the gap above the target. */
    | { kind: 'gutter'; exit: number; gutter: number; track: number; entry: number }
    /** Out of a side, up the gutter, into a side. */
    | { kind: 'loop'; gutter: number; track: number; exit: number | undefined };
  /** Place among the lines that leave the same box by the same exit, but for the straight one. */
  order: number;
}

/** Tracks in use: by gap (under row i) and by gutter (left of lane i). */
export interface Tracks {
  gaps: Map<number, string[]>;
  gutters: Map<number, string[]>;
}

/** Chooses a way for every line. Lines to one target share tracks where they run together. */
export function routesOf(
  lines: readonly DirectedLine[],
  cells: ReadonlyMap<string, Cell>,
): { routes: Route[]; tracks: Tracks } {
  const tracks: Tracks = { gaps: new Map(), gutters: new Map() };
  const occupied = new Set([...cells.values()].map(({ row, lane }) => `${lane}:${row}`));
  const order = new Map<string, number>();
  const routes = lines.flatMap((line): Route[] => {
    const from = cells.get(line.from);
    const to = cells.get(line.to);
    if (!from || !to) return [];
    const shape = shapeOf(line, from, to, tracks, occupied);
    const exit = exitOf({ line, from, to, shape });
    const place = order.get(exit) ?? 0;
    if (shape.kind !== 'straight') order.set(exit, place + 1);
    return [{ line, from, to, shape, order: place }];
  });
  return { routes, tracks };
}

/** Where a line leaves its box: through a side, or through the bottom left or right of the middle. Each has room of its own. */
export function exitOf(route: Omit<Route, 'order'>): string {
  const { line, shape } = route;
  const isSide = shape.kind === 'loop' && shape.exit === undefined;
  return `${line.from}, ${isSide ? 'side' : leavesLeft(route) ? 'left' : 'right'}`;
}

/** Whether a line leaves its box left of the middle: towards a lane or a gutter on that side. */
export const leavesLeft = ({ from, to, shape }: Pick<Route, 'from' | 'to' | 'shape'>): boolean =>
  to.lane < from.lane || (to.lane === from.lane && shape.kind !== 'straight');

function shapeOf(
  line: DirectedLine,
  from: Cell,
  to: Cell,
  tracks: Tracks,
  occupied: ReadonlySet<string>,
): Route['shape'] {
  const exitTrack = () => trackOf(tracks.gaps, from.row, `${line.from} to ${line.to}`);
  if (line.back) {
    const gutter = to.lane < from.lane ? to.lane + 1 : to.lane;
    const near = Math.abs(from.lane - to.lane) <= 1;
    const track = trackOf(tracks.gutters, gutter, `up to ${line.to}`);
    return { kind: 'loop', gutter, track, exit: near ? undefined : exitTrack() };
  }
  const clear = (lane: number) => {
    for (let row = from.row + 1; row < to.row; row += 1) if (occupied.has(`${lane}:${row}`)) return false;
    return true;
  };
  if (from.lane === to.lane && clear(to.lane)) return { kind: 'straight' };
  if (clear(to.lane)) return { kind: 'gap', exit: exitTrack() };
  const gutter = to.lane < from.lane ? to.lane + 1 : to.lane;
  const track = trackOf(tracks.gutters, gutter, `down to ${line.to}`);
  return {
    kind: 'gutter',
    exit: exitTrack(),
    gutter,
    track,
    entry: trackOf(tracks.gaps, to.row - 1, `into ${line.to}`),
  };
}

function trackOf(tracks: Map<number, string[]>, place: number, user: string): number {
  const users = tracks.get(place) ?? [];
  tracks.set(place, users);
  if (!users.includes(user)) users.push(user);
  return users.indexOf(user);
}
