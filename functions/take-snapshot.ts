import * as v from 'valibot';
import { store } from '../shared/aws/clients.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { documentWith } from '../shared/document/document.ts';
import { snapshotOf } from '../shared/incident/snapshot.ts';
import { storeSnapshot } from '../shared/incident/snapshot-store.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { tried } from '../shared/preflight/trials.ts';

/** Stores what every setting is before the first write: the target of every restore (invariant 9). */
export const takeSnapshot = step({
  name: 'take-snapshot',
  input: v.object({ document: documentWith('request', 'incident', 'assessment') }),
  async run({ document: { request, incident, assessment } }, { config, store, log }: StepContext<'store'>) {
    const snapshot = snapshotOf(incident.id, assessment, serviceConfig(config, request.service));
    const reference = await storeSnapshot(incident, snapshot, store);
    log.info('snapshot stored', { ...reference });
    return reference;
  },
  preflight: (ask, context: StepContext<'store'>) =>
    tried(
      'take-snapshot',
      [...recordTrials(context.store, ask, { writes: ['service', 'snapshot'] })],
      context,
    ),
});

export const handler = lambda(takeSnapshot, { store });
