import type { MetricName } from '../../shared/config/metric-catalogue.ts';
import { publishedMetrics } from '../../shared/metrics/cloudwatch.ts';
import type { Found } from './read.ts';
import type { Balanced, Told, Wanted } from './stage-file.ts';
import { assumed, found as isFound, leftOut } from './told.ts';

const unbalanced: Balanced = {
  loadBalancer: undefined,
  targetGroup: undefined,
  alternateTargetGroup: undefined,
};
const noRequests = 'loadBalancer, targetGroup, latencyPolicy, requestPolicy, rows of requests';

/** The load balancer and its target groups, as the file names them. */
export function balancedBy({ balancing }: Found): [Balanced, Told[]] {
  switch (balancing.kind) {
    case 'none':
      return [
        unbalanced,
        [leftOut(noRequests, '', 'the service has no target group: a worker, by its CPU alone')],
      ];
    case 'network': {
      const why = `${balancing.loadBalancer} is no Application Load Balancer: it counts no requests`;
      return [unbalanced, [leftOut(noRequests, '', why)]];
    }
    case 'unknown':
    case 'application': {
      const { targetGroup, alternateTargetGroup } = balancing;
      const known = balancing.kind === 'application' ? balancing : undefined;
      const others = known?.others ?? [];
      return [
        { loadBalancer: known?.loadBalancer ?? null, targetGroup, alternateTargetGroup },
        [
          ...(known
            ? [isFound('loadBalancer', known.loadBalancer, 'CloudWatch has it with the target group')]
            : []),
          isFound('targetGroup', targetGroup, 'ECS'),
          ...(alternateTargetGroup ? [isFound('alternateTargetGroup', alternateTargetGroup, 'ECS')] : []),
          ...others.map((one) => leftOut('targetGroup', one, 'a service is watched at one target group')),
        ],
      ];
    }
  }
}

/** The namespace with the most of the rows that a service publishes itself. */
export function publishedBy(
  { service }: Wanted,
  { published, unread }: Found,
): [{ namespace: string; rows: MetricName[] }, Told[]] {
  const namespaces = [...Map.groupBy(published, ({ namespace }) => namespace)].map(
    ([namespace, metrics]) => ({
      namespace,
      rows: publishedMetrics.flatMap(([row, name]) =>
        metrics.some((one) => one.name === name) ? [row] : [],
      ),
    }),
  );
  const best = namespaces.sort((a, b) => b.rows.length - a.rows.length)[0];
  const rows: MetricName[] = best?.rows ?? [];
  const missing = publishedMetrics.filter(([row]) => !rows.includes(row));
  const namespace = rows.length > 0 && best ? best.namespace : service;
  const names = missing.map(([row]) => row).join(', ');
  return [
    { namespace, rows },
    [
      rows.length > 0
        ? isFound('customNamespace', namespace, `metrics with the dimension Service=${service}`)
        : assumed('customNamespace', namespace, 'nothing is read from it while the rows below are left out'),
      ...(missing.length > 0
        ? [
            leftOut(
              `metrics ${names}`,
              '',
              unread.metrics ?? 'no such metric with the dimension Service: add a source if there is one',
            ),
          ]
        : []),
    ],
  ];
}
