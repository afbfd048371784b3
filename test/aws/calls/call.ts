import type { Clients } from '../clients.ts';

/** One call that goes to both AWSs; `name` is what the table of differences says. */
export interface Call {
  name: string;
  make(clients: Clients): Promise<object>;
}

export const cluster = 'buywhere-production';
export const service = 'buywhere-api';
export const resourceId = `service/${cluster}/${service}`;

/** Names the calls of one API: `UpdateService, missing service`. */
export function calls(table: Record<string, (clients: Clients) => Promise<object>>): Call[] {
  return Object.entries(table).map(([name, make]) => ({ name, make }));
}
