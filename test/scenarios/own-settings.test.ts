import { expect, it, jest } from '@jest/globals';
import type { Config } from '../../shared/config/schema.ts';
import { mails } from './approval-support.ts';
import { notGivenBack, play } from './harness.ts';

jest.setTimeout(60_000);

const lead = { name: 'Checkout lead', email: 'lead@checkout.example' };

/** The service has one approver and a pager of its own, waits longer for calm, and has no chat. */
const change = (config: Config) => {
  const { approval, notices, timing, thresholds } = structuredClone(config);
  for (const service of Object.values(config.services))
    Object.assign(service, {
      approval: { ...approval, approvalsNeeded: 1, approvers: [lead] },
      notices: {
        ...notices,
        chat: { ...notices.chat, enabled: false },
        pagerDuty: { ...notices.pagerDuty, url: 'https://pager.checkout.example/v2' },
      },
      timing: { ...timing, calm: { ...timing.calm, forSeconds: 1200 } },
      thresholds: { ...thresholds, latencyP99Seconds: { warning: 1, critical: 2 } },
    });
};

const seconds = (at: string | number | undefined) => new Date(at ?? Number.NaN).getTime() / 1000;

it('a service with settings of its own is looked after by these from the alarm to the end', async () => {
  const { report, sandbox } = await play({ change });

  expect(report.outcome).toBe('restored');
  expect(notGivenBack(report)).toEqual([]);
  const asked = mails(sandbox).map(({ to }) => to);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.flat()).toEqual(asked.map(() => lead.email));
  expect(new Set(sandbox.webhooks.map(({ url }) => url))).toEqual(
    new Set(['https://pager.checkout.example/v2']),
  );
  const alarm = sandbox.aws.alarms.find('buywhere-api-HighLatencyP99');
  expect(alarm?.definition.Threshold).toBe(2);
  const counts = report.writes.flatMap(({ who, at, to }) => (to.desired === undefined ? [] : [{ who, at }]));
  const up = counts.findLast(({ who }) => who === 'scale-out');
  const down = counts.find(({ who }) => who === 'scale-in');
  expect(seconds(down?.at) - seconds(up?.at)).toBeGreaterThan(1200);
});
