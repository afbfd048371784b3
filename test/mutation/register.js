import { registerHooks } from 'node:module';
import { MochaTestRunner } from '@stryker-mutator/mocha-runner';
import fc from 'fast-check';
import './jest-on-mocha.js';
import { noteImport } from './one-mock-per-client.js';

// The properties are repeated for each mutant: fewer cases, always the same ones, and no shrinking.
fc.configureGlobal({ numRuns: 60, seed: 4, endOnFailure: true });

// Each mutant is switched on after everything was loaded (ignoreStatic), so nothing has to be loaded again for one that
// also ran while loading. Otherwise Stryker starts a new process for each of those.
MochaTestRunner.prototype.capabilities = () => Promise.resolve({ reloadEnvironment: true });

const replaced = {
  '@jest/globals': new URL('./jest-on-mocha.js', import.meta.url).href,
  'aws-sdk-client-mock': new URL('./one-mock-per-client.js', import.meta.url).href,
};

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = '' } = context;
    const own = Object.values(replaced).includes(parentURL);
    const url = own ? undefined : replaced[specifier];
    const resolved = url ? { url, shortCircuit: true } : next(specifier, context);
    noteImport(parentURL, resolved.url);
    return resolved;
  },
});
