import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { evaluateExpression, type Series } from '../../../sandbox/aws/cloudwatch/expression.ts';

/** Sends a request on to moto and gives its answer's JSON. */
export type Forward = (body: unknown) => Promise<unknown>;

/**
 * What moto lacks of the operations that the functions call, by `X-Amz-Target`. moto scales nothing by itself and keeps
 * no service deployments, so that there are none is the truth.
 */
export const missingOperations: Readonly<
  Record<string, (body: unknown, forward: Forward) => Promise<unknown>>
> = {
  'AnyScaleFrontendService.DescribeScalingActivities': async () => ({ ScalingActivities: [] }),
  'AmazonEC2ContainerServiceV20141113.ListServiceDeployments': async () => ({ serviceDeployments: [] }),
  'GraniteServiceVersion20100801.GetMetricData': getMetricData,
};

/** Step Functions names an execution that its caller does not name; moto's has none then. */
export const namedExecution = (target: string, body: string): string =>
  target === 'AWSStepFunctions.StartExecution'
    ? JSON.stringify({ name: randomUUID(), ...JSON.parse(body) })
    : body;

/** Start times in the context object end with milliseconds and Z; moto writes Python's form. */
export const startTimes = (body: string): string =>
  body.replaceAll(/(\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})\d{3}\+00:00/g, '$1Z');

const Query = z.looseObject({
  Id: z.string(),
  MetricStat: z.looseObject({ Stat: z.string() }).optional(),
  Expression: z.string().optional(),
  ReturnData: z.boolean().default(true),
});
const Request = z.looseObject({ MetricDataQueries: z.array(Query) });
const Result = z.looseObject({
  Id: z.string(),
  Timestamps: z.array(z.number()),
  Values: z.array(z.number()),
});
const Answer = z.looseObject({ MetricDataResults: z.array(Result) });

/**
 * moto computes neither percentiles nor expressions. The metrics here have one value a minute, so that any percentile
 * is the maximum; expressions are computed over what moto answers.
 */
async function getMetricData(body: unknown, forward: Forward): Promise<unknown> {
  const { MetricDataQueries: queries, ...rest } = Request.parse(body);
  const metrics = queries.flatMap(({ MetricStat, ...query }) =>
    MetricStat
      ? [
          {
            ...query,
            ReturnData: true,
            MetricStat: { ...MetricStat, Stat: MetricStat.Stat.replace(/^p\d.*/, 'Maximum') },
          },
        ]
      : [],
  );
  const answer = Answer.parse(await forward({ ...rest, MetricDataQueries: metrics }));
  const results = new Map(answer.MetricDataResults.map((result) => [result.Id, result]));
  const seriesOf = (id: string): Series => {
    const { Timestamps = [], Values = [] } = results.get(id) ?? {};
    return new Map(Timestamps.map((at, index) => [at, Values[index] ?? Number.NaN]));
  };
  const periods = [...new Set(answer.MetricDataResults.flatMap(({ Timestamps }) => Timestamps))].sort();
  for (const { Id, Expression } of queries) {
    if (Expression === undefined) continue;
    const value = evaluateExpression(Expression, { lookUp: seriesOf, periods });
    const points = typeof value === 'number' ? [] : [...value].sort(([a], [b]) => a - b);
    results.set(Id, {
      Id,
      StatusCode: 'Complete',
      Timestamps: points.map(([at]) => at),
      Values: points.map(([, each]) => each),
    });
  }
  const returned = queries.filter(({ ReturnData }) => ReturnData);
  return { MetricDataResults: returned.flatMap(({ Id }) => results.get(Id) ?? []), Messages: [] };
}
