/** Mutation testing of the domain: docs/mutation-testing.md. */
export default {
  mutate: ['shared/**/*.ts'],
  // Mocha runs the Jest tests, because it loads them once for all mutants: test/mutation/jest-on-mocha.js.
  testRunner: 'mocha',
  testRunnerNodeArgs: ['--import=./test/mutation/register.js'],
  mochaOptions: {
    // The fast tests; what the scenarios and the sandbox find comes on top.
    spec: ['test/shared/**/*.test.ts', 'test/functions/**/*.test.ts'],
    'no-config': true,
    'no-package': true,
  },
  coverageAnalysis: 'perTest',
  // What a module computes while it is loaded would need a fresh process for each mutant.
  ignoreStatic: true,
  concurrency: 2,
  // Endless loops are found by counting; a busy machine must not pass for one.
  timeoutMS: 10_000,
  // TypeScript 7 has no programming interface to rewrite a tsconfig.json with; nothing in the copy needs one.
  tsconfigFile: 'none',
  tempDirName: 'out/mutation/sandbox',
  // What other commands leave behind is no source: packages, reports, Python's environments with their links.
  ignorePatterns: ['out', '.venv'],
  reporters: ['clear-text', 'json'],
  clearTextReporter: { reportTests: false, allowEmojis: false, logTests: false },
  jsonReporter: { fileName: 'out/mutation/report.json' },
};
