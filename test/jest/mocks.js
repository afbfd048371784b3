import { mockClient as mock } from 'aws-sdk-client-mock';
import { note } from './state.js';

/** What suites import from `aws-sdk-client-mock`: a mock of a client's class ends with its suite. */
export function mockClient(client) {
  const mocked = mock(client);
  note(() => mocked.restore());
  return mocked;
}
