import { bind } from 'jest-each';
import { restore } from './state.js';

/** What suites import from `@jest/globals`. Evaluated once for each: what the one before has changed is put back first. */
restore();

const { describe: block, test: runnable, setTimeout, clearTimeout, jest: given } = globalThis;
let seconds = 120;

/** The runner knows no limit of time: a test that hangs would hang them all. */
const within =
  (body, milliseconds = seconds * 1000) =>
  async () => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${milliseconds / 1000} s`)), milliseconds);
    });
    try {
      await Promise.race([body(), late]);
    } finally {
      clearTimeout(timer);
    }
  };

export const it = (name, body, milliseconds) => runnable(name, within(body, milliseconds));
it.each = bind(it, false);
export const describe = (name, body) => block(name, body);
describe.each = bind(describe, false);
export const { expect, beforeAll, afterAll, beforeEach, afterEach } = globalThis;

export const jest = {
  ...given,
  setTimeout: (milliseconds) => {
    seconds = milliseconds / 1000;
  },
};
