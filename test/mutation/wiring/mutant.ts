/** What is measured: an area of the wiring, each with operators of its own. */
export const areas = ['template', 'roles', 'machines', 'functions'] as const;
export type Area = (typeof areas)[number];

/** One thing changed. Its key says where and what, so that lists can name it. */
export interface Mutant {
  key: string;
  operator: string;
}

/** What became of it: the test that found it, `time-out` where it never ended, nothing where it survived. */
export interface Outcome extends Mutant {
  foundBy?: string;
  milliseconds: number;
}

/** A fixed order that looks like none: the same seed draws the same mutants, whatever else there is. */
export function drawn<One extends Mutant>(all: readonly One[], count: number, seed: number): One[] {
  return all
    .map((one) => ({ one, place: hash(`${seed} ${one.key}`) }))
    .toSorted((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ one }) => one);
}

/** FNV-1a with a last stir: near texts are far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return (value ^ (value >>> 15)) >>> 0;
}
