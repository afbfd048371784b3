import type { Sandbox } from '../../sandbox/sandbox.ts';
import { regionOf } from '../../shared/config/elsewhere.ts';
import type { IncidentArguments } from '../arguments.ts';
import { openApproval } from './approvals.ts';
import { type Layout, styled } from './lines.ts';

/** What this is, and where to look: the first lines of `npm start`. */
export function greeting(
  chosen: IncidentArguments,
  { config, service }: Sandbox,
  url: string,
  { stream }: Layout,
): string {
  const { cluster, service: name } = service;
  const head =
    'The on-call runbook as it deploys to AWS, at work on a simulated service: from the alarm to the restored settings.';
  const deciding = {
    ask: 'You decide about scaling in, in the browser; Ctrl-C ends it.',
    yes: 'A simulated approver approves the scale-in.',
    no: 'A simulated approver rejects the scale-in.',
    never: 'Nobody answers the request for approval.',
  }[chosen.approve];
  return `${styled('bold', head, stream)}
Playing ${chosen.play.name} on ${name} (${config.environment}), ${chosen.speed} virtual seconds per second. ${deciding}

  Console   ${url}/
  Mailbox   ${url}/mailbox
  AWS       export AWS_ENDPOINT_URL=${url} AWS_REGION=${regionOf(chosen.service, config)} \\
              AWS_DEFAULT_REGION=${regionOf(chosen.service, config)} AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any
            aws ecs describe-services --cluster ${cluster} --services ${name}

`;
}

/** What goes on after the story, for so many real seconds; nothing where it ends with it. */
export function stayingUp(url: string, seconds: number): string {
  if (seconds === 0) return '';
  const until = Number.isFinite(seconds) ? `for ${seconds} s` : 'until Ctrl-C';
  return `\nThe simulated AWS goes on at ${url} ${until}: alarms, runs, mails, and every aws command.\n`;
}

/** What an interrupted sandbox leaves: nothing outside this process, and the settings as they were then. */
export function leftBehind(sandbox: Sandbox): string {
  const { aws, service, engine } = sandbox;
  const { desired, running, min, max, suspended } = aws.settings(service.cluster, service.service);
  const runs = engine.executions.filter(({ status }) => status === 'RUNNING').map(({ machine }) => machine);
  const left = [
    `${running} of ${desired} tasks ran`,
    `bounds ${min}–${max}${suspended?.dynamicScalingIn ? ', scaling in suspended' : ''}`,
    runs.length > 0 ? `${runs.join(' and ')} under way` : 'no run under way',
    ...(openApproval(sandbox) ? ['an approval open'] : []),
  ];
  return `\nInterrupted: ${left.join('; ')}. It was all simulated: nothing is left outside this process. Next: npm start\n`;
}
