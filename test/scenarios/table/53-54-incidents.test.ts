import { describe, expect, it, jest } from '@jest/globals';
import { statemachinesFolder } from '../../../sandbox/config-files.ts';
import { definitionTexts, parseDefinitions } from '../../../sandbox/engine/definition/definitions.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { serviceKey } from '../../../shared/incident/service-record.ts';
import { notGivenBack, playBriefly, reaching } from '../harness.ts';
import { endsOf, lowering, ownWrites, paged, startAtConsole, told, wordsOf } from './support.ts';

jest.setTimeout(120_000);

describe('scenario 53: a stronger alert joins, and the row that it needs cannot be read', () => {
  it('it counts: tasks are added, and the run ends held, told and paged, never green', async () => {
    const missing = { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'missing' } as const;
    const { report, sandbox } = await playBriefly({
      scenario: 'quiet',
      world: () => ({
        troubles: [
          { ...missing, from: 0, until: 9999 },
          { kind: 'monitoring-fault', fault: 'down', from: 0, until: 9999 },
        ],
      }),
      meanwhile: async (present) => {
        startAtConsole(present, 'emergency-scaling', { alert: 'HighLatencyP95' });
        await reaching(present, 'emergency-scaling', 'Watch');
        startAtConsole(present, 'emergency-scaling', { alert: 'HighLatencyP99' });
      },
    });

    expect(endsOf(sandbox, 'emergency-scaling')).toEqual(['Held', 'Joined']);
    expect(ownWrites(report).some(({ who }) => who === 'scale-out')).toBe(true);
    expect(lowering(report)).toEqual([]);
    expect(told(sandbox)).toContain('held');
    expect(paged(sandbox)).toContain('trigger');
  });

  it('which of two alarms of one second came first decides nothing', async () => {
    const counted = async (...alerts: string[]) => {
      const { report } = await playBriefly({
        meanwhile: async (present) => {
          for (const alert of alerts) startAtConsole(present, 'emergency-scaling', { alert });
        },
      });
      return ownWrites(report).flatMap(({ who, to }) => (who === 'scale-out' ? [to.desired] : []));
    };
    const counts = await counted('HighLatencyP95', 'HighLatencyP99');

    expect(counts.length).toBeGreaterThan(0);
    expect(await counted('HighLatencyP99', 'HighLatencyP95')).toEqual(counts);
  });
});

describe('alerts that join late, or call a person', () => {
  it.each([
    ['APIDown', 'HighLatencyP99'],
    ['HighLatencyP99', 'APIDown'],
  ])('%s, then %s: a person is called, and tasks are added', async (...alerts) => {
    const { report, sandbox } = await playBriefly({
      meanwhile: async (present) => {
        for (const alert of alerts) startAtConsole(present, 'emergency-scaling', { alert });
      },
    });
    const counts = ownWrites(report).flatMap(({ who, to }) => (who === 'scale-out' ? [to.desired] : []));

    expect(counts[0]).toBe(5);
    expect(told(sandbox)).toContain('escalated');
    expect(paged(sandbox)).toContain('trigger');
    expect(report.outcome).toBe('restored');
  });

  it('one that joins after the last look is looked at before the run ends', async () => {
    let present: Sandbox | undefined;
    const join = async () => {
      if (present) startAtConsole(present, 'emergency-scaling', { alert: 'HighErrorRate' });
      present = undefined;
      // Virtual time: enough for the second run to find the first one.
      await new Promise((resolve) => setTimeout(resolve, 5000));
    };
    const { report, sandbox } = await playBriefly({
      scenario: 'quiet',
      meanwhile: async (begun) => {
        present = begun;
        startAtConsole(begun, 'emergency-scaling', { scaleOut: true });
      },
      hooks: {
        functions: ({ 'close-incident': close, ...own }) => ({
          ...own,
          'close-incident': async (...call) => {
            if (present) await join();
            return close?.(...call);
          },
        }),
      },
    });
    const [first] = report.executions;
    const states = first?.states ?? [];

    expect(states.slice(states.indexOf('Record the recovery')).slice(0, 4)).toEqual([
      'Record the recovery',
      'Is it scaled out?',
      'Assess the situation',
      'Are there pools to ask?',
    ]);
    expect(endsOf(sandbox, 'emergency-scaling').slice(0, 2)).toEqual(expect.arrayContaining(['Joined']));
    expect(wordsOf(sandbox)).not.toContain('HELD');
    expect(report.outcome).toBe('restored');
  });
});

describe('scenario 54: the lock record is gone', () => {
  /** Somebody deletes the record, or restores the table from before the run. */
  async function lose({ store, service, time }: Sandbox, restored?: object): Promise<void> {
    const key = serviceKey(service.cluster, service.service);
    const stored = await store.read(key);
    const body = { ...Object(stored?.body), ...restored };
    const gone = restored ? {} : { expiresAt: new Date(time.now() - 1) };
    await store.write(key, body, { expected: stored?.version ?? 0, ...gone });
  }

  it.each<[string, string, string, object | undefined]>([
    ['deleted during the scale-out', 'emergency-scaling', 'Wait for the tasks', undefined],
    ['deleted while the service calms down', 'scale-in', 'Wait for calm', undefined],
    ['restored from before the run', 'emergency-scaling', 'Wait for the tasks', { lockNumber: 0 }],
  ])('%s: told and paged, and capacity stays', async (_, machine, state, restored) => {
    const { report, sandbox } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, machine, state);
        await lose(present, restored);
      },
    });

    expect(endsOf(sandbox, machine)).toEqual(['Held']);
    expect(told(sandbox)).toContain('held');
    expect(paged(sandbox)).toContain('trigger');
    expect(wordsOf(sandbox)).toMatch(/the lock record is (gone|older than this run)/);
    expect(ownWrites(report).length).toBeGreaterThan(0);
    expect(lowering(report).filter(({ who }) => who !== 'person')).toEqual([]);
  });

  it('lost while nobody runs: told and paged, and the way back ends at the configured baseline', async () => {
    const { report, sandbox } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        present.engine.listExecutions({ status: 'RUNNING' }).forEach(({ arn }) => {
          present.engine.stopExecution(arn, 'Stopped', 'by a person');
        });
        await lose(present);
        startAtConsole(present, 'emergency-scaling', { scaleOut: true });
      },
    });

    expect(wordsOf(sandbox)).toContain('the settings are those of an emergency already');
    expect(told(sandbox)).toContain('escalated');
    expect(report.outcome).toBe('restored');
    expect(textsOf(report.reasons)).toContainEqual(expect.stringContaining('configured baseline'));
    expect(report.after).toMatchObject({ min: 1, max: 10, desired: 3 });
  });
});

describe('a rollback that still runs when scale-in starts', () => {
  /** The shipped definitions, but the rollback ends two minutes after it has started scale-in. */
  const definitions = parseDefinitions({
    ...definitionTexts(statemachinesFolder),
    'rollback.yml': (definitionTexts(statemachinesFolder)['rollback.yml'] ?? '').replace(
      /(ResultPath: \$\.scaleIn\n {6}Next: )Rolled back\n/,
      '$1Still running\n    Still running: { Type: Wait, Seconds: 120, Next: Rolled back }\n',
    ),
  });
  const rolledBack = (meanwhile: (sandbox: Sandbox) => Promise<void>) =>
    playBriefly({
      hooks: { definitions },
      meanwhile: async (sandbox) => {
        await reaching(sandbox, 'scale-in', 'Wait for calm');
        startAtConsole(sandbox, 'rollback', { to: 'redeploy' });
        await meanwhile(sandbox);
      },
    });

  it('hands the service over to it, which gives everything back', async () => {
    const { report, sandbox } = await rolledBack((present) => reaching(present, 'rollback', 'Still running'));
    const [rollback] = sandbox.engine.executions.filter(({ machine }) => machine === 'rollback');
    const back = sandbox.engine.executions.findLast(({ machine }) => machine === 'scale-in');
    expect(endsOf(sandbox, 'rollback')).toEqual(['Rolled back']);
    expect(back?.startDate).toBeLessThan(Number(rollback?.stopDate));
    expect(endsOf(sandbox, 'scale-in').at(-1)).toBe('Restored');
    expect(notGivenBack(report)).toEqual([]);
  });

  it('keeps out a scale-in that a person starts, which says who is at it', async () => {
    const { sandbox } = await rolledBack(async (present) => {
      await reaching(present, 'rollback', 'Wait for the rollback');
      startAtConsole(present, 'scale-in', {});
    });
    expect(endsOf(sandbox, 'scale-in')).toEqual(['Superseded', 'NotStarted', 'Restored']);
    const [rollback] = sandbox.engine.executions.filter(({ machine }) => machine === 'rollback');
    const kept = sandbox.engine.executions.find(({ error }) => error === 'NotStarted');
    expect(kept?.cause).toBe(`rollback ${rollback?.name} is still running for this service`);
  });
});
