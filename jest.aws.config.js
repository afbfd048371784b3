import base from './jest.config.js';

/** Tests against the AWS CLI and an AWS that others wrote: `npm run test:aws`. */
export default {
  ...base,
  testPathIgnorePatterns: [],
  testMatch: ['<rootDir>/test/aws/**/*.test.ts'],
};
