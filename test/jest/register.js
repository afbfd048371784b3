import { registerHooks } from 'node:module';

const tests = new URL('../', import.meta.url).href;
const here = new URL('./', import.meta.url).href;
const replaced = { '@jest/globals': `${here}globals.js`, 'aws-sdk-client-mock': `${here}mocks.js` };

/**
 * Suites run in one process after each other, where the product, the sandbox and the libraries are loaded once. Each has
 * its own copy of the modules in test/, so that what they set up is set up for it: the runner asks for a suite with a
 * query of its own, and the query goes on to what the suite imports from there.
 */
registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = '' } = context;
    if (!parentURL.startsWith(tests) || parentURL.startsWith(here)) return next(specifier, context);
    const { search } = new URL(parentURL);
    if (replaced[specifier]) return { url: replaced[specifier] + search, shortCircuit: true };
    const resolved = next(specifier, context);
    return resolved.url.startsWith(tests) ? { ...resolved, url: resolved.url + search } : resolved;
  },
});
