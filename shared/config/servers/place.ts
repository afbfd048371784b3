import * as z from 'zod';

/** Where a server beside the service is, and whether the way to it is encrypted. */

const host = z
  .string()
  .regex(
    /^(?=.{1,253}$)([A-Za-z0-9_]([\w-]*[A-Za-z0-9_])?\.?)+$|^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+$/,
    'must be the name or the IP address of a host, without protocol, port and credential',
  );
const port = z.int().min(1).max(65_535);

/** Required unless the file says none. */
export const tls = z.enum(['none', 'require']);

/** Its address, and the name in its certificate where that is another one. */
export const place = { host, port: port.optional(), serverName: host.optional() };
