import { readFileSync } from 'node:fs';
import { parseConfigText } from '../../../shared/config/read-config.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { cpuPolicy, type There } from './served.ts';

/** A service that most tests ask for, what a person makes of its file, and the parts of what the command prints. */

export const bounds = { MinCapacity: 2, MaxCapacity: 8 };
export const usual: There = { bounds, policies: [cpuPolicy] };

/** What a person writes behind each empty key. */
const answers: Record<string, string> = {
  loadBalancer: 'app/shop/50dc6c495c0c9188',
  requestsPerMinute: '400',
  taskQuota: '40',
  warning: '800',
  critical: '1000',
  sender: 'scaling@shop.example',
  approvers: '[{ name: A, email: a@shop.example }, { name: B, email: b@shop.example }]',
  primaryOnCall: 'the schedule',
  devOpsLead: 'A',
  infrastructure: 'B',
};

/** The file as a person has filled it in, as packaging reads it. */
export function filledIn(file: string): Config {
  const text = readFileSync(file, 'utf8').replace(/^( *)(\w+):$/gm, (line, blanks: string, key: string) =>
    key in answers ? `${blanks}${key}: ${answers[key]}` : line,
  );
  return parseConfigText(text, file);
}

/** The lines of a section of the table, each cell by itself. */
export function section(stdout: string, heading: string): string[][] {
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) => line.startsWith(heading));
  const length = lines.slice(start).indexOf('');
  return lines.slice(start + 1, start + length).map((line) => line.trim().split(/ {2,}/));
}
export const missing = (stdout: string) => section(stdout, 'Not in AWS').map(([key = '']) => key);
export const firstCells = (stdout: string, heading: string) => section(stdout, heading).map(([key]) => key);
