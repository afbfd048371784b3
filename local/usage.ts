import { scenarioList } from '../sandbox/world/scenarios.ts';

const heads = {
  simulate: `npm run simulate -- [options]: plays one incident in virtual time, to the end at once.
`,
  start: `npm start -- [options]: plays one incident in accelerated time, with a console page, a mailbox and a simulated
AWS on 127.0.0.1 that any AWS client can talk to.

  --speed N            virtual seconds per second, 1 to 100000 (default 60); 1 while a person is asked
  --port N             port on 127.0.0.1 (default 4566), 0 for any free one
  --stay SECONDS       how long the simulated AWS goes on after the incident, 0 to 86400 (default: until Ctrl-C on a
                       terminal, 0 without one)`,
};

const approveHelp = {
  simulate: `  --approve yes|no|never   what the simulated approver answers (default yes)`,
  start: `  --approve yes|no|never|ask   what the simulated approver answers; ask: you decide in the browser
                       (default: ask on a terminal, yes without one)`,
};

/** The help text of a command. */
export function usageOf(command: 'simulate' | 'start'): string {
  return `${heads[command]}
  --environment NAME   production (default) or staging: a file in config/
  --service NAME       a service of that file (default: its first)
  --scenario NAME      what happens to the service (default traffic-spike)
  --trace FILE.csv     real traffic instead: columns t_seconds,requests_per_second
  --circumstances FILE.json   what else is true of the service meanwhile: docs/sandbox.md; --scenario and --trace win
                       over its own scenario
  --event FILE         delivered when the service is in the state it describes; without it the alarm fires by itself
${approveHelp[command]}
  --throttle PERCENT   share of the AWS calls that are throttled, 0 to 90
  --seed N             same seed, same document
  --dry-run            plan only, change nothing
  --json               one JSON document on stdout

Scenarios:
${scenarioList.map(({ name, description }) => `  ${name.padEnd(20)} ${description}`).join('\n')}

Exit codes: 0 recovered, 1 error, 2 usage, 3 rejected, 4 expired, 5 not recovered or rolled back.
`;
}
