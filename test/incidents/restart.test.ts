import { expect, it, jest } from '@jest/globals';
import { notAsWithout } from './crowds.ts';

jest.setTimeout(900_000);

it('never rolls back a restart at a hundred moments of a crowd, and has the capacity as without it', async () => {
  expect(await notAsWithout({ restart: true })).toEqual([]);
});
