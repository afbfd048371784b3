import type { WireRequest, WireResponse } from '../../sandbox/aws/wire.ts';

type Handle = (request: WireRequest) => Promise<WireResponse>;

/** From some moment on the service is deleted: ECS still shows it, as INACTIVE, and takes no change of it any more. */
export function withGoneService(
  handle: Handle,
  isGone: () => boolean,
  callOf: (request: WireRequest) => string,
): Handle {
  return async (request) => {
    if (!isGone()) return handle(request);
    const call = callOf(request);
    if (call === 'ecs:UpdateService') {
      const body = { __type: 'ServiceNotActiveException', message: 'Service was not ACTIVE.' };
      return {
        status: 400,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(body),
      };
    }
    const answer = await handle(request);
    if (call !== 'ecs:DescribeServices' || answer.status !== 200) return answer;
    return { ...answer, body: answer.body.replace('"status":"ACTIVE"', '"status":"INACTIVE"') };
  };
}
