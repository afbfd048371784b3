import type { Definitions } from '../sandbox/engine/definition/definitions.ts';
import type { LocalFunction, LocalSurroundings } from '../sandbox/functions.ts';
import { createSandbox, type Sandbox, sandboxStart } from '../sandbox/sandbox.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import { tryParse } from '../shared/core/schema.ts';
import { ServiceRecord, serviceKey } from '../shared/incident/service-record.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { actors } from './cast/actors.ts';
import { createMoments } from './cast/moments.ts';
import { chaosDefinitions } from './facts/definitions.ts';
import { callOf, createProcesses } from './faults/dying-process.ts';
import { createFunctionFaults } from './faults/function-faults.ts';
import { withGoneService } from './faults/gone.ts';
import { wireFaultPlan, withStaleReads } from './faults/wire-faults.ts';
import { chaosConfig } from './generate/config.ts';
import type { ChaosFault, ChaosIncident } from './generate/incident.ts';
import { serviceOf, worldOf } from './generate/traffic.ts';
import { met, type Reach } from './record/reach.ts';
import type { End, Invocation, ObservedWrite, PersonAct, Recording } from './record/recording.ts';
import { traceHash } from './record/trace.ts';

/** A planted bug: another configuration, state machine, surrounding or function than the shipped one. */
export interface Planted {
  config?(shipped: Config): Config;
  definitions?(shipped: Definitions): Definitions;
  surroundings?(own: LocalSurroundings, current: () => Invocation | undefined): LocalSurroundings;
  functions?(own: Record<string, LocalFunction>): Record<string, LocalFunction>;
}

const isApproval = (key: string) => /^approval\/(?!current)/.test(key);

/** Longest play, virtual milliseconds; every machine has to come to its end long before. */
const longest = 6 * 3_600_000;
/** A service that stays too small has its alarm every hour: by then it starts no run any more. */
const alarmsEnd = 3 * 3_600_000;
const lookMilliseconds = 5000;
/** Without any run by then, none comes any more. */
const quietMilliseconds = 900_000;

/** Plays one incident in virtual time and keeps everything that the invariants are checked on. */
export async function playIncident(
  incident: ChaosIncident,
  seed: number,
  planted: Planted = {},
): Promise<Recording> {
  const config = chaosConfig(
    incident.environment,
    incident.troubles.some(({ kind }) => kind === 'monitoring-fault') ||
      incident.faults.some((fault) => fault.kind === 'source' && fault.source !== 'health'),
  );
  const serviceName = serviceOf(incident.environment);
  const service = serviceConfig(config, serviceName);
  const reach: Reach = new Map();
  const moments = createMoments();
  const stored = new Map<string, unknown>();
  const writes: ObservedWrite[] = [];
  const snapshots: Recording['snapshots'][number][] = [];
  const approvals: Recording['approvals'][number][] = [];
  let goneAt: number | undefined;
  const stale: { fault: Extract<ChaosFault, { kind: 'stale' }>; until: number }[] = [];
  let sandbox: Sandbox | undefined;
  const now = () => sandbox?.time.now() ?? 0;
  const startedAt = sandboxStart.getTime();
  const settings = (of: Sandbox) => of.aws.settings(service.cluster, service.service);
  const lockKey = serviceKey(service.cluster, service.service);
  const lockNow = () => tryParse(ServiceRecord, stored.get(lockKey));
  const locks: Recording['locks'][number][] = [];
  const lockWritten = () => {
    const record = lockNow();
    if (record) locks.push({ at: now(), record });
  };

  const deployingSince = () => {
    const deployments = sandbox?.world.service(service.cluster, service.service)?.deployments ?? [];
    return deployments.find(({ rolloutState }) => rolloutState === 'IN_PROGRESS')?.createdAt;
  };
  const processes = createProcesses({
    now,
    faults: createFunctionFaults(incident.faults, reach),
    whereIs: moments.whereIs,
    deployingSince,
    onCall: moments.onCall,
  });
  const here = () => {
    const invocation = processes.current();
    return invocation ? `${invocation.function} · ${invocation.state}` : 'a page';
  };

  /** What the store holds now, for looking at it without asking. */
  const mirrored = (store: RecordStore): RecordStore => ({
    read: (key) => store.read(key),
    async write(key, body, options) {
      const done = await store.write(key, body, options);
      if (done) {
        stored.set(key, structuredClone(body));
        if (key === lockKey) lockWritten();
        if (key.startsWith('snapshot/')) snapshots.push({ at: now(), key, body: structuredClone(body) });
        if (isApproval(key)) approvals.push({ at: now(), key, body: structuredClone(body) });
      }
      return done;
    },
  });

  sandbox = createSandbox({
    config,
    service: serviceName,
    world: worldOf(incident, seed),
    seed,
    faults: wireFaultPlan(incident.faults, reach, here),
    hooks: {
      definitions: planted.definitions?.(chaosDefinitions()) ?? chaosDefinitions(),
      onEvent: moments.onEvent,
      alarmStartsRun: () => now() < startedAt + alarmsEnd,
      surroundings(own) {
        const handle = withStaleReads(
          own.handle,
          (call) => stale.find(({ fault, until }) => fault.call === call && now() < until)?.fault.ageSeconds,
          now,
          callOf,
          (call) => met(reach, `stale ${call}`, here()),
        );
        const present = withGoneService(handle, () => goneAt !== undefined, callOf);
        const around = processes.surroundings({ ...own, handle: present, store: mirrored(own.store) });
        const changed = planted.surroundings?.(around, processes.current) ?? around;
        return planted.config ? { ...changed, config: planted.config(changed.config) } : changed;
      },
      functions: (own) => processes.functions(planted.functions?.(own) ?? own),
      onWrite(write) {
        if (!sandbox) return;
        const invocation = processes.current();
        const record = lockNow();
        const incidentId = record?.incidentId;
        const deploying = deployingSince();
        writes.push({
          ...write,
          ...(invocation ? { invocation } : {}),
          issuedAt: invocation?.operations.findLast(({ name }) => name === write.call)?.at ?? write.at,
          lock: record,
          snapshot: stored.get(`snapshot/${incidentId}`),
          firing: sandbox.aws.alarms
            .all()
            .filter((alarm) => alarm.state.value === 'ALARM')
            .map((alarm) => alarm.definition.AlarmName),
          after: settings(sandbox),
          ...(deploying === undefined ? {} : { deployingSince: deploying }),
          approvals: [...stored].filter(([key]) => isApproval(key)).map(([, body]) => body),
        });
      },
    },
  });
  const played = sandbox;
  const ends: End[] = [];
  const people: PersonAct[] = [];
  const answers: Recording['answers'][number][] = [];
  const switched: Recording['switched'][number][] = [];
  try {
    const before = settings(played);
    played.engine.onStatusChange(({ detail }) => {
      if (detail.status === 'RUNNING') return;
      const execution = played.engine.describeExecution(detail.executionArn);
      ends.push({ execution, at: now(), settings: settings(played), lock: lockNow() });
    });
    const cast = actors(played, incident, {
      moments,
      reach,
      people,
      answers,
      switched,
      stored: (key) => stored.get(key),
      makeGone: () => {
        goneAt = now();
      },
      makeStale: (fault) => stale.push({ fault, until: now() + fault.forSeconds * 1000 }),
    });
    const look = setInterval(() => void cast.look(), lookMilliseconds);
    const over = () =>
      !moments.pending() &&
      !cast.busy() &&
      now() > startedAt + 60_000 &&
      played.engine.executions.every(({ status }) => status !== 'RUNNING') &&
      (now() > startedAt + quietMilliseconds || played.engine.executions.length > 0) &&
      now() > (ends.at(-1)?.at ?? 0) + 60_000;
    const end = await played.time.runUntil(over, longest);
    clearInterval(look);
    const { executions } = played.engine;
    return {
      seed,
      incident,
      config,
      service,
      startedAt,
      endedAt: now(),
      over: end === 'done',
      before,
      after: settings(played),
      writes,
      calls: played.aws.calls,
      invocations: processes.invocations,
      people,
      answers,
      switched,
      executions,
      ends,
      stopped: cast.stopped,
      faultyInputs: cast.faultyInputs,
      locks,
      snapshots,
      approvals,
      ...(goneAt === undefined ? {} : { goneAt }),
      reach,
      hash: () => traceHash({ writes, calls: played.aws.calls, executions }),
    };
  } finally {
    played.close();
  }
}
