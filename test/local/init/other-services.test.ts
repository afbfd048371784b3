import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { filledIn, firstCells, missing, section, usual } from './filled-in.ts';
import { initOf, ownFolder, run, service } from './served.ts';

describe('other services', () => {
  it('leaves the rows of requests out for a worker without a load balancer', async () => {
    const { code, stdout, out } = await initOf({ ...usual, worker: true, publishes: false });
    expect(code).toBe(0);
    const config = filledIn(out).services[service];
    expect(Object.keys(config ?? {})).not.toEqual(expect.arrayContaining(['loadBalancer']));
    expect(config?.metrics).toEqual({
      cpuPercent: ['cloudwatch'],
      latencyP95Seconds: [],
      latencyP99Seconds: [],
      errorRatePercent: [],
      dbPoolPercent: [],
      pgbouncerPoolPercent: [],
      pgbouncerWaitMilliseconds: [],
      requestRatePerMinute: [],
    });
    expect(missing(stdout)).toEqual([
      'capacity.taskQuota',
      'approval.sender',
      'approval.approvers',
      'contacts.primaryOnCall',
      'contacts.devOpsLead',
      'contacts.infrastructure',
    ]);
    expect(stdout).toContain('the service has no target group: a worker, by its CPU alone');
  });

  it('assumes the present count where no scalable target is registered, and the runbook’s policy', async () => {
    const { stdout, out } = await initOf({ desired: 4 });
    expect(filledIn(out).services[service]).toMatchObject({
      capacity: { baseline: { desired: 4, min: 4, max: 4 }, emergency: { min: 4, max: 8 } },
      cpuPolicy: { name: 'shop-api-cpu-scaling', baseline: { target: 70 }, emergency: { target: 50 } },
      cpuMetricSeconds: 60,
    });
    const why = section(stdout, 'Assumed').find(([key]) => key === 'capacity.baseline min, max');
    expect(why?.[2]).toMatch(/^no scalable target is registered/);
    expect(firstCells(stdout, 'Assumed')).toContain('cpuPolicy');
  });

  it('makes a staging stage that asks nobody, and refuses one that sounds like production', async () => {
    const { out } = await initOf(usual, '--environment', 'staging');
    expect(filledIn(out).approval).toMatchObject({ requiredForScaleIn: false, approvalsNeeded: 1 });
    const live = join(ownFolder(), 'shop-live.yml');
    const { code, stderr } = await run('--environment', 'staging', '--out', live);
    expect(code).toBe(2);
    expect(stderr).toContain('approval.requiredForScaleIn: false takes tasks from production');
    expect(existsSync(live)).toBe(false);
  });

  it.each([
    ['CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, 'has CODE_DEPLOY deployments'],
    ['a daemon', { schedulingStrategy: 'DAEMON' }, 'the scheduling strategy DAEMON'],
    ['drained', { status: 'DRAINING' }, 'is DRAINING, not ACTIVE'],
  ])('refuses one that no run could scale: %s', async (_, members, message) => {
    const { code, stdout, stderr, out } = await initOf({ ...usual, members });
    expect({ code, stdout, written: existsSync(out) }).toEqual({ code: 1, stdout: '', written: false });
    expect(stderr).toContain(message);
  });

  it('goes on without the metrics and revisions that AWS refuses to show, and says so', async () => {
    const denied = ['ListMetrics', 'ListServiceDeployments', 'GetMetricData'];
    const { code, stdout, out } = await initOf({
      ...usual,
      options: {
        faults: ({ operation }) =>
          denied.includes(operation)
            ? {
                kind: 'error',
                name: 'AccessDeniedException',
                message: 'User: me is not authorized',
                status: 400,
              }
            : undefined,
      },
    });
    expect(code).toBe(0);
    expect(section(stdout, 'Assumed')).toContainEqual([
      'cpuMetricSeconds',
      '60',
      'AWS refuses ecs:ListServiceDeployments and ecs:DescribeServiceRevisions (User: me is not authorized)',
    ]);
    expect(stdout).toContain('AWS refuses cloudwatch:ListMetrics (User: me is not authorized)');
    expect(missing(stdout)).toContain('loadBalancer');
    expect(filledIn(out).services[service]?.taskRoles).toEqual(['ecsTaskExecutionRole', 'shop-api-task']);
  });
});
