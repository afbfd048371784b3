/**
 * List prices in US dollars, US East (N. Virginia), November 2026, without free tiers. Other Regions differ by up to about
 * a quarter. Sources: the pricing pages of Step Functions (Standard), Lambda (arm64), CloudWatch, DynamoDB (on demand),
 * SNS, SES and X-Ray.
 */
export const listPrices = {
  /** Every state entered, and every retry. */
  transition: 0.025 / 1000,
  lambdaRequest: 0.2 / 1_000_000,
  lambdaGigabyteSecond: 0.0000133334,
  /** Each metric of a GetMetricData call. */
  metricRequested: 0.01 / 1000,
  dynamoRead: 0.125 / 1_000_000,
  dynamoWrite: 0.625 / 1_000_000,
  snsPublish: 0.5 / 1_000_000,
  sesMail: 0.1 / 1000,
  traceRecorded: 5 / 1_000_000,
} as const;
