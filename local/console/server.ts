import { serveAws } from '../../sandbox/aws/server.ts';
import { webhookRoutes } from '../../sandbox/webhook/routes.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';
import { consoleRoutes, type Visits } from './routes.ts';
import type { ConsoleSource } from './view.ts';

/** The sandbox on loopback: its AWS, and the pages for people. */
export interface SandboxServer {
  url: string;
  /** From here on requests are answered from this run. */
  show(source: ConsoleSource): void;
  /** Ends the service; waits a moment for an open page to fetch the verdict. */
  close(): Promise<void>;
}

/** A page asks every second; this is how long it is waited for, in real milliseconds. */
const patience = 2500;

/** @throws InvalidInputError when the port is taken. */
export async function serveSandbox(port: number): Promise<SandboxServer> {
  let source: ConsoleSource | undefined;
  let closed: Promise<void> | undefined;
  const visits: Visits = { sawVerdict: false };
  const server = await serveAws(
    async (request) => source?.sandbox.aws.handle(request) ?? { status: 503, headers: {}, body: 'starting' },
    {
      port,
      routes: consoleRoutes(() => source, visits).route(
        '/',
        webhookRoutes(() => source?.sandbox),
      ),
    },
  ).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EADDRINUSE' ? 'in use' : 'not allowed';
    throw new InvalidInputError(
      `--port: ${port} is ${why} on 127.0.0.1; give another one, or 0 for any free one`,
    );
  });
  return {
    url: server.url,
    show: (present) => {
      source = present;
    },
    close() {
      closed ??= closeAfterVerdict();
      return closed;
    },
  };

  async function closeAfterVerdict(): Promise<void> {
    const until = performance.now() + patience;
    const watched = visits.lastAt !== undefined && visits.lastAt > until - 2 * patience;
    while (watched && !visits.sawVerdict && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await server.close();
  }
}
