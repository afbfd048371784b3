import { listPrices } from './list-prices.ts';
import type { Usage } from './usage.ts';

/** What no sandbox can measure, each taken higher than it should be. */
const assumed = {
  /** Seconds that one invocation is billed, its share of cold starts included. */
  billedSeconds: 1,
  /** Memory of a function in GB, as in serverless.yml. */
  gigabytes: 1,
  /** Reads and writes of the table by one invocation. */
  reads: 4,
  writes: 2,
} as const;

/** Price of what an incident uses, in US dollars, part by part. */
export function priceOf(usage: Usage): { part: string; formula: string; dollars: number }[] {
  const gigabyteSeconds = usage.invocations * assumed.billedSeconds * assumed.gigabytes;
  const records = assumed.reads * listPrices.dynamoRead + assumed.writes * listPrices.dynamoWrite;
  return [
    {
      part: 'Step Functions',
      formula: 'transitions × $0.025 / 1,000',
      dollars: usage.transitions * listPrices.transition,
    },
    {
      part: 'Lambda',
      formula: 'invocations × ($0.20 / 1,000,000 + 1 s × 1 GB × $0.0000133334)',
      dollars:
        usage.invocations * listPrices.lambdaRequest + gigabyteSeconds * listPrices.lambdaGigabyteSecond,
    },
    {
      part: 'CloudWatch',
      formula: 'metrics requested × $0.01 / 1,000',
      dollars: usage.metricsRequested * listPrices.metricRequested,
    },
    {
      part: 'DynamoDB',
      formula: 'invocations × (4 reads × $0.125 + 2 writes × $0.625) / 1,000,000',
      dollars: usage.invocations * records,
    },
    {
      part: 'SNS and SES',
      formula: 'notices × $0.50 / 1,000,000 + mails × $0.10 / 1,000',
      dollars: usage.published * listPrices.snsPublish + usage.mails * listPrices.sesMail,
    },
    {
      // X-Ray samples, and an execution is one trace with the functions it calls: each invocation alone is too high.
      part: 'X-Ray',
      formula: 'invocations × $5 / 1,000,000',
      dollars: usage.invocations * listPrices.traceRecorded,
    },
  ];
}

export const total = (usage: Usage): number => priceOf(usage).reduce((sum, { dollars }) => sum + dollars, 0);
