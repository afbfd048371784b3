import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import base from './jest.config.js';

const suites = readdirSync(join(import.meta.dirname, 'test/aws')).filter((file) => file.endsWith('.test.ts'));

/** Tests against the AWS CLI and an AWS that others wrote: `npm run test:aws`. */
export default {
  ...base,
  // The clients of the functions are made once, for the AWS of the first suite: each suite needs a worker of its own.
  maxWorkers: suites.length,
  testPathIgnorePatterns: [],
  testMatch: ['<rootDir>/test/aws/**/*.test.ts'],
};
