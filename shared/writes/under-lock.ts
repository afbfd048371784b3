import type { Precondition } from '../aws/repeated-attempts.ts';
import { SwitchedOffError } from '../core/errors.ts';
import type { Incident } from '../document/incident.ts';
import { assertLock } from '../incident/lock.ts';
import type { StepContext } from '../lambda/context.ts';

/**
 * Writes while the switch is on and the lock is this run's; both are looked at before every repeated attempt too.
 * @throws SwitchedOffError or LockLostError; then nothing was written.
 */
export async function writeUnderLock(
  incident: Incident,
  write: (check: Precondition) => Promise<void>,
  context: StepContext<'store' | 'switch'>,
): Promise<void> {
  const check = mayWrite(incident, context);
  await check();
  await write(check);
}

/** Asks, at each call, whether this run may write: @throws SwitchedOffError or LockLostError where it may not. */
export const mayWrite =
  (incident: Incident, context: StepContext<'store' | 'switch'>): Precondition =>
  async () => {
    if (!(await context.switch.isOn()))
      throw new SwitchedOffError('the switch is off: no run writes until it is on again');
    await assertLock(incident, context.store);
  };
