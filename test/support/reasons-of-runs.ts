import type { Reason } from '../../shared/document/reason.ts';
import { because } from '../../shared/format/reasons.ts';

const alarm = 'buywhere-api-HighLatencyP99';
const incident = 'incident-1';
const holder = {
  machine: 'scale-in',
  owner: 'arn:aws:states:ap-southeast-1:123456789012:execution:scale-in:run-1',
};
const row = { label: 'CPU target', from: '50 %', to: '70 %' };

/** Why a run was asked for, has the lock or not, and ended: each reason with what a person reads. */
export const reasonsOfRuns: readonly (readonly [Reason, string])[] = [
  [because('alarm-fires', { alarm }), `${alarm} is in ALARM`],
  [because('alarm-fires', { alarm, said: 'Threshold\nCrossed' }), `${alarm} is in ALARM: Threshold Crossed`],
  [because('alarm-not-firing', { alarm, state: 'OK' }), `${alarm} went to OK: nothing to do`],
  [because('alarm-suppressed', { alarm, by: 'Maintenance' }), `${alarm} is suppressed by Maintenance`],
  [because('alarm-gone', { alarm }), `${alarm} does not exist any more`],
  [because('alarm-ok-by-now', { alarm }), `${alarm} is OK by now: the event is late or a repeat`],
  [
    because('alarm-too-old', { alarm, ageSeconds: 900 }),
    `${alarm}: the event is 15 min old and the alarm's present state is unknown`,
  ],
  [
    because('alarm-of-no-time', { alarm }),
    `${alarm}: the event does not say when it was sent, and the alarm's present state is unknown`,
  ],
  [
    because('alertmanager-fires', { alert: 'HighCPU', since: '2026-10-02T17:08:01.123Z' }),
    'HighCPU fires in Prometheus since 2026-10-02 17:08:01 UTC',
  ],
  [because('asked-by', { by: 'Ada\nLovelace' }), 'asked for by Ada Lovelace'],
  [because('asked-for-tasks', { by: 'Ada' }), 'more tasks are asked for by Ada'],
  [
    because('asked-but-ok', { by: 'scale-in' }),
    'more tasks were asked for by scale-in, but every metric is ok now',
  ],
  [because('alert-asks-for-person', { alert: 'APIDown' }), 'APIDown asks for a person at once'],
  [because('said', { said: 'sale\n tonight' }), 'sale tonight'],

  [because('lock-held'), 'this run holds the lock already'],
  [because('event-handled', { event: 'event-1' }), 'the event event-1 was handled before'],
  [because('lock-joined', holder), 'scale-in run-1 is handling this service already'],
  [because('lock-busy', holder), 'scale-in run-1 is still running for this service'],
  [
    because('incident-open', { incident }),
    'incident incident-1 is open: its settings have to be restored first (scale-in)',
  ],
  [
    because('incident-continues', { incident }),
    'goes on with incident incident-1, whose settings are not restored yet',
  ],
  [because('runs-capped', { limit: 3 }), 'the limit of 3 emergency runs within an hour is reached'],
  [
    because('runs-capped', { limit: 3, superseded: holder.owner }),
    'the limit of 3 emergency runs within an hour is reached; the scale-in that was under way is stopped, and the service stays scaled out',
  ],
  [because('lock-not-taken'), 'dry run: no lock is taken'],

  [because('rejected', { by: 'Bolt', said: 'sale\ntonight' }), 'rejected by Bolt: sale tonight'],
  [because('not-decided'), 'nobody decided before the approval request expired, or a step took too long'],
  [
    because('run-failed', { error: 'ChangedByPersonError', said: 'min 1 → 4' }),
    'changed by person: min 1 → 4',
  ],
  [
    because('all-written', { tasks: 9 }),
    'everything below is written; the next notice tells when 9 tasks run, or why not',
  ],
  [because('no-alarm'), 'no alarm fired'],
  [
    because('event-not-delivered'),
    'the simulated service never came into the state that the event describes, so it was not delivered',
  ],

  [because('setting-differs', row), 'CPU target: 50 % → 70 %'],
  [because('setting-not-written', row), 'not as written: CPU target: 50 % → 70 %'],
  [because('autoscaling-as-wanted'), 'autoscaling is as wanted already'],
  [because('min-above-max', { min: 12, max: 10 }), 'min 12 is above max 10'],
  [because('max-above-ceiling', { max: 21, ceiling: 20 }), 'max 21 is above the ceiling of 20'],
  [
    because('max-below-desired', { max: 4, desired: 9 }),
    'max 4 is below the 9 desired tasks: that would remove tasks at once. Scale in first',
  ],
  [
    because('lowers-capacity', { bound: 'max', from: 20, to: 10 }),
    'max 20 → 10 would reduce capacity, which needs an approval here. Keep it with maxCapacity 20, or lower it by hand',
  ],
  [
    because('policy-name-taken', { policy: 'api-cpu' }),
    'the name api-cpu is taken by a policy on something else; delete or rename that one first',
  ],
];
