/** Where a metric can be read. */
export const sourceNames = ['cloudwatch', 'prometheus', 'scrape'] as const;
export type MetricSourceName = (typeof sourceNames)[number];

/** How a source is called where a person reads it. */
export const sourceLabels: Record<MetricSourceName, string> = {
  cloudwatch: 'CloudWatch',
  prometheus: 'Prometheus',
  scrape: "/metrics, one task's view",
};
