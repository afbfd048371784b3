import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { serviceConfig } from '../../../../shared/config/packaged.ts';
import { parseConfigText } from '../../../../shared/config/read-config.ts';
import { InvalidInputError } from '../../../../shared/core/errors.ts';

const text = readFileSync('config/production.yml', 'utf8');

/** Production's configuration with these keys of its PgBouncer. */
function read(part: object) {
  const config = parse(text);
  Object.assign(config.services['buywhere-api'].pgbouncer, part);
  return serviceConfig(parseConfigText(stringify(config), 'config/production.yml'), 'buywhere-api').pgbouncer;
}

function refusalOf(part: object): string {
  try {
    read(part);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  return 'taken';
}

const instances = [{ host: '10.0.1.5' }];
const statsSecret = '/team/stats';
const database = { host: 'db.example', name: 'app', secret: '/team/database' };

describe('how the pools are read', () => {
  it.each([
    { instances, statsSecret },
    {
      instances: [{ host: 'pool-1.internal', port: 6433, serverName: 'pool.example' }, { host: 'fd00::5' }],
      statsSecret,
    },
    { instances, statsSecret, tls: 'none', database },
    { instances, statsSecret, adminSecret: '/team/admin', openFiles: 4096, database },
    { instances, statsSecret, tls: 'require', database: { ...database, port: 5433, tls: 'none' } },
    { instances: { service: 'pgbouncer' }, statsSecret, tls: 'none' },
    {
      instances: { cluster: 'data', service: 'pgbouncer', port: 6433, serverName: 'pool.example' },
      statsSecret,
      adminSecret: '/team/admin',
      database,
    },
  ])('takes %j as it is', (part) => {
    expect(read(part)).toMatchObject(part);
  });

  it('takes one beside each task, with what PostgreSQL has for all of them', () => {
    const postgresql = { maxConnections: 400 };
    expect(read({ topology: 'sidecar', postgresql, database })).toMatchObject({
      topology: 'sidecar',
      postgresql: { maxConnections: 400, reserved: 3 },
      database,
    });
    expect(read({ topology: 'central', instances, statsSecret })).toMatchObject({ instances });
  });

  it('needs none of it', () => {
    expect(Object.keys(read({}) ?? {})).toEqual(['baseline', 'emergency', 'heldByOthers']);
  });

  it.each<[object, string]>([
    [{ instances }, 'pgbouncer.statsSecret: must be given, because instances is'],
    [{ statsSecret }, 'pgbouncer.instances: must be given, because statsSecret is'],
    [{ database }, 'pgbouncer.instances: must be given, because database is'],
    [{ tls: 'none' }, 'pgbouncer.instances: must be given, because tls is'],
    [{ instances: [], statsSecret }, 'pgbouncer.instances'],
    [{ openFiles: 1024 }, 'pgbouncer.instances: must be given, because openFiles is'],
    [
      { instances, statsSecret, adminSecret: '/team/admin' },
      'pgbouncer.database: must be given, because adminSecret is',
    ],
    [
      { instances, statsSecret, adminSecret: 'admin:pw', database },
      'adminSecret: must be the name of an SSM',
    ],
    [
      { instances: [{ host: 'pool.' }, { host: 'pool' }], statsSecret },
      'pgbouncer.instances.1: is there twice: pool:6432 would count twice',
    ],
    [
      { instances: [{ host: 'pool', serverName: 'pool.example' }], statsSecret, tls: 'none' },
      'pgbouncer.instances.0.serverName: has no effect, because tls is none',
    ],
    [
      { instances, statsSecret, database: { ...database, serverName: 'db', tls: 'none' } },
      'pgbouncer.database.serverName: has no effect, because tls is none',
    ],
    [
      { instances: [{ host: 'Pool' }, { host: 'pool', port: 6432 }], statsSecret },
      'pgbouncer.instances.1: is there twice: pool:6432 would count twice',
    ],
    [
      { instances: [{ host: 'postgres://me:pw@pool' }], statsSecret },
      'instances.0.host: must be the name or the IP',
    ],
    [{ instances: [{ host: 'pool:6432' }], statsSecret }, 'instances.0.host: must be the name or the IP'],
    [
      { instances: [{ host: '-oProxyCommand=x' }], statsSecret },
      'instances.0.host: must be the name or the IP',
    ],
    [{ instances: [{ host: '10.0.1.5', port: 0 }], statsSecret }, 'instances.0.port'],
    [{ instances: [{ hots: '10.0.1.5' }], statsSecret }, 'hots'],
    [
      { instances: { service: 'pgbouncer' }, statsSecret },
      "pgbouncer.instances.serverName: must be given, or tls: none: no certificate names a task's address",
    ],
    [
      { instances: { service: 'pgbouncer', serverName: 'pool' }, statsSecret, tls: 'none' },
      'pgbouncer.instances.serverName: has no effect, because tls is none',
    ],
    [
      {
        instances: { service: 'arn:aws:ecs:eu-west-1:1:service/data/pgbouncer', serverName: 'pool' },
        statsSecret,
      },
      'pgbouncer.instances.service: must be the name, not the ARN: pgbouncer',
    ],
    [{ instances: { cluster: 'data', serverName: 'pool' }, statsSecret }, 'instances.service: is missing'],
    [
      { instances: { service: 'pgbouncer', host: '10.0.1.5' }, statsSecret },
      'pgbouncer.instances: unknown key "host"; allowed: ',
    ],
    [
      { instances: 'pgbouncer', statsSecret },
      'pgbouncer.instances: must be a list of addresses, or the ECS service whose tasks they are',
    ],
    [{ topology: 'sidecar' }, 'pgbouncer.postgresql: must be given, because topology is sidecar'],
    ...(['instances', 'statsSecret', 'adminSecret', 'openFiles', 'tls'] as const).map(
      (key): [object, string] => [
        {
          topology: 'sidecar',
          postgresql: { maxConnections: 400 },
          ...{ instances, statsSecret, adminSecret: '/team/admin', openFiles: 1024, tls: 'none' },
        },
        `pgbouncer.${key}: must be left out, because topology is sidecar`,
      ],
    ),
    [
      {
        topology: 'sidecar',
        postgresql: { maxConnections: 400 },
        database: { ...database, serverName: 'db', tls: 'none' },
      },
      'pgbouncer.database.serverName: has no effect, because tls is none',
    ],
    [
      { instances, statsSecret, postgresql: { maxConnections: 400 } },
      'pgbouncer.postgresql: has no effect without topology: sidecar',
    ],
    [{ topology: 'beside' }, 'pgbouncer.topology: must be one of central, sidecar'],
    [{ topology: 'sidecar', postgresql: { maxConnection: 400 } }, 'maxConnection'],
    [{ instances, statsSecret: 'stats:pw' }, 'statsSecret: must be the name of an SSM parameter'],
    [{ instances, statsSecret, tls: 'prefer' }, 'none'],
    [{ instances, statsSecret, database: { ...database, secret: undefined } }, 'database.secret'],
  ])('refuses %j', (part, message) => {
    const refusal = refusalOf(part);
    expect(refusal).toContain(message);
    expect(refusal).not.toContain('me:pw');
  });
});
