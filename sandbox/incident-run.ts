import { alarmName, alertOfAlarm } from '../shared/alerts/catalogue.ts';
import { alarmStem } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import { type ApproverAnswer, simulatedApprover } from './approver.ts';
import type { FaultPlan, ServiceSettings } from './aws/wire.ts';
import type { RunEnd, VirtualTime } from './clock.ts';
import { deliver } from './event-rules.ts';
import { type Report, reportOf } from './report.ts';
import { createSandbox, type Sandbox, type SandboxHooks } from './sandbox.ts';
import { comesTooEarly, type Delivery, type Play } from './scenario-play.ts';
import type { Watched } from './watched.ts';

export interface IncidentOptions {
  config: Config;
  service: string;
  play: Play;
  delivery?: Delivery;
  approve: ApproverAnswer;
  dryRun: boolean;
  seed: number;
  faults?: FaultPlan;
  hooks?: SandboxHooks;
  approvalBaseUrl?: string;
}

/** An incident under way: what a display looks at. */
export interface IncidentRun {
  sandbox: Sandbox;
  watched: Watched;
  /**
   * Plays to the end; `advance` moves the time. `stay` gets the report while everything still stands, and may let time go
   * on. Resolves to the report.
   */
  finish(
    advance: (time: VirtualTime, done: () => boolean, limit: number) => Promise<RunEnd>,
    stay?: (report: Report) => Promise<void>,
  ): Promise<Report>;
}

const watchMilliseconds = 5000;

/** Quiet time after which a scenario without an alarm is over, and the longest play. */
const graceMilliseconds = 3_600_000;

const longestMilliseconds = 7 * 86_400_000;

/** Sets up a sandbox in which one incident plays: traffic, alarms or a delivered input, approver, and what to watch. */
export function startIncident(options: IncidentOptions): IncidentRun {
  const { play, delivery, dryRun, seed, config, service } = options;
  const sandbox = createSandbox({
    config,
    service,
    world: play.world,
    ...(play.besides ? { besides: play.besides } : {}),
    seed,
    alarmsStartRuns: delivery === undefined && !dryRun,
    ...(options.faults ? { faults: options.faults } : {}),
    ...(options.hooks ? { hooks: options.hooks } : {}),
    ...(options.approvalBaseUrl ? { approvalBaseUrl: options.approvalBaseUrl } : {}),
  });
  const { time, engine, aws } = sandbox;
  const names = [sandbox.service.cluster, sandbox.service.service] as const;
  const watched: Watched = {};
  const begun = time.now();
  const approver = simulatedApprover(sandbox, options.approve);
  let delivered = false;

  const look = () => {
    const settings = aws.settings(...names);
    if (watched.before && isHigher(settings, watched.peak)) watched.peak = settings;
    return settings;
  };
  const setOff = () => {
    watched.setOffAt ??= time.now();
    watched.before ??= look();
    watched.peak ??= watched.before;
  };
  const start = (machine: string, input: unknown) => {
    delivered = true;
    setOff();
    engine.startExecution({ machine, input });
  };
  aws.alarms.onAlarmStateChange((event) => {
    if (!sandbox.alarmEvents.includes(event) || event.detail.state.value !== 'ALARM') return;
    if (delivery === undefined) setOff();
    if (dryRun && !delivery && !delivered) {
      const alert = alertOfAlarm(event.detail.alarmName, config)?.alert;
      start('emergency-scaling', { environment: config.environment, service, alert, dryRun: true });
    }
  });
  const deliverWhenTrue = () => {
    if (!delivery || delivered) return;
    const { when } = delivery;
    const state =
      when && aws.alarms.find(alarmName(alarmStem(sandbox.service, config), when.alarm))?.state.value;
    const quietSeconds = (time.now() - begun) / 1000;
    if (when ? state !== when.state : quietSeconds < 60) return;
    if (comesTooEarly(delivery, play, sandbox.world.service(...names))) return;
    delivered = true;
    setOff();
    const input = dryRun ? asDryRun(delivery.input, config, service) : delivery.input;
    if (isEvent(input)) deliver(engine, input);
    else engine.startExecution({ machine: delivery.machine, input });
  };
  const timer = setInterval(() => {
    look();
    deliverWhenTrue();
    void approver();
  }, watchMilliseconds);

  const over = () => {
    if (engine.executions.some((execution) => execution.status === 'RUNNING')) return false;
    if (delivery || dryRun)
      return delivered || time.now() > begun + play.calmAfterSeconds * 1000 + graceMilliseconds;
    if (watched.setOffAt === undefined) return time.now() > begun + play.calmAfterSeconds * 1000;
    // The alarm's event is still on its way for a moment.
    return time.now() > watched.setOffAt + 2 * watchMilliseconds;
  };

  return {
    sandbox,
    watched,
    async finish(advance, stay) {
      try {
        await advance(time, over, longestMilliseconds);
        look();
        const report = await reportOf(sandbox, watched, {
          seed,
          play: play.name,
          delivered: delivered || delivery === undefined,
        });
        await stay?.(report);
        return report;
      } finally {
        clearInterval(timer);
        sandbox.close();
      }
    },
  };
}

/** At the peak the most tasks were wanted, and of those the most ran. */
const isHigher = (settings: ServiceSettings, peak: ServiceSettings | undefined): boolean =>
  !peak ||
  settings.desired > peak.desired ||
  (settings.desired === peak.desired && settings.running > peak.running);

const isEvent = (input: unknown): input is { id: string } =>
  typeof input === 'object' &&
  input !== null &&
  'detail-type' in input &&
  'id' in input &&
  typeof input.id === 'string';

/** The same question as a dry run: what would be done about the alert that the input names? */
function asDryRun(input: unknown, config: Config, service: string): unknown {
  if (!isEvent(input))
    return typeof input === 'object' && input !== null ? { ...input, dryRun: true } : input;
  const name =
    'detail' in input && typeof input.detail === 'object' && input.detail !== null
      ? Reflect.get(input.detail, 'alarmName')
      : '';
  const alert = String(name).split('-').at(-1);
  return { environment: config.environment, service, alert, dryRun: true };
}
