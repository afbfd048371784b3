import { join } from 'node:path';

// The commands that tests start as processes load their modules faster from the second process on.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

/** Node runs the TypeScript sources as they are; the scripts in package.json start Jest with test/jest/register.js. */
export default {
  // Two cores are common in CI; Jest would use one of them.
  maxWorkers: '100%',
  runner: 'jest-light-runner',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // They need programs that npm does not install, or minutes: npm run test:incidents, test:integration, …
  testPathIgnorePatterns: ['incidents', 'integration', 'aws', 'deploy'].map(
    (name) => `<rootDir>/test/${name}/`,
  ),
};
