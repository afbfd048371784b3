import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

export const host = '127.0.0.1';
export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A server that takes connections and never says a word. */
export function muteServer(): { port(): number; close(): void } {
  const server = createServer().listen(0, host);
  return {
    port() {
      const address = server.address();
      return typeof address === 'object' && address ? address.port : 0;
    },
    close: () => void server.close(),
  };
}

/** A certificate for a name that only `trust` makes this process trust; `distrust` takes that back. */
export interface Certificate {
  key: string;
  certificate: string;
  trust(): void;
  distrust(): void;
}

/**
 * Makes a certificate with openssl.
 * @param file makes an empty file that whoever serves may read, and says its path
 * @throws Error with what openssl said
 */
export function certificateFor(name: string, file: (name: string, text: string) => string): Certificate {
  const [key, certificate] = [file('tls.key', ''), file('tls.crt', '')];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject],
    ...['-keyout', key, '-out', certificate],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  const trusted = getCACertificates();
  return {
    key,
    certificate,
    trust: () => setDefaultCACertificates([...trusted, readFileSync(certificate, 'utf8')]),
    distrust: () => setDefaultCACertificates(trusted),
  };
}
