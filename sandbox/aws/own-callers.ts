/** One request as the door of the laptop's server judges it; names of headers in lower case. */
export interface Knock {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
}

interface Refusal {
  status: 403 | 415 | 421;
  why: string;
}

/**
 * Why a request to a server on loopback is refused: any web page that the person has open can send requests to it, and
 * with a name of its own that leads to 127.0.0.1 read the answers, too. So a request names this server as its host, no
 * other site sent it, and what changes something has a type that a plain form of another site cannot send.
 * Sources: Fetch Metadata Request Headers; Fetch standard, "CORS-safelisted request-header". Pure.
 */
export function refusalOf(knock: Knock, port: number): Refusal | undefined {
  const own = hostsOf(port);
  if (!own.includes(knock.headers.host?.toLowerCase() ?? '')) {
    return { status: 421, why: `host: this server answers only as ${own.join(' or ')}` };
  }
  if (!isOwnSite(knock, own) && !followsLink(knock))
    return { status: 403, why: 'another site sent this: open the address yourself' };
  return isReading(knock.method) || hasOwnType(knock)
    ? undefined
    : { status: 415, why: 'content-type: not what this address takes' };
}

/** A browser leaves the port of HTTP out. */
const hostsOf = (port: number): string[] =>
  ['127.0.0.1', 'localhost'].flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** `none` is a person who typed the address. A form of the approval page has the origin `null`: it sends no referrer. */
function isOwnSite({ headers }: Knock, own: readonly string[]): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  if (origin === 'null') return site === 'same-origin';
  return own.some((host) => origin.toLowerCase() === `http://${host}`);
}

/**
 * A person who clicks the link of an approval mail comes from wherever mails are read. Such a visit decides nothing, and no
 * site can read what it shows.
 */
const followsLink = ({ method, path, headers }: Knock): boolean =>
  isReading(method) &&
  path.startsWith('/approvals/') &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document';

/** The types of a plain form need more: a signature, which no form can add, or a page whose form carries a check value. */
function hasOwnType({ path, headers }: Knock): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/plain' || type === 'multipart/form-data') return false;
  if (path.startsWith('/approvals/')) return true;
  if (path === '/alerts') return type === 'application/json';
  const isPlain = type === '' || type === 'application/x-www-form-urlencoded';
  return !isPlain || headers.authorization?.startsWith('AWS4-') === true;
}
