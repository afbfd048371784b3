import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import type { HttpHandlerOptions, RequestHandler, RequestHandlerOutput } from '@smithy/types';
import type { WireRequest, WireResponse } from './wire.ts';

/** An SDK v3 `requestHandler` over a function instead of a socket. */
export interface WireRequestHandler extends RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions> {
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

function bodyText(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array || body instanceof ArrayBuffer) return new TextDecoder().decode(body);
  throw new TypeError('the sandbox takes request bodies as text or bytes only');
}

function toWireRequest(request: HttpRequest, caller: string): WireRequest {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) query.append(name, each);
  }
  const search = query.size === 0 ? '' : `?${query}`;
  const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method: request.method,
    path: `${request.path}${search}`,
    headers: Object.fromEntries(headers),
    body: bodyText(request.body),
    caller,
  };
}

function aborted(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}

/**
 * Lets a real SDK client talk to the sandbox without sockets: `new ECSClient({ requestHandler })`. A time-out that
 * `handle` throws reaches the client as it is. `caller` is what the sandbox records.
 */
export function wireRequestHandler(
  handle: (request: WireRequest) => Promise<WireResponse>,
  caller: string,
): WireRequestHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request, options): Promise<RequestHandlerOutput<HttpResponse>> {
      if (options?.abortSignal?.aborted) throw aborted();
      const { status, headers, body } = await handle(toWireRequest(request, caller));
      if (options?.abortSignal?.aborted) throw aborted();
      // Bytes, not a stream: nothing is left to wait for when the answer is there.
      const bytes = new TextEncoder().encode(body);
      return { response: new HttpResponse({ statusCode: status, headers, body: bytes }) };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}
