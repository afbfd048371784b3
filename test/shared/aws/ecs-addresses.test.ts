import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readAddresses } from '../../../shared/aws/ecs-addresses.ts';

const ecs = mockClient(ECSClient);
beforeEach(() => {
  ecs.reset();
});
const read = (tasks: Task[], nextToken?: string) => {
  ecs.on(ListTasksCommand).resolves({
    taskArns: tasks.map(({ taskArn = '' }) => taskArn),
    ...(nextToken ? { nextToken } : {}),
  });
  ecs.on(DescribeTasksCommand).resolves({ tasks });
  return readAddresses(new ECSClient({}), { cluster: 'data', service: 'pgbouncer' });
};
const at = (value: string): Task => ({
  attachments: [
    { type: 'ServiceConnect', details: [{ name: 'privateIPv4Address', value: '169.254.0.1' }] },
    {
      type: 'ElasticNetworkInterface',
      status: 'ATTACHED',
      details: [
        { name: 'subnetId', value: 'subnet-1' },
        { name: 'privateIPv4Address', value },
      ],
    },
  ],
});
const task = (id: string, lastStatus: string, more: Task = {}): Task => ({
  taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/data/${id}`,
  lastStatus,
  desiredStatus: 'RUNNING',
  ...more,
});

describe('the addresses of the tasks of a service', () => {
  it('are those of the network interfaces of those that shall run', async () => {
    const tasks = [
      task('a1', 'RUNNING', at('10.0.1.5')),
      task('b2', 'PENDING', at('10.0.2.7')),
      task('c3', 'PROVISIONING', { attachments: [{ type: 'ElasticNetworkInterface', details: [] }] }),
      task('d4', 'RUNNING', { ...at('10.0.3.9'), desiredStatus: 'STOPPED' }),
    ];
    expect(await read(tasks)).toEqual([
      { task: 'a1', running: true, address: '10.0.1.5' },
      { task: 'b2', running: false, address: '10.0.2.7' },
      { task: 'c3', running: false },
    ]);
    expect(ecs.calls().map(({ args }) => args[0].input)).toEqual([
      { cluster: 'data', serviceName: 'pgbouncer', desiredStatus: 'RUNNING', maxResults: 100 },
      { cluster: 'data', tasks: tasks.map(({ taskArn }) => taskArn) },
    ]);
  });

  it('are none where no task runs, and nothing is described', async () => {
    expect(await read([])).toEqual([]);
    expect(ecs.calls()).toHaveLength(1);
  });

  it('are not read of half the tasks: who raises the others would not know what these take', async () => {
    await expect(read([task('a1', 'RUNNING')], 'more')).rejects.toThrow(
      'service pgbouncer in cluster data has more than 100 tasks: no more are read',
    );
  });
});
