import { describe, expect, it } from '@jest/globals';
import { consolesOf } from '../../../../shared/pool/login.ts';
import { placed } from '../../../../shared/pool/topology/places.ts';
import { pools } from '../../../support/builders.ts';

const service = { cluster: 'data', service: 'pgbouncer', port: 6433, serverName: 'pool.example' };
const tasks = { ...pools, instances: service };

describe('where the PgBouncers are', () => {
  it('stands in the configuration, whatever ECS says', () => {
    const listed = placed({ ...pools, instances: [{ host: '10.0.1.5' }] }, [{ task: 'a', running: true }]);
    expect(listed).toEqual({ ...pools, instances: [{ host: '10.0.1.5' }] });
  });

  it('is what ECS says of the tasks that run, each with the port and the name in the certificate', () => {
    const found = [
      { task: 'a', running: true, address: '10.0.1.5' },
      { task: 'b', running: true, address: '10.0.2.7' },
    ];
    const known = placed(tasks, found);
    expect(consolesOf(known).map(({ name, target }) => [name, target.serverName])).toEqual([
      ['10.0.1.5:6433', 'pool.example'],
      ['10.0.2.7:6433', 'pool.example'],
    ]);
    expect(known).toMatchObject({ unplaced: [], othersAreGone: true });
  });

  it.each([
    [
      'a task that only starts, whatever address it has already',
      [{ task: 'abc', running: false, address: '10.0.1.9' }],
      [{ name: 'abc', reading: { unknown: { cause: 'starting' } } }],
    ],
    [
      'one without a network interface of its own',
      [{ task: 'abc', running: true }],
      [{ name: 'abc', reading: { unknown: { cause: 'no-address' } } }],
    ],
    ['all, where none runs', [], [{ name: 'pgbouncer', reading: { unknown: { cause: 'no-tasks' } } }]],
    [
      'all, where ECS could not be asked',
      { unknown: { cause: 'denied' as const, text: 'access denied' } },
      [{ name: 'pgbouncer', reading: { unknown: { cause: 'no-address', why: 'access denied' } } }],
    ],
    [
      'all, where nobody has asked ECS',
      undefined,
      [{ name: 'pgbouncer', reading: { unknown: { cause: 'no-address' } } }],
    ],
  ])('is unknown of %s', (_, found, unplaced) => {
    expect(placed(tasks, found)).toMatchObject({ instances: [], unplaced });
  });
});
