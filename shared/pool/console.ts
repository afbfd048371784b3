import { isIP, Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { Client, type CustomTypesConfig } from 'pg';
import type { Row } from './columns.ts';

/** Where a console or a database is, and who asks. */
export interface Target {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  tls: boolean;
  /** The name in the certificate, where it is not the host's. */
  serverName?: string | undefined;
}

/** Asks for rows with a text alone. */
export type Ask = (sql: string) => Promise<Row[]>;

/** Each value as the server writes it: what it is, the parsers of the rows say. */
const asText: CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/**
 * Connects, lets `work` ask and disconnects. Nothing but what PgBouncer's console takes: no parameter at the start, and
 * queries without name and values, since it closes the connection for any of these.
 * @param given milliseconds for the connection, and as many for each answer
 * @throws the error of the connection or of a query
 */
export async function asking<T>(target: Target, given: number, work: (ask: Ask) => Promise<T>): Promise<T> {
  const socket = new Socket();
  const client = new Client({
    stream: () => socket,
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    application_name: 'emergency-scaling',
    ssl: target.tls && tlsOf(target),
    connectionTimeoutMillis: given,
    query_timeout: given,
    types: asText,
  });
  // A server that closes the connection between two queries would end the process; the next query fails anyway.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  } finally {
    // A server that never closes its side must not keep the process.
    socket.unref();
    client.end().catch(() => {});
  }
}

/** pg asks for the host's name even where another one is given: that one is compared here. */
function tlsOf({ host, serverName }: Target) {
  if (serverName === undefined) return true;
  return {
    ...(isIP(host) ? { servername: serverName } : {}),
    checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(serverName, certificate),
  };
}
