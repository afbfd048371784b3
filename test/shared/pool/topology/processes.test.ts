import { describe, expect, it } from '@jest/globals';
import { processOf } from '../../../../shared/pool/rows.ts';
import { toldApart } from '../../../../shared/pool/topology/processes.ts';
import type { Instance, Process, Seen } from '../../../../shared/pool/types.ts';
import { instance } from '../consoles.ts';

const at = (name: string, process?: Process): Seen<Instance> => ({
  name,
  reading: { value: instance(process ? { process } : {}) },
});
const [a, b] = ['10.0.1.5:6432', 'pool.internal:6432'] as const;
const whyOf = (seen: readonly Seen<Instance>[]) =>
  seen.map(({ reading }) => ('unknown' in reading ? reading.unknown : 'known'));

describe('two addresses', () => {
  it('of which one has a client of the other are one process, which counts once', () => {
    const seen = [at(a, { clients: ['x', 'y'] }), at(b, { clients: ['y', 'z'] })];
    expect(whyOf(toldApart(seen))).toEqual(['known', { cause: 'same-process', as: a }]);
  });

  it.each<[string, Process | undefined, Process | undefined]>([
    ['without a client in common', { clients: ['x'] }, { clients: ['z'] }],
    [
      'with the same place alone, as two containers of two hosts have',
      { place: '172.17.0.2 6432 0', clients: [] },
      { place: '172.17.0.2 6432 0', clients: [] },
    ],
    ['of which one does not say', { clients: ['x'] }, undefined],
  ])('%s are taken for two', (_, first, second) => {
    expect(whyOf(toldApart([at(a, first), at(b, second)]))).toEqual(['known', 'known']);
  });

  it('of which one cannot be read are left as they are', () => {
    const unread: Seen<Instance> = { name: b, reading: { unknown: { cause: 'late' } } };
    expect(whyOf(toldApart([at(a, { clients: ['x'] }), unread]))).toEqual(['known', { cause: 'late' }]);
  });
});

describe('one address', () => {
  const here = { place: '10.0.1.5 6432 0', clients: ['x'] };
  const again = (process: Process) => whyOf(toldApart([at(a, process)], [at(a, here)]));

  it('that answers from another place seconds later is that of several processes', () => {
    expect(again({ place: '10.0.1.6 6432 0', clients: [] })).toEqual([{ cause: 'several-processes' }]);
    expect(again({ place: '10.0.1.5 6432 2', clients: [] })).toEqual([{ cause: 'several-processes' }]);
  });

  it('whose process has restarted, and has other clients, is that of one', () => {
    expect(again({ ...here, clients: ['other'] })).toEqual(['known']);
    expect(again({ clients: [] })).toEqual(['known']);
  });
});

describe('what tells a process', () => {
  const client = {
    database: 'app',
    application_name: 'api',
    addr: '10.0.7.1',
    port: '40000',
    local_addr: '10.0.1.5',
    local_port: '6432',
    connect_time: '2026-12-01 09:00:00 UTC',
    ptr: '0x55aa',
  };
  const reader = { ...client, database: 'pgbouncer', application_name: 'emergency-scaling', ptr: '0x77aa' };

  it("is where it took this reader's connection, its peer_id, and its clients", () => {
    const peer = [{ key: 'peer_id', value: '2' }];
    expect(processOf([client, reader], peer)).toEqual({
      place: '10.0.1.5 6432 2',
      clients: [
        '10.0.7.1 40000 2026-12-01 09:00:00 UTC 0x55aa',
        '10.0.7.1 40000 2026-12-01 09:00:00 UTC 0x77aa',
      ],
    });
  });

  it('is no place where readers came by two, or none of them is seen; PgBouncer 1.18 has no peers', () => {
    expect(processOf([reader], [])).toMatchObject({ place: '10.0.1.5 6432 0' });
    expect(processOf([reader, { ...reader, local_addr: '10.0.9.9' }], [])).not.toHaveProperty('place');
    expect(processOf([client, { ...reader, database: 'app' }], [])).not.toHaveProperty('place');
  });

  it('is a few of very many clients, always the same', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ ...client, ptr: `0x${1000 + index}` }));
    const { clients } = processOf(many.toReversed(), []);
    expect(clients).toHaveLength(50);
    expect(clients[0]).toContain('0x1000');
  });
});
