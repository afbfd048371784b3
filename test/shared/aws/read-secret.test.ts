import { expect, it } from '@jest/globals';
import { readSecret } from '../../../shared/aws/read-secret.ts';

const failing = (name: string, message: string) => ({
  read: () => Promise.reject(Object.assign(new Error(message), { name })),
});

it('reads the value of a secret by its name', async () => {
  expect(await readSecret('/app/stats', { read: async (name) => `value of ${name}` })).toEqual({
    value: 'value of /app/stats',
  });
});

it('names the parameter that is not there, since AWS does not', async () => {
  expect(await readSecret('/app/stats', failing('ParameterNotFound', 'UnknownError'))).toEqual({
    unknown: {
      cause: 'missing',
      error: 'ParameterNotFound',
      message: 'the SSM parameter /app/stats',
    },
  });
});

it('says of any other failure what AWS says', async () => {
  expect(await readSecret('/app/stats', failing('AccessDeniedException', 'not authorized'))).toEqual({
    unknown: { cause: 'denied', error: 'AccessDeniedException', message: 'not authorized' },
  });
});
