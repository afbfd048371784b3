import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FaultPlan } from '../../sandbox/aws/wire.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { parse } from '../../shared/core/schema.ts';
import { Incident } from '../../shared/document/incident.ts';
import { readServiceRecord } from '../../shared/incident/service-record.ts';
import { readSnapshot } from '../../shared/incident/snapshot-store.ts';
import { incident, production, service } from '../support/builders.ts';
import { callsOf, type Played, play, settingsOf, working } from './harness.ts';

jest.setTimeout(60_000);

describe('a traffic spike is scaled out, approved and restored', () => {
  let played: Played;
  let snapshotAtFirstWrite: unknown;
  beforeAll(async () => {
    let sandbox: Sandbox | undefined;
    const beforeWrites: FaultPlan = ({ operation }) => {
      if (operation === 'RegisterScalableTarget' && sandbox) snapshotAtFirstWrite ??= snapshotIn(sandbox);
      return undefined;
    };
    played = await play({ faults: beforeWrites, begun: (one) => (sandbox = one) });
    snapshotAtFirstWrite = await snapshotAtFirstWrite;
  });

  it('ends restored, with every setting as it was', () => {
    const { outcome, before, after } = played.report;

    expect(outcome).toBe('restored');
    expect(settingsOf(after)).toEqual(settingsOf(before));
    expect(after.running).toBe(before?.running);
  });

  it('adds tasks within a minute of the alarm, and enough of them', () => {
    const { measures, peak, before } = played.report;

    expect(measures.alarmToFirstWriteSeconds).toBeLessThan(60);
    expect(measures.alarmToEnoughTasksSeconds).toBeLessThan(600);
    expect(peak?.desired).toBeGreaterThanOrEqual((before?.desired ?? 0) + 2);
    expect(peak?.desired).toBeLessThanOrEqual(service.capacity.emergency.max);
  });

  it('stores the snapshot before the first write', () => {
    expect(snapshotAtFirstWrite).toMatchObject({
      desired: 3,
      bounds: { min: 1, max: 10 },
      cpuPolicy: { target: 70 },
    });
  });

  it('writes in order: ceiling, count, policy; then the policy back, down, bounds, suspended state', () => {
    const own = played.report.writes.filter(({ who }) => who !== 'application-autoscaling');
    const down = own.findLastIndex(({ call }) => call.endsWith('PutScalingPolicy'));
    const inOrder = (writes: typeof own) => callsOf(writes).filter((call, i, all) => call !== all[i - 1]);

    // The first round writes all three; a later one only the count, because the others are raised already.
    expect(inOrder(own.slice(0, down))).toEqual([
      'register-target application-autoscaling:RegisterScalableTarget',
      'scale-out ecs:UpdateService',
      'put-policy application-autoscaling:PutScalingPolicy',
      'scale-out ecs:UpdateService',
    ]);
    expect(inOrder(own.slice(down))).toEqual([
      'put-policy application-autoscaling:PutScalingPolicy',
      'scale-in ecs:UpdateService',
      'register-target application-autoscaling:RegisterScalableTarget',
    ]);
    expect(own.at(-1)?.to).toMatchObject({ suspended: { dynamicScalingIn: false } });
  });

  it('steps down by at most a quarter, a cooldown apart, and never below the snapshot', () => {
    const steps = played.report.writes.filter(({ who }) => who === 'scale-in');
    const sizes = steps.map(({ from, to }) => [Number(from.desired), Number(to.desired)] as const);
    const gaps = steps.slice(1).map(({ at }, i) => (Date.parse(at) - Date.parse(steps[i]?.at ?? '')) / 1000);

    expect(steps.length).toBeGreaterThan(3);
    expect(sizes.filter(([from, to]) => from - to > Math.max(1, from / 4))).toEqual([]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(production.timing.calm.forSeconds);
    expect(sizes.at(-1)?.[1]).toBe(3);
  });

  it('writes nothing that lowers capacity before named approvers agreed to it', () => {
    const [approval] = played.report.approvals;
    const lowering = played.report.writes.filter(
      ({ from, to }) => Number(to.desired) < Number(from.desired) || Number(to.max) < Number(from.max),
    );

    expect(approval).toMatchObject({
      decision: 'approved',
      reason: expect.stringContaining('back to normal'),
    });
    const approvers = production.approval.approvers.map(({ name }) => name);
    expect(approval?.by?.split(' and ').filter((name) => !approvers.includes(name))).toEqual([]);
    expect(lowering.filter(({ at }) => at < (approval?.at ?? ''))).toEqual([]);
    expect(lowering.filter(({ who }) => who === 'application-autoscaling')).toEqual([]);
  });

  it('is one run: every further alarm joined it or found nothing to do', () => {
    expect(
      working(played.report).filter(({ stateMachine }) => stateMachine === 'emergency-scaling'),
    ).toHaveLength(1);
    expect(
      played.report.executions.filter(({ states }) => states.at(-1) === 'Joined').length,
    ).toBeGreaterThan(0);
    expect(played.report.executions.every(({ status }) => status === 'SUCCEEDED')).toBe(true);
  });

  it('closes its incident', async () => {
    expect(await readServiceRecord(incident(), played.sandbox.store)).toMatchObject({
      incidentOpen: false,
      outcome: 'restored',
    });
  });

  it('tells people at every turn', () => {
    const told = played.sandbox.logs
      .filter(({ message }) => message === 'notice sent')
      .map(({ fields }) => fields.kind);
    // Each round tells its plan and its end.
    expect(told.filter((kind, i) => told.indexOf(kind) === i)).toEqual([
      'started',
      'planned',
      'scaled',
      'verified',
      'waiting-for-approval',
      'restored',
    ]);
  });
});

/** Reads at once what is stored at this moment. */
async function snapshotIn({ engine, store }: Sandbox): Promise<unknown> {
  const opened =
    engine.executions[0]?.history.flatMap((event) => event.stateExitedEventDetails?.output ?? []) ?? [];
  const document: unknown = JSON.parse(opened.at(-1) ?? '{}');
  const found = parse(
    Incident,
    typeof document === 'object' && document !== null ? Reflect.get(document, 'incident') : undefined,
  );
  return readSnapshot(found, store);
}
