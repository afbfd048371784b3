import type { Changes } from '../../document/changes.ts';
import { isInForce, type PoolsRead, type PoolsRelief } from '../../document/pool-settings.ts';
import type { Reason } from '../../document/reason.ts';
import { because } from '../reasons.ts';
import { reliefText } from './outcomes.ts';

/** What a run for the pools has come by: what it found, what it set, and whether that has helped. */
interface PoolsRun {
  pools?: PoolsRead | undefined;
  change?: Changes | undefined;
  relief?: PoolsRelief | undefined;
}

/** Why a run for the pools ended as it did; undefined for a run that has not looked at them. Pure. */
export function poolsEnding({ pools, change, relief }: PoolsRun): Reason[] | undefined {
  if (!pools) return undefined;
  const { outcomes = [], changed = false } = change?.pools ?? {};
  const open = outcomes
    .filter((outcome) => !isInForce(outcome))
    .map(({ code: outcome, text: said }) => because('pool-not-set', { outcome, said }));
  if (relief) return [because('pools-relief', { relief: relief.relief, said: relief.text }), ...open];
  if (changed) return [because('pools-relief', { relief: 'unknown', said: unread }), ...open];
  if (pools.findings.length === 0) return [because('pools-not-asked')];
  return [
    ...open,
    ...pools.findings.map(({ code, text }) => because('pools-said', { finding: code, said: text })),
  ];
}

const unread = reliefText({ relief: 'unknown', next: 'keep', clients: 0, seconds: 0 });
