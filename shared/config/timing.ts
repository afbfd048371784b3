import { throttledDelayFactor } from '../core/throttling.ts';
import type { Config } from './schema.ts';

/** What does not fit, and which key of the configuration says so. */
export interface TimingFault {
  path: string[];
  message: string;
}

/** `TimeoutSeconds` of the state machines: a week for the way down and for whoever waits beside it, two hours for a run. */
export const deadlines = { 'scale-in': 604_800, 'approval-reminder': 604_800, 'emergency-scaling': 7200 };

/** Events of one round of a loop at most: a Wait and a Choice take two each, a step five. */
export const eventsPerLook = 10;
export const eventsPerPlan = 15;
/** Step Functions ends an execution at 25,000 events; half of them is for retries and for the other steps. */
const eventsForLooks = 12_500;

/** A decision is handed over until an hour after the expiry; the same again for calls that take long. */
const handOverSeconds = 7200;
/** A minute for the look itself. */
const lookSeconds = 60;
/** Calls and the steps between the waits of an emergency run. */
const stepSeconds = 600;

type Timed = Pick<Config, 'timing' | 'limits' | 'approval'>;

/**
 * Waits that the state machines cannot keep: longer than their own deadline, or with more looks than the history of an
 * execution holds. Source: Step Functions quotas. Pure.
 */
export const timingFaults = (config: Timed): TimingFault[] => [
  ...expiry(config),
  ...approvalLooks(config),
  ...emergencyDeadline(config),
  ...emergencyLooks(config),
];

const fault = (path: string, message: string): TimingFault => ({ path: path.split('.'), message });

function expiry({ approval, timing: { calm } }: Timed): TimingFault[] {
  const most = deadlines['scale-in'] - handOverSeconds - 2 * calm.deadlineSeconds;
  if (approval.expiresAfterSeconds <= most) return [];
  const why = `a scale-in ends after a week, and waits up to timing.calm.deadlineSeconds (${calm.deadlineSeconds}) before it asks and again on the way down`;
  return most < 60
    ? [fault('timing.calm.deadlineSeconds', `leaves no time for an approval: ${why}`)]
    : [fault('approval.expiresAfterSeconds', `must be 60 to ${most}: ${why}`)];
}

function approvalLooks({ approval }: Timed): TimingFault[] {
  const { expiresAfterSeconds, escalateBeforeSeconds, checkSeconds } = approval;
  const least = leastInterval(expiresAfterSeconds + handOverSeconds, eventsPerLook, eventsForLooks);
  const most = escalateBeforeSeconds - lookSeconds;
  return [
    ...(checkSeconds < least
      ? [
          fault(
            'approval.checkSeconds',
            `must be ${least} or more with this approval.expiresAfterSeconds: ${tooMany}`,
          ),
        ]
      : []),
    ...(checkSeconds > most
      ? [
          fault(
            'approval.checkSeconds',
            `must be at most ${most}, a minute less than approval.escalateBeforeSeconds: no look would find that it is time to escalate`,
          ),
        ]
      : []),
  ];
}

function emergencyDeadline({ timing: { verify, watch }, limits: { rounds } }: Timed): TimingFault[] {
  const room = deadlines['emergency-scaling'] - stepSeconds - watch.deadlineSeconds;
  // One more for the rollback.
  const most = Math.floor(room / (rounds + 1));
  if (verify.deadlineSeconds <= most) return [];
  const why = `an emergency run ends after two hours, with limits.rounds (${rounds}) such waits, a rollback's and timing.watch.deadlineSeconds (${watch.deadlineSeconds})`;
  return most < 1
    ? [fault('timing.watch.deadlineSeconds', `leaves no time to verify: ${why}`)]
    : [fault('timing.verify.deadlineSeconds', `must be 1 to ${most}: ${why}`)];
}

function emergencyLooks({ timing: { verify, watch }, limits: { rounds } }: Timed): TimingFault[] {
  const verifying = leastInterval(
    Math.min(verify.deadlineSeconds * throttledDelayFactor * rounds, deadlines['emergency-scaling']),
    eventsPerLook,
    eventsForLooks / 2,
  );
  const watching = leastInterval(watch.deadlineSeconds, eventsPerPlan, eventsForLooks / 2);
  return [
    ...(verify.intervalSeconds < verifying
      ? [
          fault(
            'timing.verify.intervalSeconds',
            `must be ${verifying} or more with these deadlines and limits.rounds (${rounds}): ${tooMany}`,
          ),
        ]
      : []),
    ...(watch.intervalSeconds < watching
      ? [
          fault(
            'timing.watch.intervalSeconds',
            `must be ${watching} or more with this deadlineSeconds: ${tooMany}`,
          ),
        ]
      : []),
  ];
}

const tooMany = 'more looks do not fit into the history of an execution';

const leastInterval = (seconds: number, eventsPerRound: number, events: number): number =>
  Math.ceil((seconds * eventsPerRound) / events);
