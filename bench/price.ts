import { textTable } from '../shared/format/text.ts';
import { playIncident } from './play-incident.ts';
import { priceOf, total } from './price/price.ts';
import { type Usage, usageOf } from './price/usage.ts';

const scenarios = ['traffic-spike', 'flash-crowd', 'tasks-cannot-start', 'pool-exhaustion'] as const;

/** What one incident uses and costs, from the alarm to the restored settings. */
export async function price(): Promise<void> {
  const played: { scenario: string; usage: Usage }[] = [];
  for (const scenario of scenarios)
    played.push({ scenario, usage: usageOf((await playIncident(scenario, 1)).sandbox) });
  const parts = (usage: Usage) => priceOf(usage).map(({ dollars }) => dollars.toFixed(4));
  const rows = played.map(({ scenario, usage }) => [
    scenario,
    ...[usage.transitions, usage.invocations, usage.apiCalls, usage.metricsRequested].map(String),
    ...parts(usage),
    total(usage).toFixed(4),
  ]);
  const [first] = played;
  const formulas = (first ? priceOf(first.usage) : []).map(({ part, formula }) => `  ${part}: ${formula}`);
  const head = ['incident', 'transitions', 'invocations', 'API calls', 'metrics'];
  process.stdout.write(
    `Price of an incident in US dollars (list prices, US East, November 2026, no free tier)\n` +
      `${textTable([[...head, 'Step Functions', 'Lambda', 'CloudWatch', 'DynamoDB', 'SNS, SES', 'X-Ray', 'total'], ...rows])}\n` +
      `Formulas; billed seconds, reads and writes are assumed, and high:\n${formulas.join('\n')}\n`,
  );
}
