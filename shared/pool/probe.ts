import type { Reading } from '../core/reading.ts';
import { type consolesOf, loggedIn, type Tools } from './login.ts';

/** No setting has this name, so that SET fails for whoever may set something, and nothing changes. */
const probe = 'SET emergency_scaling_probe = 1';

/** Seen from 1.18 to 1.26: a user of admin_users is told so, any other that it needs admin access. */
const failed = /^SET failed/i;

/** Whether a secret's user may set what a PgBouncer has; nothing is set. */
export const readAsAdmin = (
  secret: string,
  target: ReturnType<typeof consolesOf>[number]['target'],
  tools: Tools,
): Promise<Reading<'admin'>> =>
  loggedIn(secret, target, tools, async (ask) => {
    await ask(probe).catch((error: unknown) => {
      if (!(error instanceof Error && failed.test(error.message))) throw error;
    });
    return 'admin' as const;
  });
