import { absent, type KnownDifferences, none, role, structure } from './difference.ts';

const scaling = 'https://docs.aws.amazon.com/autoscaling/application/APIReference/';
const scalingRole = `${role}/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`;

export const scalingDifferences: KnownDifferences[] = [
  {
    aws: 'Both bounds are required for a new target; a max below the min is not valid.',
    decides: `${scaling}API_RegisterScalableTarget.html`,
    right: 'sandbox',
    rows: [
      ['AAS RegisterScalableTarget, new without bounds', 'error', 'ValidationException (400)', none],
      ['AAS RegisterScalableTarget, max below min', 'error', 'ValidationException (400)', none],
    ],
  },
  {
    aws: 'A target always has a role; its suspended state has a value also where nobody set one.',
    decides: `${scaling}API_ScalableTarget.html`,
    right: 'sandbox',
    rows: [
      ['AAS DescribeScalableTargets', 'ScalableTargets[].RoleARN', scalingRole, absent],
      ['AAS DescribeScalableTargets', 'ScalableTargets[].SuspendedState', structure, absent],
      ['AAS DescribeScalableTargets, after the changes', 'ScalableTargets[].RoleARN', scalingRole, absent],
    ],
  },
  {
    aws: 'A policy needs a registered target.',
    decides: `${scaling}API_PutScalingPolicy.html`,
    right: 'sandbox',
    rows: [['AAS PutScalingPolicy, no target', 'error', 'ObjectNotFoundException (400)', none]],
  },
  {
    aws: 'A target has one target-tracking policy per metric.',
    decides:
      'https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html',
    right: 'sandbox',
    rows: [['AAS PutScalingPolicy, second on one metric', 'error', 'ValidationException (400)', none]],
  },
  {
    aws: 'The operation exists; moto has it not.',
    decides: `${scaling}API_DescribeScalingActivities.html`,
    right: 'sandbox',
    rows: [['AAS DescribeScalingActivities', 'error', none, 'a crash (500)']],
  },
  {
    aws: 'What is not there is an ObjectNotFoundException.',
    decides: `${scaling}API_DeleteScalingPolicy.html`,
    right: 'sandbox',
    rows: [
      [
        'AAS DeleteScalingPolicy, missing',
        'error',
        'ObjectNotFoundException (400)',
        'ValidationException (400)',
      ],
      [
        'AAS DeregisterScalableTarget, missing',
        'error',
        'ObjectNotFoundException (400)',
        'ValidationException (400)',
      ],
    ],
  },
];
