import fc from 'fast-check';
import { counted, unknown } from './pools-seen.ts';

const small = fc.nat({ max: 40 });
const rarely = fc.nat({ max: 9 }).map((drawn) => drawn === 0);
const anyPool = fc.record({
  database: fc.constantFrom('app', 'other', 'gone'),
  user: fc.constantFrom('app', 'web'),
  clientsActive: small,
  clientsWaiting: small,
  waitSeconds: fc.double({ min: 0, max: 60, noNaN: true }),
  servers: fc.oneof(small, fc.constant(60)),
  serversActive: small,
  serversLogin: fc.nat({ max: 1 }),
});
const anyDatabase = (name: string, defaultPoolSize: number) =>
  fc.record({
    name: fc.constant(name),
    host: fc.constantFrom('10.0.0.9', '10.0.0.9', '10.0.0.9', '10.0.0.8', null),
    port: fc.constant(5432),
    database: fc.constant(name),
    forceUser: fc.constantFrom('app', null),
    poolSize: fc.oneof(fc.constant(defaultPoolSize), small),
    reservePoolSize: small,
    maxConnections: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, small),
    currentConnections: small,
    paused: rarely,
    disabled: rarely,
  });
const anyInstance = fc
  .record({ defaultPoolSize: small, reservePoolSize: small, minPoolSize: small, maxClientConn: small })
  .chain((settings) =>
    fc.record({
      version: fc.constant('1.26.1'),
      settings: fc.constant(settings),
      clients: small,
      pools: fc.uniqueArray(anyPool, {
        selector: ({ database: name, user }) => `${name}/${user}`,
        maxLength: 5,
      }),
      databases: fc
        .tuple(anyDatabase('app', settings.defaultPoolSize), anyDatabase('other', settings.defaultPoolSize))
        .chain((both) => fc.subarray(both)),
      averageWaits: fc.constant({ value: [] }),
      queryCounts: fc.constantFrom(0, 900).map((queries) => counted(queries)),
    }),
  );
const anySession = fc.record({
  pid: fc.nat({ max: 9 }),
  database: fc.constantFrom('app', 'other'),
  user: fc.constantFrom('app', 'web'),
  application: fc.string(),
  state: fc.constantFrom('active', 'idle', 'idle in transaction'),
  seconds: fc.nat({ max: 9 }),
  blockedBy: fc.array(fc.nat({ max: 9 }), { maxLength: 2 }),
});
const anyPostgres = fc.record({
  maxConnections: fc.oneof(fc.nat({ max: 500 }), fc.nat({ max: 3000 })),
  reserved: fc.nat({ max: 10 }),
  connections: fc.nat({ max: 150 }),
  sessions: fc.array(anySession, { maxLength: 2 }),
});
export const anyLimits = fc.record({
  defaultPoolSize: fc.nat({ max: 120 }),
  reservePoolSize: small,
  minPoolSize: small,
  maxClientConn: small,
  waitSeconds: fc.constant(0.1),
  slowSeconds: fc.constant(1),
});
export const readable = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 19, arbitrary: value.map((known) => ({ value: known })) },
    { weight: 1, arbitrary: fc.constantFrom({ unknown }, { unknown: { cause: 'full' } as const }) },
  );
export const anySeen = (of: typeof readable) =>
  fc.record({
    instances: fc
      .array(of(anyInstance), { minLength: 1, maxLength: 3 })
      .map((list) => list.map((reading, index) => ({ name: `${index}:6432`, reading }))),
    postgres: of(anyPostgres),
  });
