import { gzipSync } from 'node:zlib';
import { describe, expect, it, jest } from '@jest/globals';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import { playBriefly } from '../harness.ts';
import { ownWrites } from './support.ts';

jest.setTimeout(120_000);

/** What Alertmanager or Grafana posts, with a token that is live; the answer of the function. */
async function post({ functions, config }: Sandbox, message: object): Promise<unknown> {
  const authorization = `Bearer sandbox-value-of-${config.alertmanager.tokenSecrets[0]}`;
  const context = { functionName: 'alert-webhook', awsRequestId: 'test' };
  const event = { headers: { authorization }, body: JSON.stringify(message) };
  return functions['alert-webhook']?.(event, context);
}

const alert = (n: number, labels: object) => ({
  status: 'firing',
  labels: { alertname: 'HighLatencyP99', environment: 'production', service: 'buywhere-api', ...labels },
  annotations: {},
  startsAt: '2026-10-02T17:04:40.100Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: n.toString(16).padStart(16, '0'),
});
const foreign = (n: number, text = '') =>
  alert(n, { alertname: 'KubePodCrashLooping', service: 'other', pod: `p${n}`, text });

describe('scenario 52: an alert storm with foreign alerts', () => {
  it.each<[string, object[]]>([
    ['501 of another service', Array.from({ length: 501 }, (_, n) => foreign(n))],
    ['200 of 5,000 characters each', Array.from({ length: 200 }, (_, n) => foreign(n, 'z'.repeat(5000)))],
    ['500 of ours', Array.from({ length: 500 }, (_, n) => alert(n + 2, { pod: `p${n}` }))],
  ])('%s: ours starts once', async (_, others) => {
    const answers: unknown[] = [];
    const { report, sandbox } = await playBriefly({
      scenario: 'quiet',
      meanwhile: async (present) => {
        const message = { version: '4', alerts: [...others, alert(1, { pod: 'p1' })] };
        answers.push(await post(present, message), await post(present, message));
      },
    });

    const started = 'alertmanager-HighLatencyP99-0000000000000001-1790960680100';
    expect(answers).toMatchObject([
      { statusCode: 200, body: expect.stringContaining(`"started":["${started}"]`) },
      { statusCode: 200, body: expect.stringContaining(started) },
    ]);
    expect(sandbox.engine.executions.filter(({ machine }) => machine === 'emergency-scaling')).toHaveLength(
      1,
    );
    expect(report.writes.length).toBeGreaterThan(0);
  });
});

describe('scenario 58: a body that is hostile, huge or endless', () => {
  it.each([
    ['gzip that unpacks to gigabytes', gzipSync(Buffer.alloc(64 * 1024 * 1024)), 413],
    ['no gzip', Buffer.from('{"version":"4"}'), 400],
  ])('%s, as a message of Alertmanager: refused, and nothing starts', async (_, body, statusCode) => {
    const answers: unknown[] = [];
    const { report } = await playBriefly({
      scenario: 'quiet',
      meanwhile: async ({ functions, config }) => {
        const authorization = `Bearer sandbox-value-of-${config.alertmanager.tokenSecrets[0]}`;
        const headers = { authorization, 'content-encoding': 'gzip' };
        const event = { headers, body: body.toString('base64'), isBase64Encoded: true };
        const context = { functionName: 'alert-webhook', awsRequestId: 'test' };
        answers.push(await functions['alert-webhook']?.(event, context));
      },
    });

    expect(answers).toMatchObject([{ statusCode }]);
    expect([report.executions, report.writes]).toEqual([[], []]);
  });
});

describe('scenario 60: a quantile in the last bucket of its histogram', () => {
  const lastBucket: Trouble = { kind: 'monitoring-fault', fault: 'last-bucket', from: 0, until: 9999 };

  it('contradicts nothing above it: the run scales out and restores as without it', async () => {
    const { report } = await playBriefly({
      world: (world) => ({ troubles: [...(world.troubles ?? []), lastBucket] }),
    });

    expect(report.outcome).toBe('restored');
  });

  it('is unknown where nothing else is known: tasks are added all the same', async () => {
    const missing = { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'missing' } as const;
    const { report } = await playBriefly({
      world: (world) => ({
        troubles: [...(world.troubles ?? []), lastBucket, { ...missing, from: 0, until: 9999 }],
      }),
    });

    expect(ownWrites(report).some(({ who }) => who === 'scale-out')).toBe(true);
    expect(report.outcome).toBe('restored');
  });
});
