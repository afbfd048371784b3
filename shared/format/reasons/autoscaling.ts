type Row = { label: string; from: string; to: string };
type Bound = { bound: 'min' | 'max'; from: number; to: number };

/** What configuring autoscaling changes, or why it may not. */
export const autoscalingReasons = {
  'setting-differs': ({ label, from, to }: Row) => `${label}: ${from} → ${to}`,
  'setting-not-written': ({ label, from, to }: Row) => `not as written: ${label}: ${from} → ${to}`,
  'autoscaling-as-wanted': () => 'autoscaling is as wanted already',
  'min-above-max': ({ min, max }: { min: number; max: number }) => `min ${min} is above max ${max}`,
  'max-above-ceiling': ({ max, ceiling }: { max: number; ceiling: number }) =>
    `max ${max} is above the ceiling of ${ceiling}`,
  'max-below-desired': ({ max, desired }: { max: number; desired: number }) =>
    `max ${max} is below the ${desired} desired tasks: that would remove tasks at once. Scale in first`,
  'lowers-capacity': ({ bound, from, to }: Bound) =>
    `${bound} ${from} → ${to} would reduce capacity, which needs an approval here. Keep it with ${bound}Capacity ${from}, or lower it by hand`,
  'policy-name-taken': ({ policy }: { policy: string }) =>
    `the name ${policy} is taken by a policy on something else; delete or rename that one first`,
};
