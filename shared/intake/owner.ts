import * as v from 'valibot';
import { alertOfAlarm } from '../alerts/catalogue.ts';
import { type About, accountOf } from '../config/elsewhere.ts';
import type { Config } from '../config/schema.ts';
import { InvalidInputError } from '../core/errors.ts';
import { tryParse } from '../core/schema.ts';
import type { IntakeInput } from './understand.ts';

/** What tells where an event of an alarm comes from. Source: EventBridge events reference, event structure. */
const FromAlarm = v.object({
  'detail-type': v.string(),
  account: v.optional(v.string(), 'none'),
  region: v.optional(v.string(), 'none'),
  detail: v.object({ alarmName: v.string() }),
});

function alarmIn(input: unknown, config: Config) {
  const event = tryParse(FromAlarm, input);
  const found = event && alertOfAlarm(event.detail.alarmName, config);
  return found && { ...event, service: found.service };
}

/** The service whose alarm an input is about, and in which execution: the alarm is where the service is. */
export function aboutAlarm({ input, execution }: IntakeInput, config: Config): About | undefined {
  const alarm = alarmIn(input, config);
  return alarm && { service: alarm.service, execution: execution.name };
}

/**
 * Holds an alarm's event against the account and Region of the service that its name selects: anybody may name an alarm of
 * his own like one of ours. Where a stage names no other accounts, no event of another can arrive.
 * @throws InvalidInputError that names both accounts
 */
export function requireOwner({ input, execution }: IntakeInput, config: Config): void {
  const alarm = alarmIn(input, config);
  if (!alarm || Object.keys(config.accounts).length === 0) return;
  // An execution's ARN has the account and Region of the stage.
  const [, , , region = '', account = ''] = execution.arn.split(':');
  const owner = accountOf(alarm.service, config)?.account ?? { account, region };
  if (alarm.account === owner.account && alarm.region === owner.region) return;
  throw new InvalidInputError(
    `account: alarms of ${alarm.service} come from ${owner.account} in ${owner.region}; this event is from ${alarm.account} in ${alarm.region}`,
  );
}
