import * as v from 'valibot';
import type { RecordStore } from '../store/record-store.ts';
import { updateRecord } from '../store/update-record.ts';

/** Which execution has sent, or is about to send, the test mails of a deployment; none where SES took none of them. */
const Claim = v.object({ execution: v.optional(v.string()) });

const keyOf = (version: string) => `preflight/mails/${version}`;

/** So long a deployment's mails are remembered; most are replaced earlier. */
const keptMilliseconds = 400 * 86_400_000;

const claim = (version: string, now: Date) => ({
  key: keyOf(version),
  schema: Claim,
  expiresAt: new Date(now.getTime() + keptMilliseconds),
});

/** Whether this execution may send the test mails of this deployment: the first one that asks. A repeated call may still. */
export async function claimMails(
  store: RecordStore,
  version: string,
  execution: string,
  now: Date,
): Promise<boolean> {
  const answer = await updateRecord(store, claim(version, now), (present) =>
    present?.execution === undefined || present.execution === execution
      ? { record: { execution }, mayMail: true }
      : { mayMail: false },
  );
  return answer.mayMail;
}

/** SES took none: once that is mended, another execution may send them. */
export async function releaseMails(
  store: RecordStore,
  version: string,
  execution: string,
  now: Date,
): Promise<void> {
  await updateRecord(store, claim(version, now), (present) =>
    present?.execution === execution ? { record: {} } : {},
  );
}
