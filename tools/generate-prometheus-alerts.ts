import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { environments, readConfig } from '../sandbox/config-files.ts';
import { alertingRules } from '../shared/alarms/prometheus-rules.ts';

const header = `# Made from config/ by \`npm run generate\`: change the thresholds there, not here.
# Prometheus' rule_files loads this file; Alertmanager's route to the alert-webhook function starts emergency scaling.
`;

/** The text of prometheus_alerts.yml: the runbook's alerts for every configured environment. */
export function prometheusAlerts(): string {
  const groups = environments()
    .sort()
    .flatMap((environment) => alertingRules(readConfig(environment)));
  return header + stringify({ groups }, { lineWidth: 0 });
}

/** At the top level of the project, where the runbook lists it. */
export const prometheusAlertsFile = join(import.meta.dirname, '..', 'prometheus_alerts.yml');

if (process.argv[1] === import.meta.filename) writeFileSync(prometheusAlertsFile, prometheusAlerts());
