import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { cloudwatch } from '../shared/aws/clients.ts';
import { alarmOf, IntakeInput, type PresentState, understand } from '../shared/intake/understand.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';

/** The one door of every run: an alarm event, a console input or another workflow's input becomes a request. */
export const intake = step({
  name: 'intake',
  input: IntakeInput,
  async run(input, context: StepContext<'cloudwatch'>) {
    const alarm = alarmOf(input.input);
    const present = alarm === undefined ? undefined : await presentState(alarm, context);
    const request = understand(input, present, context.config, context.now());
    context.log.info('request understood', { ...request });
    return request;
  },
});

export const handler = lambda(intake, { cloudwatch });

/** The alarm's state now; undefined when CloudWatch does not say (only a fresh event may act then). */
async function presentState(
  alarmName: string,
  { cloudwatch, log }: StepContext<'cloudwatch'>,
): Promise<PresentState> {
  try {
    const answer = await cloudwatch.send(
      // Composite alarms would need the right to see every alarm of the account.
      new DescribeAlarmsCommand({ AlarmNames: [alarmName], AlarmTypes: ['MetricAlarm'] }),
    );
    const [alarm] = answer.MetricAlarms ?? [];
    return alarm ? alarm.StateValue : 'missing';
  } catch (error) {
    log.warn('the alarm could not be looked up', { alarmName, error: String(error) });
    return undefined;
  }
}
