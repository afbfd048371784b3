import { readdirSync } from 'node:fs';
import { expect, it, jest } from '@jest/globals';
import { type Line, widthOf } from '../../local/display/lines.ts';
import { createNarrator, type Narrator } from '../../local/display/narrator.ts';
import { storyOf } from '../../local/story.ts';
import { scenarioNames } from '../../sandbox/world/scenarios.ts';
import { findingsIn, forbidden } from '../../tools/verdicts/words.ts';
import { root } from '../support/packaged.ts';
import { type Incident, play } from './harness.ts';

jest.setTimeout(60_000);

/** Everything that people read of an incident: the story on the terminal, notices and mails. */
async function readOf(incident: Incident): Promise<string[]> {
  let narrator: Narrator | undefined;
  const told: Line[] = [];
  const { report, sandbox } = await play({
    ...incident,
    begun: (begun) => {
      narrator = createNarrator(begun, incident.approve ?? 'yes');
    },
    look: () => void told.push(...(narrator?.look() ?? [])),
  });
  told.push(...(narrator?.look() ?? []));
  const layout = { width: 10_000, stream: process.stdout };
  const story = storyOf(report, told, { script: 'simulate', argv: [] }, layout);
  expect(told.length).toBeGreaterThan(0);
  expect(widthOf(process.stdout)).toBeLessThan(layout.width);
  const mails = sandbox.aws.mailbox.flatMap(({ subject, text, html = '' }) => [subject, text, html]);
  return [story, ...mails].flatMap((text) => text.split('\n'));
}

it('finds what people should not have to read', () => {
  const faults = [
    'CPU policy: expected {"name":"x"}, is absent',
    'cpuPercent 91 is critical',
    'GuardError: too many',
    'demand of 1022/min',
    'CPU 63.194 %',
    'CPU 60%',
    'snapshot of 2026-10-02T17:08:01.123Z',
  ];
  for (const [i, fault] of faults.entries())
    expect(findingsIn([fault])).toContain(`${forbidden[i]?.[0]}: ${fault}`);
  const connections = 'PgBouncer client connections (by hand) 2000 if raised';
  expect(findingsIn([connections])).toEqual([`a number without its comma: ${connections}`]);
  const right = ['demand of 1,022/min', 'CPU 63.2 %', '3 vCPU', 'CannotPullContainerError: x'];
  expect(
    findingsIn([
      ...right,
      'on 2026-10-02',
      'SET max_client_conn = 2000;',
      'psql -h db -p 6432 -U ADMIN pgbouncer',
    ]),
  ).toEqual([]);
});

/** Alarms whose run says what another one's says. */
const likeAnother = new Set([
  'alarm-high-error-rate.json',
  'alarm-high-latency-p95.json',
  'alarm-high-request-rate.json',
  'emergency-scaling-dry-run.json',
]);

const incidents: [string, Incident][] = [
  ...scenarioNames.map((scenario): [string, Incident] => [scenario, { scenario }]),
  ['rejected', { approve: 'no' }],
  ['expired', { approve: 'never' }],
  ['staging', { environment: 'staging' }],
  ['dry run', { dryRun: true }],
  ...readdirSync(`${root}/events`)
    .filter((file) => file.endsWith('.json') && !likeAnother.has(file))
    .map((event): [string, Incident] => [event, { event, scenario: scenarioFor(event) }]),
];

function scenarioFor(event: string): string {
  if (event.includes('pool')) return 'pool-exhaustion';
  if (event.includes('api-down')) return 'api-down';
  return /^(alarm|emergency)/.test(event) ? 'traffic-spike' : 'quiet';
}

it.each(incidents)('%s is told in words that people use', async (_, incident) => {
  expect(findingsIn(await readOf(incident))).toEqual([]);
});
