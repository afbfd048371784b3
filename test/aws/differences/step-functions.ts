import { absent, type KnownDifferences, none, role, structure } from './difference.ts';

const states = 'https://docs.aws.amazon.com/step-functions/latest/apireference/';

export const stateDifferences: KnownDifferences[] = [
  {
    aws: 'A name has no blanks; input that is no JSON is an InvalidExecutionInput. moto answers that one in a form which no client understands.',
    decides: `${states}API_StartExecution.html`,
    right: 'sandbox',
    rows: [
      ['SFN StartExecution, a blank in the name', 'error', 'InvalidName (400)', none],
      [
        'SFN StartExecution, input that is no JSON',
        'error',
        'InvalidExecutionInput (400)',
        'TypeError (400)',
      ],
    ],
  },
  {
    aws: 'An execution has these members; one that was stopped has the error and cause that were given.',
    decides: `${states}API_DescribeExecution.html`,
    right: 'sandbox',
    rows: [
      ...['running', 'stopped', 'succeeded'].flatMap((status): KnownDifferences['rows'] => [
        [`SFN DescribeExecution, ${status}`, 'inputDetails', structure, absent],
        [`SFN DescribeExecution, ${status}`, 'redriveCount', '0', absent],
        [
          `SFN DescribeExecution, ${status}`,
          'redriveStatus',
          status === 'stopped' ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
          absent,
        ],
      ]),
      ['SFN DescribeExecution, stopped', 'error', 'Stopped', absent],
      ['SFN DescribeExecution, stopped', 'cause', 'a test', absent],
      ['SFN ListExecutions', 'executions[].redriveCount', '0', absent],
      ['SFN ListExecutions, by status', 'executions[].redriveCount', '0', absent],
    ],
  },
  {
    aws: 'The answer is the date at which the execution was stopped.',
    decides: `${states}API_StopExecution.html`,
    right: 'sandbox',
    rows: [['SFN StopExecution', 'stopDate', '<time>', absent]],
  },
  {
    aws: 'Input and output are JSON texts; blanks in them mean nothing. The role is the machine’s own.',
    decides: `${states}API_HistoryEvent.html`,
    right: 'neither contradicts it',
    rows: [
      [
        'SFN GetExecutionHistory, running',
        'events[].executionStartedEventDetails.input',
        '{"wait":true}',
        '{"wait": true}',
      ],
      [
        'SFN GetExecutionHistory, succeeded',
        'events[].executionStartedEventDetails.input',
        '{"wait":false}',
        '{"wait": false}',
      ],
      [
        'SFN DescribeExecution, succeeded',
        'output',
        '{"wait":false,"note":{"noted":true}}',
        '{"wait": false, "note": {"noted": true}}',
      ],
      ...['running', 'succeeded'].map((status): KnownDifferences['rows'][number] => [
        `SFN GetExecutionHistory, ${status}`,
        'events[].executionStartedEventDetails.roleArn',
        `${role}/emergency-scaling-differential-states`,
        `${role}/states`,
      ]),
    ],
  },
];
