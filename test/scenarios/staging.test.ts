import { expect, it, jest } from '@jest/globals';
import { staging } from '../support/builders.ts';
import { play, settingsOf } from './harness.ts';

jest.setTimeout(60_000);

it('staging scales in without an approval, and is restored', async () => {
  const { report, sandbox } = await play({ environment: 'staging', approve: 'never' });

  expect(report.outcome).toBe('restored');
  expect(settingsOf(report.after)).toEqual(settingsOf(report.before));
  expect(report.approvals).toEqual([]);
  expect(sandbox.aws.mailbox.filter(({ text }) => text.includes('/approvals/'))).toEqual([]);
  expect(staging.approval.requiredForScaleIn).toBe(false);
});
