import { isIP, Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { Client, type CustomTypesConfig } from 'pg';
import type { AskDatabase, DatabaseTarget, Resources } from '../lambda/context.ts';
import { readerName } from './rows.ts';

/** Each value as the server writes it: what it is, the parsers of the rows say. */
const asText: CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/**
 * Connects, lets `work` ask and disconnects. Nothing but what PgBouncer's console takes: no parameter at the start, and
 * queries without name and values, since it closes the connection for any of these.
 * @param given milliseconds for the connection, and as many for each answer
 * @throws the error of the connection or of a query
 */
export async function asking<T>(
  target: DatabaseTarget,
  given: number,
  work: (ask: AskDatabase) => Promise<T>,
): Promise<T> {
  const socket = new Socket();
  const client = new Client({
    stream: () => socket,
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    application_name: readerName,
    ssl: target.tls && tlsOf(target),
    connectionTimeoutMillis: given,
    query_timeout: given,
    types: asText,
  });
  // A server that closes the connection between two queries would end the process; the next query fails anyway.
  client.on('error', () => {});
  let received = 0;
  socket.on('data', (chunk) => {
    received += chunk.length;
    if (received > mostBytes) socket.destroy(new Error('it answers too much'));
  });
  try {
    await client.connect();
    return await work(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  } finally {
    // A server that never closes its side must not keep the process.
    socket.unref();
    client.end().catch(() => {});
  }
}

/** The sessions of the largest PostgreSQL take a quarter of it. */
const mostBytes = 4 * 1024 * 1024;

/** pg asks for the host's name even where another one is given: that one is compared here. */
function tlsOf({ host, serverName }: DatabaseTarget) {
  if (serverName === undefined) return true;
  return {
    ...(isIP(host) ? { servername: serverName } : {}),
    checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(serverName, certificate),
  };
}

/** The way to PgBouncer's consoles and to PostgreSQL, for a function that names it. */
export const databases = (): Resources['databases'] => ({ connect: asking });
