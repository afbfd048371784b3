import * as z from 'zod';
import { store } from '../shared/aws/clients.ts';
import { Assessment, Incident } from '../shared/document.ts';
import { lambda, step } from '../shared/lambda.ts';
import { snapshotOf } from '../shared/snapshot.ts';
import { storeSnapshot } from '../shared/snapshot-store.ts';
import type { Tools } from '../shared/tools.ts';

/** Stores what every setting is before the first write: the target of every restore (invariant 9). */
export const takeSnapshot = step({
  name: 'take-snapshot',
  input: z.object({ document: z.object({ incident: Incident, assessment: Assessment }) }),
  async run({ document: { incident, assessment } }, { store, log }: Tools<'store'>) {
    const reference = await storeSnapshot(incident, snapshotOf(incident.id, assessment), store);
    log.info('snapshot stored', { ...reference });
    return reference;
  },
});

export const handler = lambda(takeSnapshot, { store });
