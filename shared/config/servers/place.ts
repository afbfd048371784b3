import { isIP } from 'node:net';
import * as z from 'zod';

/** Where a server beside the service is, and whether the way to it is encrypted. */

/** One part of a name. Names are taken apart at their dots: a pattern of them all takes for ever to refuse a long one. */
const label = /^\w(?:[\w-]{0,61}\w)?$/;

/** Numbers alone are an address, and then a valid one. */
function isHost(text: string): boolean {
  if (isIP(text) > 0) return true;
  if (text.length > 253 || /^[\d.]+$/.test(text)) return false;
  return text
    .replace(/\.$/, '')
    .split('.')
    .every((part) => label.test(part));
}

const host = z
  .string()
  .refine(isHost, 'must be the name or the IP address of a host, without protocol, port and credential');
const port = z.int().min(1).max(65_535);

/** Required unless the file says none. */
export const tls = z.enum(['none', 'require']);

/** A name in a certificate that nobody looks at. */
export const unusedName = ({
  tls: way,
  serverName,
}: {
  tls?: string | undefined;
  serverName?: string | undefined;
}) =>
  way === 'none' && serverName !== undefined
    ? [{ path: ['serverName'], message: 'has no effect, because tls is none: leave one of them out' }]
    : [];

/** Its address, and the name in its certificate where that is another one. */
export const place = { host, port: port.optional(), serverName: host.optional() };

/** The same of tasks, whose addresses are found where they run. */
export const placeOfTasks = { port: port.optional(), serverName: host.optional() };
