import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exitCodeOf } from '../../local/exit-codes.ts';
import type { Report } from '../../local/report.ts';
import { staging } from '../support/builders.ts';
import { play, settingsOf, type Write } from './harness.ts';

jest.setTimeout(60_000);

const lowers = ({ from, to }: Write) =>
  ['desired', 'min', 'max'].some((key) => Number(Reflect.get(to, key)) < Number(Reflect.get(from, key)));

describe.each([
  ['the approver says no', 'no', 'rejected', 3, 'A campaign starts soon; keep the capacity.'],
  ['nobody decides in time', 'never', 'expired', 4, 'nobody decided before the approval request expired'],
] as const)('%s', (_, approve, outcome, exitCode, reason) => {
  let report: Report;
  beforeAll(async () => {
    ({ report } = await play({ approve }));
  });

  it(`ends ${outcome}, and says why`, () => {
    expect(report.outcome).toBe(outcome);
    expect(report.reasons.join()).toContain(reason);
    expect(exitCodeOf(report)).toBe(exitCode);
    expect(report.approvals).toMatchObject([{ decision: outcome }]);
  });

  it('stays scaled out, bounds and policy kept', () => {
    expect(report.writes.filter(lowers)).toEqual([]);
    expect(settingsOf(report.after)).toEqual(settingsOf(report.peak));
    expect(report.after.running).toBe(report.after.desired);
    expect(report.after.suspended?.dynamicScalingIn).toBe(true);
  });
});

it('staging scales in without an approval, and is restored', async () => {
  const { report, sandbox } = await play({ environment: 'staging', approve: 'never' });

  expect(report.outcome).toBe('restored');
  expect(settingsOf(report.after)).toEqual(settingsOf(report.before));
  expect(report.approvals).toEqual([]);
  expect(sandbox.aws.mailbox.filter(({ text }) => text.includes('/approvals/'))).toEqual([]);
  expect(staging.approval.requiredForScaleIn).toBe(false);
});
