import { describe, expect, it } from '@jest/globals';
import type { ServiceConfig } from '../../../../shared/config/service.ts';
import type { PoolChange, PoolRoom } from '../../../../shared/document/pool-settings.ts';
import type { Reason } from '../../../../shared/document/reason.ts';
import { connectionGuards, poolChanges } from '../../../../shared/plan/guards/pool-room.ts';
import { configWith, poolsOf, serviceName, view } from '../../../support/builders.ts';

const change = (setting: PoolChange['setting'], from: number, to: number): PoolChange => ({
  instance: 'a:6432',
  ...{ setting, from, to },
});
const sizes = change('default_pool_size', 20, 60);
const clients = change('max_client_conn', 200, 400);
/** Four tasks use two connections each of twenty; PostgreSQL has room for every pool. */
const room = (part: Partial<PoolRoom> = {}): PoolRoom => ({
  ...{ clients: 60, maxClients: 200, busy: 8, open: 10, size: 20, freeSlots: 30, within: true },
  raises: [],
  ...part,
});
const four = view({ desired: 4, running: 4 });

/** A task opens ten connections, others hold twenty, PgBouncer lets in 200. */
const config = (edit: (service: ServiceConfig) => void = () => {}) =>
  configWith((_, service) => {
    service.capacity.perTask.connections = 10;
    const pools = poolsOf(service);
    pools.heldByOthers = 20;
    pools.baseline.maxClientConn = 200;
    edit(service);
  });
const serviceIn = (whole: ReturnType<typeof config>): ServiceConfig => {
  const found = whole.services[serviceName];
  if (!found) throw new Error('no service');
  return found;
};
const limits = (seen?: PoolRoom, now = four) =>
  Object.fromEntries(
    connectionGuards(now, serviceIn(config()), seen).map(({ guard, limit }) => [guard, limit]),
  );

describe('how many tasks may connect', () => {
  it.each<[string, PoolRoom | undefined, Record<string, number>]>([
    ['as configured where the pools were not read: (0.9 * 200 - 20) / 10', undefined, { connections: 16 }],
    ['as PgBouncer lets in now', room({ maxClients: 100 }), { connections: 7 }],
    ['also what a run may raise', room({ raises: [clients] }), { connections: 34 }],
    ['a raise of sizes lets in nobody more', room({ raises: [sizes] }), { connections: 16 }],
    ['more others than configured: 100 - 40', room({ clients: 100 }), { connections: 12 }],
    [
      'PostgreSQL has no slot left: none more',
      room({ within: false, freeSlots: 0 }),
      { slots: 4, connections: 16 },
    ],
    ['its last one is nobody’s', room({ within: false, freeSlots: 1 }), { slots: 4, connections: 16 }],
    [
      'five may be taken and two are idle: three more tasks of two each',
      room({ within: false, freeSlots: 6 }),
      { slots: 7, connections: 16 },
    ],
    ['nobody uses a connection, so nobody knows', room({ within: false, busy: 0 }), { connections: 16 }],
  ])('%s', (_name, seen, expected) => {
    expect(limits(seen)).toEqual(expected);
  });

  it('is not asked where no task runs, or the service has no PgBouncer', () => {
    expect(limits(room({ within: false }), view({ desired: 4, running: 0 }))).toEqual({ connections: 12 });
    const without = config((service) => {
      delete service.pgbouncer;
    });
    expect(connectionGuards(four, serviceIn(without), room())).toEqual([]);
  });
});

describe('what is raised before the tasks', () => {
  const ahead = (tasks: number, seen: PoolRoom | undefined, edit?: (service: ServiceConfig) => void) => {
    const whole = config(edit);
    const reasons: Reason[] = [];
    const changes = poolChanges(tasks, four, serviceIn(whole), whole, seen, reasons);
    return { ...changes, codes: reasons.map(({ code }) => code) };
  };
  const raises = [sizes, clients];

  it('is the size, where connections in use would go above 85 % of it', () => {
    // Two each: nine tasks use eighteen of twenty.
    expect(ahead(9, room({ raises }))).toEqual({ pools: [sizes], codes: ['pools-before-tasks'] });
    expect(ahead(8, room({ raises }))).toEqual({ codes: [] });
  });

  it('is the clients, where more would come than PgBouncer lets in', () => {
    const wide = room({ raises, size: 100 });
    expect(ahead(17, wide)).toEqual({ pools: [clients], codes: ['clients-before-tasks'] });
    expect(ahead(16, wide)).toEqual({ codes: [] });
  });

  it('is both where both are too few, and nothing where nothing may be raised', () => {
    expect(ahead(17, room({ raises })).pools).toEqual(raises);
    expect(ahead(17, room())).toEqual({ codes: [] });
  });

  it('is unknown where the pools could not be read, which is said; not where none can be', () => {
    const readable = (service: ServiceConfig) => {
      poolsOf(service).instances = [{ host: '10.0.1.5' }];
    };
    expect(ahead(9, undefined, readable)).toEqual({ codes: ['pools-unread'] });
    expect(ahead(9, undefined)).toEqual({ codes: [] });
  });
});
