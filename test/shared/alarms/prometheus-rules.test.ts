import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../sandbox/config-files.ts';
import { alertingRules } from '../../../shared/alarms/prometheus-rules.ts';
import { decideAlert } from '../../../shared/intake/alertmanager-message.ts';
import { prometheusAlerts, prometheusAlertsFile } from '../../../tools/generate-prometheus-alerts.ts';

it('prometheus_alerts.yml is what `npm run generate` makes of config/', () => {
  expect(readFileSync(prometheusAlertsFile, 'utf8')).toBe(prometheusAlerts());
});

describe.each(['production', 'staging'])('the rules of %s', (environment) => {
  const config = readConfig(environment);
  const rules = alertingRules(config).flatMap((group) => group.rules);

  it.each([
    ['HighLatencyP95', '> 1', 'warning', 'watch'],
    ['HighLatencyP99', '> 2.5', 'critical', 'scale-out'],
    ['HighErrorRate', '> 1', 'critical', 'scale-out'],
    ['DatabasePoolExhausted', '> 90', 'warning', 'relieve-pool'],
    ['PgBouncerPoolExhausted', '> 85', 'warning', 'relieve-pool'],
    ['PgBouncerSlow', '> 100', 'warning', 'relieve-pool'],
    ['HighRequestRate', '> 1000', 'critical', 'scale-out'],
    ['APIDown', '== 0', 'critical', 'escalate'],
  ])(
    '%s fires at the runbook’s threshold, with its severity and action',
    (name, condition, severity, action) => {
      const found = rules.filter((rule) => rule.alert === name);
      expect(found).toHaveLength(1);
      expect(found[0]?.expr.endsWith(` ${condition}`)).toBe(true);
      expect(found[0]?.labels).toMatchObject({ severity, action, environment });
      expect(found[0]?.annotations.runbook).toMatch(/^(Quick Reference|Alert Thresholds): /);
    },
  );

  it('select only series of their own environment', () => {
    for (const { expr } of rules) expect(expr).toContain(`environment="${environment}"`);
  });

  it('carry labels by which the webhook starts a run', () => {
    for (const { alert, labels } of rules) {
      const fired = {
        status: 'firing',
        labels: { alertname: alert, ...labels },
        startsAt: '2026-10-02T17:00:00Z',
        fingerprint: 'ab',
      } as const;
      expect([alert, decideAlert(fired, 0, config).act]).toEqual([alert, 'start']);
    }
  });

  it('leave out what Prometheus has no query for', () => {
    expect(rules.map(({ alert }) => alert)).not.toContain('HighCPU');
  });
});
