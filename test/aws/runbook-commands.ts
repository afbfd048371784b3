import { expect } from '@jest/globals';

/** One or more `aws` commands of the runbook that belong together, as written there, and what they must answer. */
export interface RunbookCommand {
  /** Heading in the runbook. */
  section: string;
  script: string;
  /** The last command is refused, as AWS refuses it; otherwise its exit code is 0. */
  refused?: boolean;
  /** What the JSON on stdout must contain. */
  json?: object;
  /** What stdout must say otherwise. */
  text?: RegExp;
  /** What stderr must say. */
  stderr?: RegExp;
}

const production = { ServiceNamespace: 'ecs', ResourceId: 'service/buywhere-production/buywhere-api' };
const arnOf = (resource: string) =>
  expect.stringMatching(new RegExp(`^arn:aws:ecs:ap-southeast-1:\\d{12}:${resource}$`));

/** In the runbook's order; each one finds what the ones before it left. The service begins with 3 tasks, bounds 1 to 10. */
export const productionCommands: RunbookCommand[] = [
  {
    section: 'Check Current Service Status',
    script: `aws ecs describe-services \\
--cluster buywhere-production \\
--services buywhere-api \\
--region ap-southeast-1`,
    json: {
      services: [
        {
          serviceName: 'buywhere-api',
          status: 'ACTIVE',
          desiredCount: 3,
          runningCount: 3,
          launchType: 'FARGATE',
        },
      ],
      failures: [],
    },
  },
  {
    section: 'Check Current Service Status',
    script: `aws ecs list-tasks \\
--cluster buywhere-production \\
--service-name buywhere-api \\
--region ap-southeast-1`,
    json: { taskArns: Array(3).fill(arnOf('task/buywhere-production/[0-9a-f]{32}')) },
  },
  {
    section: 'Check Autoscaling Configuration',
    script: `aws application-autoscaling describe-scalable-targets \\
--service-namespace ecs \\
--resource-ids service/buywhere-production/buywhere-api \\
--region ap-southeast-1`,
    json: { ScalableTargets: [{ ...production, MinCapacity: 1, MaxCapacity: 10 }] },
  },
  {
    section: 'Check Autoscaling Configuration',
    script: `aws application-autoscaling describe-scaling-policies \\
--service-namespace ecs \\
--resource-id service/buywhere-production/buywhere-api \\
--region ap-southeast-1`,
    json: {
      ScalingPolicies: [
        {
          ...production,
          PolicyName: 'buywhere-api-cpu-scaling',
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: 70,
            ScaleOutCooldown: 60,
            ScaleInCooldown: 300,
          },
        },
      ],
    },
  },
  {
    section: 'Step 2: Manual Scale-Out (Emergency)',
    script: `CURRENT_COUNT=$(aws ecs describe-services \\
--cluster buywhere-production \\
--services buywhere-api \\
--query 'services[0].desiredCount' \\
--output text \\
--region ap-southeast-1)
# Scale up to handle traffic
NEW_COUNT=$((CURRENT_COUNT + 2))
aws ecs update-service \\
--cluster buywhere-production \\
--service buywhere-api \\
--desired-count $NEW_COUNT \\
--region ap-southeast-1
echo "Scaled from $CURRENT_COUNT to $NEW_COUNT"`,
    text: /"desiredCount": 5,[\s\S]*\nScaled from 3 to 5\n$/,
  },
  {
    section: 'Step 3: Adjust Autoscaling Targets (If Needed)',
    script: `aws application-autoscaling register-scalable-target \\
--service-namespace ecs \\
--scalable-dimension ecs:service:DesiredCount \\
--resource-id service/buywhere-production/buywhere-api \\
--min-capacity 2 \\
--max-capacity 20 \\
--region ap-southeast-1`,
    text: /ScalableTargetARN|^$/,
  },
  {
    section: 'Step 3: Adjust Autoscaling Targets (If Needed)',
    script: `aws application-autoscaling put-scaling-policy \\
--policy-name "buywhere-api-cpu-scaling-temp" \\
--service-namespace ecs \\
--scalable-dimension ecs:service:DesiredCount \\
--resource-id service/buywhere-production/buywhere-api \\
--policy-type TargetTrackingScaling \\
--target-tracking-scaling-policy-configuration '{
"TargetValue": 50,
"ScaleInCooldown": 180,
"ScaleOutCooldown": 30,
"PredefinedMetricSpecification": {
"PredefinedMetricType": "ECSServiceAverageCPUUtilization"
}
}' \\
--region ap-southeast-1`,
    // The runbook's own error: one policy per metric (docs/differences.md).
    refused: true,
    stderr:
      /\(ValidationException\) when calling the PutScalingPolicy operation: Only one TargetTrackingScaling policy/,
    text: /^$/,
  },
  {
    section: 'Step 4: Verify Scaling',
    script: `aws ecs describe-services \\
--cluster buywhere-production \\
--services buywhere-api \\
--query 'services[0].{desiredCount:desiredCount,runningCount:runningCount,pendingCount:pendingCount}' \\
--region ap-southeast-1`,
    json: { desiredCount: 5, runningCount: expect.any(Number), pendingCount: expect.any(Number) },
  },
  {
    section: 'Scale-In Procedure (After Emergency), Step 1',
    script: `aws ecs update-service \\
--cluster buywhere-production \\
--service buywhere-api \\
--desired-count 3 \\
--region ap-southeast-1`,
    json: { service: { desiredCount: 3 } },
  },
  {
    section: 'Scale-In Procedure (After Emergency), Step 2',
    script: `aws application-autoscaling register-scalable-target \\
--service-namespace ecs \\
--scalable-dimension ecs:service:DesiredCount \\
--resource-id service/buywhere-production/buywhere-api \\
--min-capacity 1 \\
--max-capacity 10 \\
--region ap-southeast-1`,
    text: /ScalableTargetARN|^$/,
  },
  {
    section: 'Scale-In Procedure (After Emergency), Step 3',
    script: `aws application-autoscaling put-scaling-policy \\
--policy-name "buywhere-api-cpu-scaling" \\
--service-namespace ecs \\
--scalable-dimension ecs:service:DesiredCount \\
--resource-id service/buywhere-production/buywhere-api \\
--policy-type TargetTrackingScaling \\
--target-tracking-scaling-policy-configuration '{
"TargetValue": 70,
"ScaleInCooldown": 300,
"ScaleOutCooldown": 60,
"PredefinedMetricSpecification": {
"PredefinedMetricType": "ECSServiceAverageCPUUtilization"
}
}' \\
--region ap-southeast-1`,
    json: {
      PolicyARN: expect.stringMatching(/:policyName\/buywhere-api-cpu-scaling$/),
      Alarms: [
        { AlarmName: expect.stringContaining('-AlarmHigh-') },
        { AlarmName: expect.stringContaining('-AlarmLow-') },
      ],
    },
  },
  {
    section: 'Rollback Procedure',
    script: `PREV_TASK=$(aws ecs describe-services \\
--cluster buywhere-production \\
--services buywhere-api \\
--query 'services[0].taskDefinition' \\
--output text \\
--region ap-southeast-1)
# Force new deployment with current task definition
aws ecs update-service \\
--cluster buywhere-production \\
--service buywhere-api \\
--task-definition "$PREV_TASK" \\
--force-new-deployment \\
--region ap-southeast-1`,
    json: {
      service: {
        taskDefinition: arnOf('task-definition/buywhere-api:\\d+'),
        deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }, { status: 'ACTIVE' }],
      },
    },
  },
  {
    section: 'Rollback Procedure',
    script: `aws ecs update-service \\
--cluster buywhere-production \\
--service buywhere-api \\
--desired-count 2 \\
--region ap-southeast-1`,
    json: { service: { desiredCount: 2 } },
  },
];

/** The same for "Testing Procedures in Staging". */
export const stagingCommands: RunbookCommand[] = [
  {
    section: 'Step 1: Verify Staging Autoscaling is Configured',
    script: `aws application-autoscaling describe-scalable-targets \\
--service-namespace ecs \\
--resource-ids service/buywhere-staging/buywhere-api-staging \\
--region ap-southeast-1`,
    json: { ScalableTargets: [{ ResourceId: 'service/buywhere-staging/buywhere-api-staging' }] },
  },
  {
    section: 'Step 2: Baseline Performance Test',
    script: `aws ecs update-service \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--desired-count 2 \\
--region ap-southeast-1`,
    json: { service: { desiredCount: 2 } },
  },
  {
    section: 'Step 3: Test Manual Scale-Out',
    script: `CURRENT=$(aws ecs describe-services \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--query 'services[0].desiredCount' \\
--output text --region ap-southeast-1)
echo "Current desired count: $CURRENT"`,
    text: /^Current desired count: 2\n$/,
  },
  {
    section: 'Step 3: Test Manual Scale-Out',
    script: `aws ecs update-service \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--desired-count 4 \\
--region ap-southeast-1`,
    json: { service: { desiredCount: 4 } },
  },
  {
    section: 'Step 3: Test Manual Scale-Out (what watch repeats)',
    script: `aws ecs describe-services \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--query 'services[0].{desired:desiredCount,running:runningCount,pending:pendingCount}' \\
--output table --region ap-southeast-1`,
    text: /DescribeServices[\s\S]*desired\s*\|\s*pending\s*\|\s*running[\s\S]*\|\s*4\s*\|\s*\d\s*\|\s*\d\s*\|/,
  },
  {
    section: 'Step 3: Test Manual Scale-Out',
    script: `aws ecs describe-services \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--query 'services[0].deployments' \\
--output json --region ap-southeast-1`,
    json: [{ status: 'PRIMARY', desiredCount: 4, rolloutState: 'COMPLETED' }],
  },
  {
    section: 'Step 4: Test Load-Based Scale-Out (Autoscaling Trigger)',
    script: `aws application-autoscaling describe-scaling-activities \\
--service-namespace ecs \\
--resource-id service/buywhere-staging/buywhere-api-staging \\
--region ap-southeast-1`,
    json: { ScalingActivities: [] },
  },
  {
    section: 'Step 4: Test Load-Based Scale-Out and Step 6: Test Scale-In (Cooldown Verification)',
    script: `aws ecs describe-services \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--query 'services[0].desiredCount' \\
--output text --region ap-southeast-1`,
    text: /^4\n$/,
  },
  {
    section: 'Step 7: Test Rollback Procedure',
    script: `TASK_DEF=$(aws ecs describe-services \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--query 'services[0].taskDefinition' \\
--output text --region ap-southeast-1)
echo "Current task definition: $TASK_DEF"`,
    text: /^Current task definition: arn:aws:ecs:ap-southeast-1:\d{12}:task-definition\/buywhere-api-staging:\d+\n$/,
  },
  {
    section: 'Step 7: Test Rollback Procedure',
    script: `aws ecs update-service \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--force-new-deployment \\
--region ap-southeast-1`,
    json: { service: { deployments: [{ rolloutState: 'IN_PROGRESS' }, {}] } },
  },
  {
    section: 'Step 7: Test Rollback Procedure',
    script: `aws ecs describe-services \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--query 'services[0].deployments' \\
--output json --region ap-southeast-1`,
    json: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }, { status: 'ACTIVE' }],
  },
  {
    section: 'Step 8: Reset Staging to Normal',
    script: `aws ecs update-service \\
--cluster buywhere-staging \\
--service buywhere-api-staging \\
--desired-count 2 \\
--region ap-southeast-1`,
    json: { service: { desiredCount: 2 } },
  },
];
