import { type IncomingHttpHeaders, request } from 'node:http';
import type { LookupFunction } from 'node:net';

/** What a server answered. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What is sent: a GET without a body, else a POST. */
export interface Sent {
  body?: string;
  headers?: Record<string, string>;
}

/** Every name is this machine, as that of the HTTP API, which no resolver knows. */
const loopback: LookupFunction = (_name, { all }, found) =>
  all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);

/** Opens an address of the emulator as a browser or Alertmanager would. */
export function open(url: string, { body, headers = {} }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method: body === undefined ? 'GET' : 'POST', headers, lookup: loopback };
    const sent = request(url, options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
