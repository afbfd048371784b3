import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { DatabaseTarget } from '../../../shared/lambda/context.ts';
import { asking } from '../../../shared/pool/console.ts';

/** A server that speaks as much of PostgreSQL's protocol as a console does. Source: PostgreSQL, Message Formats. */

const message = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};
const int32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer).swap32();
const int16 = (value: number) => Buffer.from(Uint16Array.of(value).buffer).swap16();
const ready = message('Z', Buffer.from('I'));
const welcome = Buffer.concat([message('R', int32(0)), ready]);
/** One column of the type int4, which pg would make a number of. */
const column = Buffer.concat([int32(0), int16(0), int32(23), int16(4), int32(2 ** 32 - 1), int16(0)]);
const oneRow = Buffer.concat([
  message('T', int16(1), Buffer.from('cl_waiting\0'), column),
  message('D', int16(1), int32(1), Buffer.from('8')),
  message('C', Buffer.from('SHOW\0')),
  ready,
]);

const servers: ReturnType<typeof createServer>[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function console(answer: (received: Buffer, socket: Socket) => void) {
  const received: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received.push(data.toString('latin1'));
      answer(data, socket);
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const target: DatabaseTarget = {
    host: '127.0.0.1',
    port,
    database: 'pgbouncer',
    user: 'stats',
    password: 'secret',
    tls: false,
  };
  return { target, received };
}
const isQuery = (received: Buffer) => received.at(0) === 'Q'.charCodeAt(0);
const talking = () =>
  console((received, socket) => {
    if (isQuery(received)) socket.write(oneRow);
    else if (received.at(0) === 0) socket.write(welcome);
  });

describe('a console', () => {
  it('gives each value as it wrote it', async () => {
    const { target } = await talking();
    expect(await asking(target, 5000, (ask) => ask('SHOW POOLS'))).toEqual([{ cl_waiting: '8' }]);
  });

  it('is told who comes and takes texts alone', async () => {
    const { target, received } = await talking();
    await asking(target, 5000, (ask) => ask('SHOW POOLS'));
    const [start = '', query] = received;
    const told = start.slice(8).split('\0');
    expect(told).toEqual(expect.arrayContaining(['user', 'stats', 'database', 'pgbouncer']));
    expect(told[told.indexOf('application_name') + 1]).toBe('emergency-scaling');
    expect(query).toBe(message('Q', Buffer.from('SHOW POOLS\0')).toString('latin1'));
  });

  it('is left when the work is done', async () => {
    const { target } = await talking();
    await asking(target, 5000, async () => {});
    const [socket] = sockets as [Socket];
    if (!socket.closed) await once(socket, 'close');
    expect(socket.closed).toBe(true);
  });

  it('is asked for TLS where the target wants it, and refused without', async () => {
    const { target, received } = await console((_, socket) => socket.write('N'));
    const refused = 'The server does not support SSL connections';
    await expect(asking({ ...target, tls: true }, 5000, async () => {})).rejects.toThrow(refused);
    const named = { ...target, tls: true, serverName: 'pool.example' };
    await expect(asking(named, 5000, async () => {})).rejects.toThrow(refused);
    expect(received).toHaveLength(2);
  });

  it('is left where it answers more than there is to say', async () => {
    const much = Buffer.alloc(5 * 1024 * 1024, '#');
    const { target } = await console((received, socket) => {
      if (isQuery(received)) socket.write(message('N', much));
      else socket.write(welcome);
    });
    await expect(asking(target, 2000, (ask) => ask('SHOW POOLS'))).rejects.toThrow('it answers too much');
  });

  it('has its time for the connection, and for each answer', async () => {
    const mute = await console(() => {});
    await expect(asking(mute.target, 50, async () => {})).rejects.toThrow('timeout expired');
    const slow = await console((received, socket) => {
      if (!isQuery(received)) socket.write(welcome);
    });
    await expect(asking(slow.target, 1500, (ask) => ask('SHOW POOLS'))).rejects.toThrow('Query read timeout');
  });

  it('fails the next question where it has closed the connection', async () => {
    const { target } = await talking();
    const closed = asking(target, 5000, async (ask) => {
      await ask('SHOW VERSION');
      const [socket] = sockets as [Socket];
      socket.destroy();
      await once(socket, 'close');
      return ask('SHOW POOLS');
    });
    await expect(closed).rejects.toThrow(/Connection terminated|not queryable/);
  });
});
