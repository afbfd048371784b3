import base from './jest.config.js';

/** The package, deployed onto an AWS that others wrote: `npm run test:deploy`. */
export default {
  ...base,
  testPathIgnorePatterns: [],
  testMatch: ['<rootDir>/test/deploy/**/*.test.ts'],
};
