import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { cloudwatch, states } from '../shared/aws/clients.ts';
import { inputOfExecution } from '../shared/aws/step-functions.ts';
import { InvalidInputError } from '../shared/core/errors.ts';
import { machines } from '../shared/document/request.ts';
import { aboutAlarm, requireOwner } from '../shared/intake/owner.ts';
import { isClaimed } from '../shared/intake/started-by.ts';
import { alarmOf, IntakeInput, type PresentState, understand } from '../shared/intake/understand.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { alarmTrials } from '../shared/preflight/cloudwatch.ts';
import { executionTrials } from '../shared/preflight/states.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';

/** The one door of every run: an alarm event, a console input or another workflow's input becomes a request. */
export const intake = step({
  name: 'intake',
  input: IntakeInput,
  about: aboutAlarm,
  async run(input, context: StepContext<'cloudwatch' | 'states'>) {
    // Before anything is asked in the account that the event is said to come from.
    requireOwner(input, context.config);
    const alarm = alarmOf(input.input);
    const present = alarm === undefined ? undefined : await presentState(alarm, context);
    const understood = understand(input, present, context.config, context.now());
    const claimed = await claimedOf(input, context);
    const request = claimed ? { ...understood, claimed } : understood;
    context.log.info('request understood', { ...request });
    return request;
  },
  preflight: (ask, context: StepContext<'cloudwatch' | 'states'>) =>
    tried(
      'intake',
      [
        ...forEach(ask, context.config, (service) =>
          alarmTrials(context.cloudwatch, service, context.config),
        ),
        ...executionTrials(context.states, ask, machines),
      ],
      context,
    ),
});

export const handler = lambda(intake, { cloudwatch, states });

/** Whether who asked is only what somebody typed; also where the run that started this one can't be looked up. */
async function claimedOf(
  { input, execution }: IntakeInput,
  { states, log, config }: StepContext<'states'>,
): Promise<boolean> {
  try {
    return await isClaimed(input, execution, (arn) => inputOfExecution(states, arn), config);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    // A run that was started must not be lost over it.
    log.warn('the run that started this one could not be looked up', { error: String(error) });
    return true;
  }
}

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
