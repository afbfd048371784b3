import base from './jest.config.js';

/** Hundreds of incidents of one kind: `npm run test:incidents`. */
export default {
  ...base,
  testPathIgnorePatterns: [],
  testMatch: ['<rootDir>/test/incidents/**/*.test.ts'],
};
