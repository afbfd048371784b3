import * as v from 'valibot';
import { tryParse } from '../core/schema.ts';

/** What else tells of an alarm and is pasted at "Start execution", told apart by members that only it has. */
const kinds: readonly [string, v.GenericSchema][] = [
  [
    'a message of SNS',
    v.union([
      v.object({ TopicArn: v.string(), Message: v.string() }),
      v.object({ Records: v.pipe(v.array(v.looseObject({ Sns: v.looseObject({}) })), v.minLength(1)) }),
    ]),
  ],
  [
    'the message of an alarm as SNS carries it',
    v.object({ AlarmName: v.string(), NewStateValue: v.string() }),
  ],
  [
    'the event of an alarm action that calls Lambda',
    v.object({ alarmArn: v.string(), alarmData: v.looseObject({}) }),
  ],
  [
    'only the `detail` of an alarm event',
    v.object({ alarmName: v.string(), state: v.looseObject({ value: v.string() }) }),
  ],
  ['the answer of DescribeAlarms', v.object({ MetricAlarms: v.array(v.looseObject({})) })],
];

/** What an input is that looks like an alarm and is no event of EventBridge; undefined for all else. Pure. */
export const pastedKind = (input: unknown): string | undefined =>
  kinds.find(([, schema]) => tryParse(schema, input) !== undefined)?.[0];
