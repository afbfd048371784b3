import { expect, it, jest } from '@jest/globals';
import type { Config } from '../../shared/config/schema.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import { service } from '../support/builders.ts';
import { mails } from './approval-support.ts';
import { notGivenBack, play } from './harness.ts';

jest.setTimeout(60_000);

/** Two clusters have an ECS service of the same name; the one that suffers has a key of its own. */
const change = (config: Config) => {
  const other = { ...service, cluster: 'other' };
  config.services = { checkout: { ...service, key: 'checkout' }, 'buywhere-api': other };
};

it('an incident of a service whose key is not the name of the ECS service is kept, told and ended by that key', async () => {
  const { report, sandbox } = await play({ change });

  expect(report.outcome).toBe('restored');
  expect(notGivenBack(report)).toEqual([]);
  expect(sandbox.alarmEvents.map(({ detail }) => detail.alarmName.split('-').slice(0, -1).join('-'))).toEqual(
    sandbox.alarmEvents.map(() => 'production-checkout'),
  );
  expect(await sandbox.store.read(serviceKey(service.cluster, 'checkout'))).toBeDefined();
  expect(await sandbox.store.read(serviceKey(service.cluster, service.service))).toBeUndefined();
  expect(await sandbox.store.read(serviceKey('other', service.service))).toBeUndefined();
  for (const { subject } of mails(sandbox)) expect(subject).toContain('checkout');
});
