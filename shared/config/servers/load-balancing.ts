export interface LoadBalancing {
  loadBalancer?: string | undefined;
  targetGroup?: string | undefined;
}

/** A service's load balancer and target group, as CloudWatch's dimensions name them; absent where it has none. */
export const loadBalancingOf = ({ loadBalancer, targetGroup }: LoadBalancing) =>
  loadBalancer === undefined || targetGroup === undefined ? undefined : { loadBalancer, targetGroup };
