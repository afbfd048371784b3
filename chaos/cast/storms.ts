import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { ChaosFault } from '../generate/incident.ts';

type Storm = Extract<ChaosFault, { kind: 'storm' }>;

/** Alertmanager posts a group that holds many alerts of other teams, with as long texts as they like, and some of ours. */
export async function sendStorm(storm: Storm, sandbox: Sandbox): Promise<void> {
  const { alert, ours, foreign, characters } = storm;
  const { config, service, time } = sandbox;
  const startsAt = new Date(time.now()).toISOString();
  const firing = (n: number, labels: object) => ({
    status: 'firing',
    labels: { environment: config.environment, pod: `p${n}`, ...labels },
    startsAt,
    fingerprint: n.toString(16).padStart(16, '0'),
  });
  const text = 'z'.repeat(characters);
  const alerts = [
    ...Array.from({ length: foreign }, (_, n) =>
      firing(n, { alertname: 'KubePodCrashLooping', service: 'other', text }),
    ),
    ...Array.from({ length: ours }, (_, n) =>
      firing(foreign + n, { alertname: alert, service: service.service }),
    ),
  ];
  const event = {
    headers: { authorization: `Bearer sandbox-value-of-${config.alertmanager.tokenSecrets[0]}` },
    body: JSON.stringify({ version: '4', alerts }),
    isBase64Encoded: false,
  };
  const context = { functionName: 'emergency-scaling-alert-webhook', awsRequestId: 'storm' };
  // A function that dies has accepted nothing.
  await sandbox.functions['alert-webhook']?.(event, context).catch(() => undefined);
}
