import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { asking } from '../../../shared/cache/connection.ts';
import type { AskCache, CacheTarget } from '../../../shared/lambda/context.ts';

/** Speaks as much of the protocol as is asked: each command gets the next answer; what came is kept. */
class FakeServer {
  heard = '';
  connections = 0;
  readonly gone: Promise<unknown>[] = [];
  private readonly answers: string[];
  private readonly sockets: Socket[] = [];
  private readonly server: Server;

  constructor(answers: string[]) {
    this.answers = answers;
    this.server = createServer((socket) => {
      this.connections += 1;
      this.sockets.push(socket);
      this.gone.push(once(socket, 'close').catch(() => undefined));
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        this.heard += data.toString('latin1');
        this.answer(socket);
      });
    });
  }

  private answer(socket: Socket): void {
    const next = this.answers.shift();
    if (next === 'close') socket.destroy();
    else if (next !== undefined) socket.write(next);
  }

  async listen(): Promise<CacheTarget> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return { host: '127.0.0.1', port: address.port, login: undefined, tls: false };
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

const running: FakeServer[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

async function serverOf(...answers: string[]) {
  const server = new FakeServer(answers);
  running.push(server);
  return { server, target: await server.listen() };
}

const ping = (ask: AskCache) => ask('PING');
const sent = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

describe('a connection to a cache', () => {
  it('sends nothing but what is asked, gives the answer, and is closed then', async () => {
    const { server, target } = await serverOf('$2\r\nok\r\n', '+PONG\r\n');
    const answers = await asking(target, 2000, async (ask) => [
      await ask('INFO', 'server'),
      await ask('PING'),
    ]);
    expect(answers).toEqual(['ok', 'PONG']);
    await Promise.all(server.gone);
    expect(server).toMatchObject({
      heard: `${sent('INFO', 'server')}${sent('PING')}`,
      connections: 1,
    });
  });

  it('logs in first, where there is a login', async () => {
    const { server, target } = await serverOf('+OK\r\n', '+PONG\r\n');
    const login = { user: 'reader', password: 'pw' };
    expect(await asking({ ...target, login }, 2000, ping)).toBe('PONG');
    expect(server.heard).toBe(`${sent('AUTH', 'reader', 'pw')}${sent('PING')}`);
  });

  it('asks nothing after a login that fails, and gives its error', async () => {
    const { server, target } = await serverOf('-WRONGPASS invalid username-password pair\r\n');
    const login = { user: 'reader', password: 'pw' };
    await expect(asking({ ...target, login }, 2000, ping)).rejects.toThrow('WRONGPASS');
    await Promise.all(server.gone);
    expect(server.heard).toBe(sent('AUTH', 'reader', 'pw'));
  });

  it('does not wait longer than was given for an answer', async () => {
    const { server, target } = await serverOf();
    await expect(asking(target, 100, ping)).rejects.toThrow('Command timed out');
    await Promise.all(server.gone);
  });

  it('that breaks is not made a second time', async () => {
    const { server, target } = await serverOf('close');
    await expect(asking(target, 2000, ping)).rejects.toThrow(/^Connection is closed|^Command aborted/);
    expect(server.connections).toBe(1);
  });

  it('ends where a server answers more than there is to say', async () => {
    const much = '#'.repeat(2 * 1024 * 1024);
    const { target } = await serverOf(`$${much.length}\r\n${much}\r\n`);
    await expect(asking(target, 2000, (ask) => ask('INFO'))).rejects.toThrow('it answers too much');
  });

  it('that is refused has the error of the network', async () => {
    const { server, target } = await serverOf();
    server.close();
    await expect(asking(target, 2000, ping)).rejects.toHaveProperty('code', 'ECONNREFUSED');
  });

  it.each([undefined, 'cache.example'])('with TLS greets, and names %s', async (serverName) => {
    const { server, target } = await serverOf('close');
    await expect(asking({ ...target, tls: true, serverName }, 2000, ping)).rejects.toHaveProperty(
      'message',
      expect.stringContaining('before secure TLS connection'),
    );
    expect(server.heard.charCodeAt(0)).toBe(0x16);
    expect(server.heard.includes('cache.example')).toBe(serverName !== undefined);
  });
});
