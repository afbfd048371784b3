import base from './jest.config.js';

/** Tests against real programs: `npm run test:integration`. */
export default {
  ...base,
  testPathIgnorePatterns: [],
  testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
};
