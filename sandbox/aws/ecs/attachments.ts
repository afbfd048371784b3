import type { TaskStatus } from '../../world/model/types.ts';
import type { Output } from '../input.ts';

/** Two digits of an id as a number. */
const byteOf = (id: string, at: number): number => Number.parseInt(id.slice(2 * at, 2 * at + 2), 16);

/** The private address of a task of the API: one of its own, by its id. */
export const addressByTask = (id: string): string => `10.0.${32 + (byteOf(id, 0) % 32)}.${byteOf(id, 1)}`;

/**
 * The network interface that a Fargate task has, before it is there, while it is attached and afterwards.
 * Source: ECS API, Attachment; Amazon ECS developer guide, task networking.
 */
export function networkInterface(id: string, lastStatus: TaskStatus, address: string): Output[] {
  const subnet = { name: 'subnetId', value: 'subnet-0a1b2c3d4e5f60718' };
  const attachment = {
    id: `${id.slice(0, 8)}-0000-4000-8000-${id.slice(0, 12)}`,
    type: 'ElasticNetworkInterface',
  };
  if (lastStatus === 'PROVISIONING') return [{ ...attachment, status: 'PRECREATED', details: [subnet] }];
  const details = [
    subnet,
    { name: 'networkInterfaceId', value: `eni-${id.slice(0, 17)}` },
    {
      name: 'macAddress',
      value: `02:${[0, 1, 2, 3, 4].map((at) => id.slice(2 * at, 2 * at + 2)).join(':')}`,
    },
    { name: 'privateDnsName', value: `ip-${address.replaceAll('.', '-')}.ap-southeast-1.compute.internal` },
    { name: 'privateIPv4Address', value: address },
  ];
  return [{ ...attachment, status: lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED', details }];
}
