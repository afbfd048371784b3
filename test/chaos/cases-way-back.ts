import type { MetricName } from '../../shared/config/metric-catalogue.ts';
import { type Case, invocation } from './recordings.ts';

const goesDown = (values: Partial<Record<MetricName, number>>) =>
  invocation('plan', 'scale-in', {
    direction: 'in',
    document: {
      assessment: {
        metrics: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
      },
    },
    result: { action: 'scale-in' },
  });
const before = (usual: Partial<Record<MetricName, number>>) =>
  invocation('take-snapshot', 'emergency-scaling', { document: { assessment: { usual } } });

const heard = (level: string, errors: string) =>
  invocation('assess', 'emergency-scaling', {
    result: {
      health: { api: { level: 'ok' }, mcp: { level, unknown: { cause: 'late' } } },
      metrics: { errorRatePercent: { level: errors } },
    },
  });

/** What the checkers of the way back must flag and accept. */
export const wayBackCases: Case[] = [
  {
    checker: '51 unreachable is unknown',
    wrong: { invocations: [heard('critical', 'ok')] },
    says: /mcp does not answer and counts as down/,
    right: { invocations: [heard('unknown', 'ok')] },
    excused: [{ invocations: [heard('critical', 'critical')] }],
  },
  {
    checker: '49 calm is as before',
    wrong: { invocations: [before({ dbPoolPercent: 50 }), goesDown({ dbPoolPercent: 75 })] },
    says: /goes down with dbPoolPercent at 75/,
    right: { invocations: [before({ dbPoolPercent: 74 }), goesDown({ dbPoolPercent: 75 })] },
    excused: [{ invocations: [goesDown({ cpuPercent: 70, requestRatePerMinute: 5000 })] }],
  },
  {
    checker: '49 calm is as before',
    wrong: { invocations: [before({ cpuPercent: 79 }), goesDown({ cpuPercent: 81 })] },
    says: /goes down with cpuPercent at 81/,
    right: { invocations: [before({ cpuPercent: 79 }), goesDown({ cpuPercent: 80 })] },
  },
];
