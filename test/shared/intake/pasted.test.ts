import { describe, expect, it } from '@jest/globals';
import { pastedKind } from '../../../shared/intake/pasted.ts';
import { understand } from '../../../shared/intake/understand.ts';
import { arn, now, production } from '../../support/builders.ts';

const detail = { alarmName: 'buywhere-api-HighCPU', state: { value: 'ALARM', reason: 'x' } };
const sns = { Type: 'Notification', TopicArn: 'arn:aws:sns:x:1:alarms', Message: '{"AlarmName":"x"}' };

describe('an input that tells of an alarm and is no event of EventBridge', () => {
  it.each<[string, unknown]>([
    ['a message of SNS', sns],
    ['a message of SNS', { Records: [{ EventSource: 'aws:sns', Sns: sns }] }],
    [
      'the message of an alarm as SNS carries it',
      { AlarmName: 'buywhere-api-HighCPU', NewStateValue: 'ALARM' },
    ],
    [
      'the event of an alarm action that calls Lambda',
      { source: 'aws.cloudwatch', alarmArn: 'arn:aws:cloudwatch:x', accountId: '1', alarmData: detail },
    ],
    ['only the `detail` of an alarm event', detail],
    ['the answer of DescribeAlarms', { MetricAlarms: [{ AlarmName: 'buywhere-api-HighCPU' }] }],
  ])('is named: %s', (kind, input) => {
    const execution = { arn: arn('emergency-scaling', 'x'), name: 'x', startedAt: now };
    const start = (machine: 'emergency-scaling' | 'rollback') => () =>
      understand({ machine, input, execution }, undefined, production, new Date(now));
    expect(start('emergency-scaling')).toThrow(`input: this is ${kind}; give the whole event of EventBridge`);
    expect(start('rollback')).toThrow(`input: this is ${kind}; rollback takes a console input`);
  });

  it.each([{ environment: 'production' }, {}, [], null, 'text'])('is not %j', (input) => {
    expect(pastedKind(input)).toBeUndefined();
  });
});
