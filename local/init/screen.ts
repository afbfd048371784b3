import { withoutControls } from '../../shared/core/plain-text.ts';
import { fittedTable } from '../display/fitted-table.ts';
import type { Open } from './check.ts';
import type { Told } from './stage-file.ts';

const headings: [Told['state'], string][] = [
  ['found', 'Read from AWS'],
  ['assumed', 'Assumed, and why'],
  ['left out', 'Left out'],
  ['to fill in', 'Not in AWS: yours to fill in, and where it comes from'],
];

const margin = '  ';

interface Shown {
  file: string;
  name: string;
  service: string;
  told: readonly Told[];
  open: Open;
  /** Of the terminal; none off one. */
  columns?: number | undefined;
}

/** What `npm run init` found, what it assumed, and what a person has to find, in one screen. */
export function initScreen({ file, name, service, told, open, columns }: Shown): string {
  const sections = headings.flatMap(([state, heading]) => {
    const cells = told.filter((one) => one.state === state).map((one) => cellsOf(one, service, open));
    return cells.length === 0
      ? []
      : [heading, indented(fittedTable(cells, columns && columns - margin.length)), ''];
  });
  const values = `${open.length} value${open.length === 1 ? '' : 's'}`;
  const inConfig = file === `config/${name}.yml` ? '' : ' put it into config/,';
  const next = `Next: fill in ${values},${inConfig} then npm run package -- --stage ${name}`;
  return withoutControls([...sections, `${file} is written. ${next}`, ''].join('\n'));
}

function cellsOf({ state, key, value, why }: Told, service: string, open: Open): string[] {
  if (state !== 'to fill in') return [key, value, why];
  const line = open.find((one) => one.key === key)?.line;
  return [key.replace(`services.${service}.`, ''), line === undefined ? '' : `line ${line}`, why];
}

const indented = (text: string): string => text.replace(/^/gm, margin);
