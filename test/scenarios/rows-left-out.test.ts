import { expect, it, jest } from '@jest/globals';
import { statusScreen } from '../../local/status-screen.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import { parse } from '../../shared/core/schema.ts';
import { Assessment } from '../../shared/document/assessment.ts';
import { plan } from '../support/builders.ts';
import { mails } from './approval-support.ts';
import { notGivenBack, play } from './harness.ts';

jest.setTimeout(60_000);

/** No PgBouncer, no pool of its own, no MCP. */
function leaveOut({ metrics, health }: ServiceConfig): void {
  Object.assign(metrics, { dbPoolPercent: [], pgbouncerPoolPercent: [], pgbouncerWaitMilliseconds: [] });
  delete health.mcp;
}

it('nothing waits for a row that is left out, and no page shows it, though nobody could read it', async () => {
  const { report, sandbox } = await play({
    change: ({ services }) => Object.values(services).forEach(leaveOut),
    world: () => ({
      troubles: [
        ...(['DBPoolUsage', 'PgBouncerPoolUsage', 'PgBouncerWaitTime'] as const).map((metric) => ({
          kind: 'metric-fault' as const,
          metric,
          fault: 'missing' as const,
          from: 0,
          until: 1e6,
        })),
        { kind: 'endpoint-down', endpoint: 'mcp', from: 0, until: 1e6 },
      ],
    }),
  });
  const said = JSON.stringify([report.reasons, mails(sandbox)]);

  expect(report.outcome).toBe('restored');
  expect(notGivenBack(report)).toEqual([]);
  expect(said).not.toMatch(/DB pool|PgBouncer (pool|wait) |MCP/);
  const assess = sandbox.engine.executions
    .flatMap(({ output }) =>
      typeof output === 'object' && output ? [Reflect.get(output, 'assessment')] : [],
    )
    .find((one) => one !== undefined);
  const screen = statusScreen('buywhere-api', parse(Assessment, assess), plan(), sandbox.config);
  expect(screen).toContain('Health       API ');
  expect(screen).not.toMatch(/DB pool|PgBouncer|MCP/);
});
