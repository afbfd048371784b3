import type { AlertName } from '../../alerts/catalogue.ts';
import { executionName } from '../text.ts';

type Holder = { machine: string; owner: string };
type Incident = { incident: string };

/** Why a run has the lock of its service, or may not have it. */
export const lockReasons = {
  'lock-held': () => 'this run holds the lock already',
  'event-handled': ({ event }: { event: string }) => `the event ${event} was handled before`,
  'lock-joined': ({ machine, owner }: Holder) =>
    `${machine} ${executionName(owner)} is handling this service already`,
  'lock-busy': ({ machine, owner }: Holder) =>
    `${machine} ${executionName(owner)} is still running for this service`,
  'incident-open': ({ incident }: Incident) =>
    `incident ${incident} is open: its settings have to be restored first (scale-in)`,
  'incident-continues': ({ incident }: Incident) =>
    `goes on with incident ${incident}, whose settings are not restored yet`,
  'runs-capped': ({ limit, superseded }: { limit: number; superseded?: string | undefined }) =>
    `the limit of ${limit} emergency runs within an hour is reached${
      superseded ? '; the scale-in that was under way is stopped, and the service stays scaled out' : ''
    }`,
  'joined-meanwhile': ({ alerts }: { alerts: readonly AlertName[] }) =>
    `${alerts.join(', ')} joined since the last look: the run goes on`,
  'lock-not-taken': () => 'dry run: no lock is taken',
};
