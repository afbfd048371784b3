import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { alarmsOf } from '../../../shared/alarms/cloudwatch-alarms.ts';
import { alarmTrials } from '../../../shared/preflight/cloudwatch.ts';
import { production } from '../../support/builders.ts';

const [service] = Object.values(production.services);
if (!service) throw new Error('no service is configured');

it.each([
  ['all are there', [], undefined],
  ['one was deleted', ['HighCPU'], { configured: `${service.service}-HighCPU`, found: '' }],
])('of the alarms only those that are gone are named: %s', async (_, gone, finding) => {
  const MetricAlarms = alarmsOf(service, production).filter(
    ({ AlarmName = '' }) => !gone.some((alert) => AlarmName.endsWith(alert)),
  );
  const client = new CloudWatchClient({});
  mockClient(client).on(DescribeAlarmsCommand).resolves({ MetricAlarms });
  const alarms = alarmTrials(client, service, production).find(({ check }) => check === 'alarms');
  expect(await alarms?.try()).toEqual(finding);
});
