import { Redis } from 'iovalkey';
import type { AskCache, CacheTarget, Resources } from '../lambda/context.ts';

/**
 * Connects, logs in, lets `work` ask and disconnects; it never connects a second time.
 * @param given milliseconds for the connection, and as many for each answer
 * @throws the error of the connection or of a command
 */
export async function asking<T>(
  target: CacheTarget,
  given: number,
  work: (ask: AskCache) => Promise<T>,
): Promise<T> {
  const client = new Redis({
    host: target.host,
    port: target.port,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: given,
    commandTimeout: given,
    ...(target.tls ? { tls: target.serverName === undefined ? {} : { servername: target.serverName } } : {}),
  });
  // Of a refusal the client says only that the connection is closed: why stands in its last event.
  let last: Error | undefined;
  client.on('error', (error: Error) => {
    last = error;
  });
  let received = 0;
  const ask: AskCache = (command, ...words) => {
    received = 0;
    return client.call(command, words);
  };
  try {
    await client.connect();
    client.stream?.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > mostBytes) client.stream?.destroy(new Error('it answers too much'));
    });
    // By hand: the client would print to the console what it thinks of a login.
    if (target.login) await ask('AUTH', target.login.user, target.login.password);
    return await work(ask);
  } catch (error) {
    throw isClosed(error) && last ? last : error;
  } finally {
    client.disconnect();
    // A server that never closes its side would keep the process for 2 s.
    client.stream?.destroy();
  }
}

/** Of one answer: those that are asked for take a tenth of it. */
const mostBytes = 1024 * 1024;

/** The way to Redis and Valkey, for a function that names it. */
export const caches = (): Resources['caches'] => ({ connect: asking });

const isClosed = (error: unknown) =>
  error instanceof Error && error.message.startsWith('Connection is closed');
