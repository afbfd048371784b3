import { asksForPerson } from '../alerts/firing.ts';
import { keyOf, serviceConfig } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import { parse } from '../core/schema.ts';
import type { Incident } from '../document/incident.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { RecordStore } from '../store/record-store.ts';
import { updateRecord } from '../store/update-record.ts';
import { decideLock } from './lock.ts';
import { ServiceRecord, serviceKey } from './service-record.ts';

/**
 * Takes or joins the lock with a conditional write; repeats the decision when another run was faster.
 * @throws WriteConflictError when other runs were faster each time.
 */
export async function openIncident(
  request: Request,
  store: RecordStore,
  config: Config,
  isRunning: (executionArn: string) => Promise<boolean>,
): Promise<Incident> {
  const { cluster, service, key: own } = serviceConfig(config, request.service);
  const named = { cluster, service, ...(own === undefined ? {} : { key: own }) };
  const lock = lockOf(request);
  const key = serviceKey(cluster, keyOf(named), lock);
  if (request.dryRun) return peek(request, named, lock, store);
  const decision = await updateRecord(store, { key, schema: ServiceRecord }, async (record) => {
    const ownerRuns =
      record !== undefined && record.owner !== request.execution.arn && (await isRunning(record.owner));
    return decideLock(record, request, ownerRuns, config.limits);
  });
  const held = decision.record ?? decision.holder;
  return {
    status: decision.status,
    id: held.incidentId,
    service: named,
    ...(lock ? { lock } : {}),
    lockNumber: held.lockNumber,
    joinedAlerts: held.joinedAlerts,
    snapshotStored: held.snapshotStored,
    ...(decision.status === 'joined' && asksForPerson(request.alert) ? { escalate: true } : {}),
    ...(decision.superseded ? { superseded: decision.superseded } : {}),
    reasons: decision.reasons,
  };
}

/** A full cache is what an emergency waits for: whoever relieves it must not wait for that run, nor stop it. */
const lockOf = ({ machine }: Request): Incident['lock'] =>
  machine === 'redis-emergency' ? 'cache' : undefined;

/** A dry run takes no lock: it looks at the incident that is open, if one is. */
async function peek(
  request: Request,
  service: Incident['service'],
  lock: Incident['lock'],
  store: RecordStore,
): Promise<Incident> {
  const stored = await store.read(serviceKey(service.cluster, keyOf(service), lock));
  const record = stored && parse(ServiceRecord, stored.body);
  const open = record?.incidentOpen === true;
  return {
    status: open ? 'continued' : 'opened',
    id: open ? record.incidentId : request.execution.name,
    service,
    ...(lock ? { lock } : {}),
    lockNumber: record?.lockNumber ?? 0,
    joinedAlerts: [],
    snapshotStored: open && record.snapshotStored,
    reasons: [because('lock-not-taken')],
  };
}
