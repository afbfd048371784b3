import type { WriteRecord } from '../sandbox/aws/wire.ts';
import type { Besides } from '../sandbox/circumstances/besides.ts';
import type { LocalSurroundings } from '../sandbox/functions.ts';
import { createSandbox, type Sandbox, sandboxStart } from '../sandbox/sandbox.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import { serviceKey } from '../shared/incident/service-record.ts';
import { createMoments, type Moments } from './cast/moments.ts';
import { chaosDefinitions } from './facts/definitions.ts';
import { callOf, createProcesses, type Processes } from './faults/dying-process.ts';
import { createFunctionFaults } from './faults/function-faults.ts';
import { withGoneService } from './faults/gone.ts';
import { wireFaultPlan, withStaleReads } from './faults/wire-faults.ts';
import { chaosConfig } from './generate/config.ts';
import type { ChaosFault, ChaosIncident } from './generate/incident.ts';
import { serviceOf, worldOf } from './generate/traffic.ts';
import type { Planted } from './mutations/planted.ts';
import { createMirror, type Mirror } from './record/mirror.ts';
import { met, type Reach } from './record/reach.ts';
import type { Aim, ObservedWrite } from './record/recording.ts';

/** What came over AWS from outside: the service deleted, and answers that are older than they look. */
interface Blows {
  goneAt?: number;
  stale: { fault: Extract<ChaosFault, { kind: 'stale' }>; until: number }[];
}

/** Where an incident is played: the sandbox with everything that disturbs it and everything that looks at it. */
export interface Stage {
  incident: ChaosIncident;
  /** As configured for the people who judge: a planted bug may have given the functions another one. */
  config: Config;
  sandbox: Sandbox;
  moments: Moments;
  processes: Processes;
  mirror: Mirror;
  blows: Blows;
  writes: ObservedWrite[];
  reach: Reach;
  /** Whether an alarm that fires now starts a run. */
  alarmStartsRun(): boolean;
}

/** A service that stays too small has its alarm every hour: by then it starts no run any more. */
const alarmsEnd = 3 * 3_600_000;

/** Sets the stage for an incident. The sandbox has virtual time: whoever asks for it closes it. */
export function createStage(incident: ChaosIncident, seed: number, planted: Planted): Stage {
  // A fault may change it.
  const config = structuredClone(configOf(incident));
  const serviceName = serviceOf(incident.environment);
  const service = serviceConfig(config, serviceName);
  const reach: Reach = new Map();
  const moments = createMoments();
  const blows: Blows = { stale: [] };
  const writes: ObservedWrite[] = [];
  let sandbox: Sandbox | undefined;
  const now = () => sandbox?.time.now() ?? 0;
  const alarmStartsRun = () => now() < sandboxStart.getTime() + alarmsEnd;
  const mirror = createMirror(serviceKey(service.cluster, service.service), now);
  const processes = createProcesses({
    now,
    faults: createFunctionFaults(incident.faults, reach),
    whereIs: moments.whereIs,
    aim: () => (sandbox ? aimOf(sandbox) : {}),
    onCall: moments.onCall,
  });
  const here = () => {
    const invocation = processes.current();
    return invocation ? `${invocation.function} · ${invocation.state}` : 'a page';
  };
  const onStale = (call: string) => met(reach, `stale ${call}`, here());
  sandbox = createSandbox({
    config,
    service: serviceName,
    world: worldOf(incident, seed),
    besides: besidesOf(incident, service.cpuPolicy.temporaryName),
    seed,
    ...(incident.shown ? { besides: { shown: incident.shown } } : {}),
    faults: wireFaultPlan(incident.faults, reach, here),
    hooks: {
      definitions: planted.definitions?.(chaosDefinitions()) ?? chaosDefinitions(),
      onEvent: moments.onEvent,
      alarmStartsRun,
      surroundings(own) {
        const handle = disturbed(own.handle, blows, now, onStale);
        const around = processes.surroundings({ ...own, handle, store: mirror.around(own.store) });
        const changed = planted.surroundings?.(around, processes.current) ?? around;
        return planted.config ? { ...changed, config: planted.config(changed.config) } : changed;
      },
      functions: (own) => processes.functions(planted.functions?.(own) ?? own),
      onWrite(write) {
        if (sandbox) writes.push(observed(write, { sandbox, mirror, processes }));
      },
    },
  });
  return { incident, config, sandbox, moments, processes, mirror, blows, writes, reach, alarmStartsRun };
}

/** What is true of the service at AWS besides: scheduled actions, and answers that lag behind. */
function besidesOf({ faults }: ChaosIncident, temporaryName: string): Besides {
  const lags = faults.flatMap((fault) => (fault.kind === 'lag' ? fault.seconds : []));
  const actions = faults.flatMap((fault) => (fault.kind === 'scheduled-action' ? fault : []));
  return {
    shown: lags.length > 0 ? { lagSeconds: Math.max(...lags) } : {},
    policies: faults.some(({ kind }) => kind === 'foreign-policy')
      ? [{ policy: stepPolicy(temporaryName) }]
      : [],
    scheduledActions: actions.map(({ atSeconds, min, max }, index) => ({
      name: `scheduled-${index}`,
      atSeconds,
      min,
      max,
    })),
  };
}

const stepPolicy = (PolicyName: string) => ({
  PolicyName,
  PolicyType: 'StepScaling',
  StepScalingPolicyConfiguration: {
    AdjustmentType: 'ChangeInCapacity',
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
  },
});

/** Prometheus is asked only where something is wrong with it, or with the metrics that it could replace. */
const configOf = ({ environment, troubles, faults, worker }: ChaosIncident): Config =>
  chaosConfig(
    environment,
    troubles.some(({ kind }) => kind === 'monitoring-fault') ||
      faults.some((fault) => fault.kind === 'source' && fault.source !== 'health'),
    worker,
  );

function disturbed(
  handle: LocalSurroundings['handle'],
  blows: Blows,
  now: () => number,
  onStale: (call: string) => void,
): LocalSurroundings['handle'] {
  const ageOf = (of: string) =>
    blows.stale.find(({ fault, until }) => fault.call === of && now() < until)?.fault.ageSeconds;
  const late = withStaleReads(handle, ageOf, now, callOf, onStale);
  return withGoneService(late, () => blows.goneAt !== undefined, callOf);
}

/** What the service aims at now, and when the deployment began that is running, if one is. */
function aimOf({ world, service }: Sandbox): Aim {
  const simulated = world.service(service.cluster, service.service);
  if (!simulated) return {};
  const { deployments, taskDefinition, history } = simulated;
  const running = deployments.find(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
  return {
    taskDefinition,
    ...(running && { deployingSince: running.createdAt }),
    ...(history[0]?.pause?.status === 'AWAITING_ACTION' && { awaitsAction: true }),
  };
}

/** A change of a setting, with what is true in this moment. */
function observed(
  write: WriteRecord,
  { sandbox, mirror, processes }: Pick<Stage, 'sandbox' | 'mirror' | 'processes'>,
): ObservedWrite {
  const { aws, service, world } = sandbox;
  const simulated = world.service(service.cluster, service.service);
  const invocation = processes.current();
  const lock = mirror.lock();
  const { deployingSince } = aimOf(sandbox);
  return {
    ...write,
    ...(invocation ? { invocation } : {}),
    issuedAt: invocation?.operations.findLast(({ name }) => name === write.call)?.at ?? write.at,
    lock,
    ...(simulated && { load: Math.round(simulated.databasePools().busy) }),
    snapshot: mirror.body(`snapshot/${lock?.incidentId}`),
    firing: aws.alarms
      .all()
      .filter((alarm) => alarm.state.value === 'ALARM')
      .map((alarm) => alarm.definition.AlarmName),
    after: aws.settings(service.cluster, service.service),
    ...(deployingSince === undefined ? {} : { deployingSince }),
    approvals: mirror.requests(),
  };
}
