import { expect, it } from '@jest/globals';
import type { Request } from '../../../shared/document/request.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { decide } from '../../../shared/plan/scale-out-decision.ts';
import { assessment, type MetricValues, now, withoutAlert } from '../../support/builders.ts';

const decided = (source: Request['source'], values: MetricValues = {}) => {
  const { action, reasons } = decide(
    withoutAlert({ source, scaleOut: true, requestedBy: 'Ada' }),
    assessment({ values }),
    false,
    now,
  );
  return { action, reasons: textsOf(reasons) };
};

it('scales out at once where a person asks for more tasks, though every metric is ok', () => {
  expect(decided('console')).toEqual({
    action: 'scale-out',
    reasons: ['more tasks are asked for by Ada'],
  });
});

it('scales out where a workflow saw something get worse that is not ok yet', () => {
  expect(decided('workflow', { cpuPercent: 61 })).toMatchObject({ action: 'scale-out' });
  expect(decided('workflow', { latencyP99Seconds: 'unknown' })).toMatchObject({ action: 'scale-out' });
});

it('watches where all that a workflow saw is ok again: late news raises nothing', () => {
  expect(decided('workflow')).toEqual({
    action: 'watch',
    reasons: ['more tasks were asked for by Ada, but every metric is ok now'],
  });
});

it('names what is critical, and relieves an exhausted pool first, whoever asks', () => {
  expect(decided('console', { cpuPercent: 92 }).reasons).toEqual(['CPU 92 % is critical']);
  expect(decided('console', { dbPoolPercent: 95 })).toMatchObject({ action: 'relieve-pool' });
});
