import { Redis } from 'iovalkey';

/** Where a cache is, and who asks. */
export interface Target {
  host: string;
  port: number;
  /** Without one the cache is asked without login. */
  login: { user: string; password: string } | undefined;
  tls: boolean;
  /** The name in the certificate, where it is not the host's. */
  serverName?: string | undefined;
}

/** Sends one command, and gives its answer. */
export type Ask = (command: string, ...words: string[]) => Promise<unknown>;

/**
 * Connects, logs in, lets `work` ask and disconnects; it never connects a second time.
 * @param given milliseconds for the connection, and as many for each answer
 * @throws the error of the connection or of a command
 */
export async function asking<T>(target: Target, given: number, work: (ask: Ask) => Promise<T>): Promise<T> {
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
  const ask: Ask = (command, ...words) => client.call(command, words);
  try {
    await client.connect();
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

const isClosed = (error: unknown) =>
  error instanceof Error && error.message.startsWith('Connection is closed');
