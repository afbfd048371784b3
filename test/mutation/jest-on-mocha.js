import { pathToFileURL } from 'node:url';
import * as expecting from 'expect';
import { bind } from 'jest-each';
import * as mocking from 'jest-mock';
import Mocha from 'mocha';
import { switchMocks, usesMocks } from './one-mock-per-client.js';

/**
 * What the tests import from `@jest/globals`, run by Mocha. Stryker switches a mutant on in a module that is loaded
 * already; Mocha can run loaded tests again, while Jest loads everything anew for each of thousands of mutants.
 */
export const { expect } = expecting;

const { Suite, Test } = Mocha;
let current;

/** In place of Mocha's usual interface: each file has a suite of its own, so that its hooks are its own. */
Mocha.interfaces.bdd = (root) => {
  root.on('pre-require', (_context, file) => {
    current = Suite.create(root, file.replace(/^.*\/test\//, ''));
    current.beforeAll(() => switchMocks(usesMocks(pathToFileURL(file).href)));
  });
};

export function describe(title, body) {
  const parent = current;
  current = Suite.create(parent, title);
  body();
  current = parent;
}

export function it(title, body) {
  current.addTest(new Test(title, body));
}

describe.each = bind(describe, false);
it.each = bind(it, false);

export const beforeAll = (body) => current.beforeAll(body);
export const beforeEach = (body) => current.beforeEach(body);
export const afterEach = (body) => current.afterEach(body);
export const afterAll = (body) => current.afterAll(body);

const mocker = new mocking.ModuleMocker(globalThis);
export const jest = { fn: mocker.fn.bind(mocker) };
