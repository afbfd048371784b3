import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../sandbox/config-files.ts';
import { because } from '../../../shared/format/reasons.ts';
import type { IntakeInput } from '../../../shared/intake/understand.ts';
import { understand } from '../../../shared/intake/understand.ts';

const input: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('../../../events/alertmanager/emergency-scaling.json', import.meta.url), 'utf8'),
);
const execution = { arn: 'arn:aws:states:x', name: 'alertmanager-1', startedAt: '2026-10-02T17:04:50.000Z' };
const asked = (
  changes: object,
  machine: IntakeInput['machine'] = 'emergency-scaling',
  now = '2026-10-02T17:05:00Z',
) =>
  understand(
    { machine, input: { ...input, ...changes }, execution },
    undefined,
    readConfig('production'),
    new Date(now),
  );

describe('an alert of Alertmanager at the door', () => {
  it('becomes a request of the webhook', () => {
    expect(asked({})).toMatchObject({
      source: 'webhook',
      requestedBy: 'Alertmanager alert HighLatencyP99',
      service: 'buywhere-api',
      environment: 'production',
      alert: 'HighLatencyP99',
      act: true,
      dryRun: false,
      eventId: '5ef77f1f8a3ecf8d',
      reasons: [
        because('alertmanager-fires', { alert: 'HighLatencyP99', since: '2026-10-02T17:04:40.123Z' }),
      ],
    });
  });

  it('is acted upon however long it has been firing: it may have been silenced before', () => {
    expect(asked({}, 'emergency-scaling', '2026-10-04T00:00:00Z').act).toBe(true);
  });

  it.each([
    [{ environment: 'staging' }, /environment: "staging" is not handled here; allowed: production/],
    [{ service: 'other' }, /service: "other" is not configured in production; allowed: buywhere-api/],
    [{ alert: 'Watchdog' }, /alert: must be one of HighLatencyP95, /],
    [{ dryRun: true }, /unknown key "dryRun"/],
  ])('is refused with %j', (changes, message) => {
    expect(() => asked(changes)).toThrow(message);
  });

  it('starts no other workflow', () => {
    expect(() => asked({}, 'scale-in')).toThrow(/scale-in takes a console input, not an alert/);
  });
});
