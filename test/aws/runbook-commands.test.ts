import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import { type Command, run } from '../local/command.ts';
import { requireAwsCli, shell } from './aws-cli.ts';
import { productionCommands, type RunbookCommand, stagingCommands } from './runbook-commands.ts';

jest.setTimeout(60_000);
beforeAll(requireAwsCli);

/** Exit codes for a call that the service refuses: of version 2 and version 1 of the AWS CLI. */
const REFUSED = [254, 255];

/** `npm start` in real time, with nobody to answer; nothing happens in its first eight minutes. */
async function sandbox(environment: string, speed = '1'): Promise<{ command: Command; url: string }> {
  const command = run(
    'start',
    '--environment',
    environment,
    '--speed',
    speed,
    '--port',
    '0',
    '--approve',
    'never',
  );
  const [, url = ''] = await command.says(/AWS_ENDPOINT_URL=(\S+)/);
  return { command, url };
}

describe.each([
  ['production', productionCommands],
  ['staging', stagingCommands],
] as const)('the runbook’s commands for %s, as written', (environment, commands) => {
  let started: { command: Command; url: string };
  beforeAll(async () => {
    started = await sandbox(environment);
  });
  afterAll(async () => {
    started?.command.child.kill('SIGKILL');
    await started?.command.done;
  });

  const named = commands.map((command): [string, string, RunbookCommand] => [
    command.section,
    /\baws \S+ \S+/.exec(command.script.replaceAll(/.*\$\(/g, ''))?.[0] ?? '',
    command,
  ]);

  it.each(named)('%s: %s', async (_section, _name, { script, refused, json, text, stderr }) => {
    const answer = await shell(script, started.url);
    expect(refused ? REFUSED : [0]).toContain(answer.code);
    expect(answer).toMatchObject({ stderr: expect.stringMatching(stderr ?? /^$/) });
    if (text) expect(answer.stdout).toMatch(text);
    if (json) expect(JSON.parse(answer.stdout)).toMatchObject(json);
  });
});

describe('commands beside the runbook', () => {
  let started: { command: Command; url: string };
  beforeAll(async () => {
    started = await sandbox('production');
  });
  afterAll(async () => {
    started?.command.child.kill('SIGKILL');
    await started?.command.done;
  });
  const aws = async (words: string) => {
    const answer = await shell(`aws ${words} --region ap-southeast-1 --output json`, started.url);
    return answer.code === 0 && answer.stdout.trim() ? JSON.parse(answer.stdout) : answer;
  };

  it('reads alarms and changes their state', async () => {
    const name = 'buywhere-api-HighLatencyP99';
    const states = () =>
      aws(`cloudwatch describe-alarms --alarm-names ${name} --query 'MetricAlarms[].StateValue'`);
    await aws(`cloudwatch set-alarm-state --alarm-name ${name} --state-value OK --state-reason 'a test'`);
    expect(await states()).toEqual(['OK']);
    const answer = await aws('cloudwatch delete-alarms --alarm-names no-such-alarm');
    expect(REFUSED).toContain(answer.code);
    expect(answer.stderr).toMatch(/\(ResourceNotFound\w*\)/);
  });

  it('reads metrics with times, metric math and lists in lists', async () => {
    const metric = (id: string, stat: string) => ({
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/ECS',
          MetricName: 'CPUUtilization',
          Dimensions: [
            { Name: 'ClusterName', Value: 'buywhere-production' },
            { Name: 'ServiceName', Value: 'buywhere-api' },
          ],
        },
        Period: 60,
        Stat: stat,
      },
    });
    const queries = JSON.stringify([metric('m1', 'Average'), { Id: 'twice', Expression: 'm1 * 2' }]);
    const range = '--start-time 2026-10-02T16:40:00Z --end-time 2026-10-02T16:50:00Z';
    const { MetricDataResults } = await aws(
      `cloudwatch get-metric-data ${range} --metric-data-queries '${queries}'`,
    );
    const [once, twice] = MetricDataResults;
    expect(once).toMatchObject({ Id: 'm1', Label: 'CPUUtilization', StatusCode: 'Complete' });
    // Version 1 shows times as the wire has them: seconds.
    const times = once.Timestamps.map((at: string | number) =>
      new Date(typeof at === 'number' ? at * 1000 : at).toISOString().slice(0, 16),
    );
    expect(times).toEqual(Array.from({ length: 10 }, (_, minute) => `2026-10-02T16:4${9 - minute}`));
    expect(twice.Values).toEqual(once.Values.map((value: number) => value * 2));
  });

  it('what npm start prints to be pasted works', async () => {
    const [, pasted = ''] = /^ {2}AWS {7}(export [\s\S]*?)\n\n/m.exec(started.command.stdout()) ?? [];
    expect(pasted).toContain('aws ecs describe-services');
    const answer = await shell(pasted, started.url);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(answer.stdout)).toMatchObject({ services: [{ serviceName: 'buywhere-api' }] });
  });

  it('finds the machines by their deployed names', async () => {
    const { stateMachines } = await aws('stepfunctions list-state-machines');
    const files = readdirSync(statemachinesFolder).filter((file) => file.endsWith('.yml'));
    const machines = files.map((file) => `-${basename(file, '.yml')}`);
    expect(stateMachines.map(({ name }: { name: string }) => name).sort()).toEqual(
      machines.map((name) => `emergency-scaling-production${name.replace('-emergency-scaling', '')}`).sort(),
    );
  });

  it('lists composite alarms apart from those on metrics', async () => {
    const of = (type: string) => aws(`cloudwatch describe-alarms --alarm-types ${type} --max-items 1`);
    expect(await of('CompositeAlarm')).toMatchObject({ MetricAlarms: [], CompositeAlarms: [] });
    expect((await of('MetricAlarm')).MetricAlarms).toHaveLength(1);
  });

  it.each([
    ['ecs list-services --cluster nowhere', 'ClusterNotFoundException'],
    ['sns list-topics', 'InvalidAction'],
    ['sts get-caller-identity', 'InvalidAction'],
    ['ec2 describe-subnets', 'InvalidAction'],
    ['sesv2 get-email-identity --email-identity a@b.example', 'UnknownOperationException'],
    ['ssm get-parameter --name /nowhere', 'ParameterNotFound'],
  ])('tells what it cannot: %s', async (words, code) => {
    const answer = await aws(words);
    expect(REFUSED).toContain(answer.code);
    expect(answer.stderr).toContain(`(${code})`);
  });
});

describe('the kill switch, practised as docs/operations.md says', () => {
  it('stops a run in the middle: nothing is written any more, and the story says why', async () => {
    const { command, url } = await sandbox('production', '15');
    const region = '--region ap-southeast-1';
    const put = (value: string) =>
      shell(
        `aws ssm put-parameter --overwrite ${region} --name /emergency-scaling/production/switch --value ${value}`,
        url,
      );
    await command.says(/Set the desired count: desired 3 → 5 \(UpdateService\)/);
    expect(await put('off')).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout } = await command.done;
    expect(code).toBe(5);
    expect(stdout.match(/Set the desired count: desired/g)).toHaveLength(1);
    expect(stdout).toMatch(/HELD, exit code 5: .*\n {2}· switched off/);
  });
});
