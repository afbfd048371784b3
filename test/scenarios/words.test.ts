import { readdirSync } from 'node:fs';
import { expect, it, jest } from '@jest/globals';
import { type Line, widthOf } from '../../local/display/lines.ts';
import { createNarrator, type Narrator } from '../../local/display/narrator.ts';
import { storyOf } from '../../local/story.ts';
import { scenarioNames } from '../../sandbox/world/scenarios.ts';
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

/** What is not ours to word: inputs to type, links, names of AWS's resources, CloudWatch's own reason for an alarm. */
const ownWords = (line: string) =>
  line
    .replace(/\{"environment"[^}]*\}|\{&quot;environment&quot;[^}]*\}/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/(https?:\/\/|arn:)\S+/g, '')
    .replace(/Threshold Crossed.*/, '');

/** Names that people use: operations of AWS, units, fields of an input, what ECS says of a stopped task. */
const names = new Set(['vCPU', 'vCPUs', 'minCapacity', 'maxCapacity']);
const stopCodes = new Set(['CannotPullContainerError', 'ResourceInitializationError', 'OutOfMemoryError']);

/** What must stand in no line, each with the words that may. */
const forbidden: [what: string, pattern: RegExp, allowed?: ReadonlySet<string>][] = [
  ['JSON', /\{"|\["|"[\]}]|":|&quot;:/g],
  ['a variable name', /\b[a-z]+[a-z\d]*[A-Z]\w*/g, names],
  ['the class name of an error', /\b[A-Z]\w+(Error|Exception)\b/g, stopCodes],
  ['a number without its comma', /(?<![-\w.:#])\d{4,}(?=\/min| requests| tasks| ms| s\b)/g],
  [
    'an unrounded number',
    /(?<![\d.,])(\d{3,}\.\d+|\d{2}\.\d{2,}|[1-9]\.\d{3,}|0\.0*[1-9]\d{3,})(?![\d.]*\.\d)/g,
  ],
  ['percent without a space', /\d%/g],
  ['a time of a machine', /\d{4}-\d\d-\d\dT\d\d:\d\d/g],
];

const findingsIn = (lines: readonly string[]) => [
  ...new Set(
    lines.flatMap((line) =>
      forbidden.flatMap(([what, pattern, allowed]) =>
        (ownWords(line).match(pattern) ?? []).some((found) => !allowed?.has(found))
          ? [`${what}: ${line.trim()}`]
          : [],
      ),
    ),
  ),
];

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
  expect(findingsIn(['demand of 1,022/min', 'CPU 63.2 %', '3 vCPU', 'CannotPullContainerError: x'])).toEqual(
    [],
  );
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
