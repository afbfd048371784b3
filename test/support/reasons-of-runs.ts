import { type ReasonToWord, reason } from './reason-to-word.ts';

const alarm = 'buywhere-api-HighLatencyP99';
const incident = 'incident-1';
const holder = {
  machine: 'scale-in',
  owner: 'arn:aws:states:ap-southeast-1:123456789012:execution:scale-in:run-1',
};
const row = { label: 'CPU target', from: '50 %', to: '70 %' };

/** Why a run was asked for, has the lock or not, and ended: each reason with what a person reads. */
export const reasonsOfRuns: readonly (readonly [ReasonToWord, string])[] = [
  [reason('alarm-fires', { alarm }), `${alarm} is in ALARM`],
  [reason('alarm-fires', { alarm, said: 'Threshold\nCrossed' }), `${alarm} is in ALARM: Threshold Crossed`],
  [reason('alarm-not-firing', { alarm, state: 'OK' }), `${alarm} went to OK: nothing to do`],
  [reason('alarm-suppressed', { alarm, by: 'Maintenance' }), `${alarm} is suppressed by Maintenance`],
  [reason('alarm-gone', { alarm }), `${alarm} does not exist any more`],
  [reason('alarm-ok-by-now', { alarm }), `${alarm} is OK by now: the event is late or a repeat`],
  [
    reason('alarm-too-old', { alarm, ageSeconds: 900 }),
    `${alarm}: the event is 15 min old and the alarm's present state is unknown`,
  ],
  [
    reason('alarm-of-no-time', { alarm }),
    `${alarm}: the event does not say when it was sent, and the alarm's present state is unknown`,
  ],
  [
    reason('alertmanager-fires', { alert: 'HighCPU', since: '2026-10-02T17:08:01.123Z' }),
    'HighCPU fires in Prometheus since 2026-10-02 17:08:01 UTC',
  ],
  [reason('asked-by', { by: 'Ada\nLovelace' }), 'asked for by Ada Lovelace'],
  [reason('asked-for-tasks', { by: 'Ada' }), 'more tasks are asked for by Ada'],
  [
    reason('asked-but-ok', { by: 'scale-in' }),
    'more tasks were asked for by scale-in, but every metric is ok now',
  ],
  [reason('alert-asks-for-person', { alert: 'APIDown' }), 'APIDown asks for a person at once'],
  [reason('said', { said: 'sale\n tonight' }), 'sale tonight'],

  [
    reason('pools-said', { finding: 'slow', said: 'Slow queries,\nnot raised.' }),
    'Slow queries, not raised.',
  ],
  [
    reason('pools-not-asked'),
    'no PgBouncer is configured whose console could be asked (pgbouncer.instances)',
  ],
  [
    reason('pools-relief', { relief: 'relieved', said: 'No client waits any more.' }),
    'the pools were raised: No client waits any more.',
  ],
  [
    reason('pool-not-set', { outcome: 'person', said: 'a:6432: somebody else set it' }),
    'a:6432: somebody else set it',
  ],

  [reason('lock-held'), 'this run holds the lock already'],
  [reason('event-handled', { event: 'event-1' }), 'the event event-1 was handled before'],
  [reason('lock-joined', holder), 'scale-in run-1 is handling this service already'],
  [reason('lock-busy', holder), 'scale-in run-1 is still running for this service'],
  [
    reason('incident-open', { incident }),
    'incident incident-1 is open: its settings have to be restored first (scale-in)',
  ],
  [
    reason('incident-continues', { incident }),
    'goes on with incident incident-1, whose settings are not restored yet',
  ],
  [reason('runs-capped', { limit: 3 }), 'the limit of 3 emergency runs within an hour is reached'],
  [
    reason('runs-capped', { limit: 3, superseded: holder.owner }),
    'the limit of 3 emergency runs within an hour is reached; the scale-in that was under way is stopped, and the service stays scaled out',
  ],
  [reason('lock-not-taken'), 'dry run: no lock is taken'],

  [reason('rejected', { by: 'Bolt', said: 'sale\ntonight' }), 'rejected by Bolt: sale tonight'],
  [reason('not-decided'), 'nobody decided before the approval request expired, or a step took too long'],
  [
    reason('run-failed', { error: 'ChangedByPersonError', said: 'min 1 → 4' }),
    'changed by person: min 1 → 4',
  ],
  [
    reason('all-written', { tasks: 9 }),
    'everything below is written; the next notice tells when 9 tasks run, or why not',
  ],
  [reason('no-alarm'), 'no alarm fired'],
  [
    reason('event-not-delivered'),
    'the simulated service never came into the state that the event describes, so it was not delivered',
  ],

  [reason('setting-differs', row), 'CPU target: 50 % → 70 %'],
  [reason('setting-not-written', row), 'not as written: CPU target: 50 % → 70 %'],
  [reason('autoscaling-as-wanted'), 'autoscaling is as wanted already'],
  [reason('min-above-max', { min: 12, max: 10 }), 'min 12 is above max 10'],
  [reason('max-above-ceiling', { max: 21, ceiling: 20 }), 'max 21 is above the ceiling of 20'],
  [
    reason('max-below-desired', { max: 4, desired: 9 }),
    'max 4 is below the 9 desired tasks: that would remove tasks at once. Scale in first',
  ],
  [
    reason('lowers-capacity', { bound: 'max', from: 20, to: 10 }),
    'max 20 → 10 would reduce capacity, which needs an approval here. Keep it with maxCapacity 20, or lower it by hand',
  ],
  [
    reason('policy-name-taken', { policy: 'api-cpu' }),
    'the name api-cpu is taken by a policy on something else; delete or rename that one first',
  ],
];
