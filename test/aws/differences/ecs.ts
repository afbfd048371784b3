import { absent, elements, type KnownDifferences, none, role, structure } from './difference.ts';

const ecs = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/';
const definition = 'arn:aws:ecs:ap-southeast-1:123456789012:task-definition/buywhere-api';
const missing = 'arn:aws:ecs:ap-southeast-1:123456789012:service/';

export const ecsDifferences: KnownDifferences[] = [
  {
    aws: 'A service has these members; events, load balancers and network are those of the service that was created.',
    decides: `${ecs}API_Service.html`,
    right: 'sandbox',
    rows: [
      ['ECS DescribeServices', 'services[].platformVersion', 'LATEST', absent],
      ['ECS DescribeServices', 'services[].platformFamily', 'Linux', absent],
      ['ECS DescribeServices', 'services[].deploymentConfiguration', structure, absent],
      [
        'ECS DescribeServices',
        'services[].roleArn',
        `${role}/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
        absent,
      ],
      ['ECS DescribeServices', 'services[].events', elements(1), elements(0)],
      ['ECS DescribeServices', 'services[].createdAt', '<time>', absent],
      ['ECS DescribeServices', 'services[].placementConstraints', elements(0), absent],
      ['ECS DescribeServices', 'services[].placementStrategy', elements(0), absent],
      ['ECS DescribeServices', 'services[].healthCheckGracePeriodSeconds', '60', absent],
      ['ECS DescribeServices', 'services[].enableECSManagedTags', 'true', absent],
      ['ECS DescribeServices', 'services[].enableExecuteCommand', 'false', absent],
    ],
  },
  {
    aws: 'Task sets are those of external deployment controllers, and optional.',
    decides: `${ecs}API_Service.html`,
    right: 'neither contradicts it',
    rows: [['ECS DescribeServices', 'services[].taskSets', absent, elements(0)]],
  },
  {
    aws: 'Load balancer and network are as the service was created. The test creates moto’s service without them: moto wants real subnets.',
    decides: `${ecs}API_CreateService.html`,
    right: 'neither contradicts it',
    rows: [
      ['ECS DescribeServices', 'services[].loadBalancers', elements(1), elements(0)],
      ['ECS DescribeServices', 'services[].networkConfiguration.awsvpcConfiguration', structure, absent],
      ['ECS DescribeServices', 'services[].deployments[].networkConfiguration', structure, absent],
    ],
  },
  {
    aws: 'A deployment has a platform version and family, such as Linux, and its own desired count.',
    decides: `${ecs}API_Deployment.html`,
    right: 'sandbox',
    rows: [
      ['ECS DescribeServices', 'services[].deployments[].platformVersion', '1.4.0', absent],
      ['ECS DescribeServices', 'services[].deployments[].platformFamily', 'Linux', 'FARGATE'],
      ['ECS UpdateService, count', 'deployments[].desiredCount', '5', '3'],
      ['ECS DescribeServices, after the count', 'deployments[].desiredCount', '5', '3'],
    ],
  },
  {
    aws: 'ARNs of services contain the cluster’s name.',
    decides: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html',
    right: 'sandbox',
    rows: [
      [
        'ECS DescribeServices, missing service',
        'failures[].arn',
        `${missing}buywhere-production/no-such`,
        `${missing}no-such`,
      ],
    ],
  },
  {
    aws: 'One to ten services have to be named.',
    decides: `${ecs}API_DescribeServices.html`,
    right: 'sandbox',
    rows: [
      ['ECS DescribeServices, none', 'error', 'InvalidParameterException (400)', none],
      ['ECS DescribeServices, eleven', 'error', 'InvalidParameterException (400)', none],
    ],
  },
  {
    aws: 'Active services are counted; settings come only where `include` asks for them.',
    decides: `${ecs}API_DescribeClusters.html`,
    right: 'sandbox',
    rows: [
      ['ECS DescribeClusters', 'clusters[].activeServicesCount', '1', '0'],
      ['ECS DescribeClusters', 'clusters[].settings', absent, elements(1)],
    ],
  },
  {
    aws: 'A cluster has the capacity providers that are associated with it; the sandbox’s has FARGATE.',
    decides: `${ecs}API_Cluster.html`,
    right: 'neither contradicts it',
    rows: [['ECS DescribeClusters', 'clusters[].capacityProviders', elements(1), absent]],
  },
  {
    aws: 'The scheduler of a service starts tasks, which need time until they run; moto’s services have counts without tasks.',
    decides: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html',
    right: 'sandbox',
    rows: [
      ['ECS ListTasks', 'taskArns', elements(3), elements(0)],
      ['ECS UpdateService, count', 'runningCount', '3', '5'],
      ['ECS DescribeServices, after the count', 'runningCount', '3', '5'],
      ['ECS UpdateService, earlier definition', 'runningCount', '3', '5'],
    ],
  },
  {
    aws: 'A service that does not exist is a ServiceNotFoundException.',
    decides: `${ecs}API_ListTasks.html`,
    right: 'sandbox',
    rows: [['ECS ListTasks, missing service', 'error', 'ServiceNotFoundException (400)', none]],
  },
  {
    aws: 'A task that does not exist is a failure MISSING in the answer.',
    decides: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html',
    right: 'sandbox',
    rows: [['ECS DescribeTasks, missing task', 'failures', elements(1), elements(0)]],
  },
  {
    aws: 'DESC means newest first; maxResults limits a page.',
    decides: `${ecs}API_ListTaskDefinitions.html`,
    right: 'sandbox',
    rows: [
      ['ECS ListTaskDefinitions, newest first', 'taskDefinitionArns[]', `${definition}:3`, `${definition}:1`],
      ['ECS ListTaskDefinitions, newest first', 'taskDefinitionArns[]', `${definition}:1`, `${definition}:3`],
      ['ECS ListTaskDefinitions, two per page', 'taskDefinitionArns', elements(2), elements(3)],
      ['ECS ListTaskDefinitions, two per page', 'nextToken', 'ZnJvbToy', absent],
    ],
  },
  {
    aws: 'These operations exist; moto has none of them. What is missing is a failure, or a ServiceDeploymentNotFoundException.',
    decides: `${ecs}API_ListServiceDeployments.html`,
    right: 'sandbox',
    rows: [
      ['ECS ListServiceDeployments', 'error', none, 'a crash (500)'],
      ['ECS DescribeServiceDeployments, missing', 'error', none, 'a crash (500)'],
      ['ECS DescribeServiceRevisions, missing', 'error', none, 'a crash (500)'],
      [
        'ECS StopServiceDeployment, missing',
        'error',
        'ServiceDeploymentNotFoundException (400)',
        'a crash (500)',
      ],
    ],
  },
  {
    aws: 'A new definition starts a deployment; the service names it by its ARN.',
    decides: `${ecs}API_UpdateService.html`,
    right: 'sandbox',
    rows: [
      ['ECS UpdateService, earlier definition', 'taskDefinition', `${definition}:2`, 'buywhere-api:2'],
      ['ECS UpdateService, earlier definition', 'deployments', elements(2), elements(1)],
    ],
  },
  {
    aws: 'A service has at most 5,000 tasks; what a parameter may not be is an InvalidParameterException.',
    decides: 'https://docs.aws.amazon.com/general/latest/gr/ecs-service.html',
    right: 'sandbox',
    rows: [
      ['ECS UpdateService, negative count', 'error', 'InvalidParameterException (400)', none],
      ['ECS UpdateService, count above the limit', 'error', 'InvalidParameterException (400)', none],
    ],
  },
];
