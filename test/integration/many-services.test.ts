import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as z from 'zod';
import { overLimits, targetOf } from '../../resources/limits.ts';
import { alarmsOf } from '../../shared/alarms/cloudwatch-alarms.ts';
import { asksOf } from '../../shared/preflight/ask.ts';
import { faultsOf, rolesOf } from '../package/rights/check.ts';
import { loadable, type Packaged, packageStage, remove, root, runOsls } from '../support/packaged.ts';
import { projectCopy } from '../support/project-copy.ts';

jest.setTimeout(400_000);

const stage = 'many-services';
const generated = (count: number) =>
  execFileSync(process.execPath, [join(root, '.ci/stage-of-many-services.mjs'), String(count)], {
    cwd: root,
    encoding: 'utf8',
  });

const Resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() });
const Stack = z.looseObject({
  Parameters: z.record(z.string(), z.unknown()),
  Resources: z.record(z.string(), Resource),
});
const Rule = z.object({ detail: z.object({ alarmName: z.array(z.string()) }) });

describe('a stage of 200 services', () => {
  const project = projectCopy();
  const file = join(project, 'config', `${stage}.yml`);
  let packaged: Packaged;
  let stacks: z.infer<typeof Stack>[];
  beforeAll(() => {
    writeFileSync(file, generated(200));
    packaged = packageStage(stage, project);
    stacks = readdirSync(packaged.folder)
      .filter((name) => name.startsWith('services-stack-'))
      .map((name) => Stack.parse(JSON.parse(readFileSync(join(packaged.folder, name), 'utf8'))));
  });
  afterAll(() => {
    rmSync(project, { recursive: true });
    if (packaged) remove(packaged);
  });
  const all = () =>
    [packaged.resources, ...stacks.map(({ Resources }) => Resources)].flatMap((one) => Object.values(one));
  const ofType = (type: string) => all().filter(({ Type }) => Type === type);

  it('is within every limit of AWS, in the stack of the stage and in those of its services', () => {
    const target = targetOf(packaged.config);
    for (const one of [{ Resources: packaged.resources }, ...stacks])
      expect(overLimits(one, target)).toEqual([]);
    const nested = Object.values(packaged.resources).filter(
      ({ Type }) => Type === 'AWS::CloudFormation::Stack',
    );
    expect(nested).toHaveLength(stacks.length);
  });

  it('has every alarm of every service once, and one rule that starts a run for it', () => {
    const expected = Object.values(packaged.config.services).flatMap((service) =>
      alarmsOf(service, packaged.config).map(({ AlarmName = '' }) => AlarmName),
    );
    expect(new Set(expected).size).toBe(200 * 7);
    const own = `emergency-scaling-${stage}-`;
    const alarms = ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => String(Properties?.AlarmName));
    expect(alarms.filter((name) => !name.startsWith(own)).sort()).toEqual(expected.toSorted());
    const ruled = ofType('AWS::Events::Rule').flatMap(
      ({ Properties }) => Rule.safeParse(Properties?.EventPattern).data?.detail.alarmName ?? [],
    );
    expect(ruled.sort()).toEqual(expected.toSorted());
    expect(ofType('AWS::CloudWatch::CompositeAlarm')).toHaveLength(200);
  });

  it('allows every call on every service, and reaches no further than the clusters and the alarms of the runbook', async () => {
    const roles = await rolesOf(packaged);
    const faults = (await Promise.all(roles.map((role) => faultsOf(packaged, role)))).flat();
    const further =
      /^reaches (ecs:\w+ on arn:aws:ecs:[\w-]+:111122223333:service(-deployment|-revision)?\/cluster-[0-3]\/|cloudwatch:DescribeAlarms on arn:aws:cloudwatch:[\w-]+:111122223333:alarm:)/;
    expect(faults.filter((fault) => !further.test(fault))).toEqual([]);
    expect(faults.length).toBeGreaterThan(0);
  });

  it('has functions that load, and a preflight of shares that each function handles in time', () => {
    expect(loadable(packaged, ['intake', 'assess'])).toEqual(['intake', 'assess']);
    const shares = asksOf({ environment: stage, ...nothingSent }, packaged.config, { execution: 'x' });
    expect(shares.flatMap(({ services }) => services)).toHaveLength(200);
    expect(Math.max(...shares.map(({ services }) => services.length))).toBeLessThanOrEqual(10);
  });

  it('is one stage as 80 are, and 1,000 are refused with the numbers and exit code 2', () => {
    writeFileSync(file, generated(80));
    const eighty = packageStage(stage, project);
    remove(eighty);
    expect(Object.keys(eighty.config.services)).toHaveLength(80);

    writeFileSync(file, generated(1000));
    const { status, stderr } = runOsls(stage, join(project, 'large'), project);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^Services\d+: the template: \d{3} resources, AWS allows 500$/m),
    ]);
    expect(stderr).toMatch(/^Services\d+: the dashboard Dashboard: [\d,]+ widgets, AWS allows 500$/m);
  });
});

const nothingSent = { testMail: false, testNotice: false, testRun: false };
