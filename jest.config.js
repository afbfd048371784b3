import { join } from 'node:path';

// The commands that tests start as processes load their modules faster from the second process on.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

/** Jest runs the TypeScript sources as ES modules; the scripts in package.json start it with Node's VM modules. */
export default {
  // No test is about time; on a busy machine a fresh process alone takes seconds.
  testTimeout: 120_000,
  // Two cores are common in CI; Jest would use one of them.
  maxWorkers: '100%',
  testEnvironment: '<rootDir>/test/support/environment.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // They need programs that npm does not install: npm run test:integration, npm run test:aws.
  testPathIgnorePatterns: ['<rootDir>/test/integration/', '<rootDir>/test/aws/'],
};
