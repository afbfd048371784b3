import { mockClient as mock } from 'aws-sdk-client-mock';

/**
 * Mocked clients where all test files share one process. A class is mocked once, since a second mock would switch the
 * first one off, and only while a file runs whose imports ask for a mock: the others get the real client.
 */
const mocks = new Map();
/** Each module, with the modules that import it. */
const importers = new Map();

export function mockClient(client) {
  const known = mocks.get(client)?.mocked;
  if (known) return known;
  const mocked = mock(client);
  if (client.prototype) {
    mocks.set(client, { mocked, send: client.prototype.send });
    delete client.prototype.send;
  }
  return mocked;
}

export function noteImport(from, url) {
  importers.set(url, (importers.get(url) ?? new Set()).add(from));
}

export function switchMocks(on) {
  for (const [client, { send }] of mocks) {
    if (on) client.prototype.send = send;
    else delete client.prototype.send;
  }
}

/** Whether a module, or one that it imports, asks for a mock. */
export function usesMocks(url) {
  const asking = new Set([import.meta.url]);
  // A set that grows while it is walked through is walked to its end.
  for (const module of asking) for (const importer of importers.get(module) ?? []) asking.add(importer);
  return asking.has(url);
}
