import { spawn, spawnSync } from 'node:child_process';

/** @throws Error that says what to install when the AWS CLI is missing. */
export function requireAwsCli(): void {
  if (!spawnSync('aws', ['--version']).error) return;
  throw new Error(
    'aws not found. On Debian: apt-get update && apt-get install -y --no-install-recommends awscli',
  );
}

export interface CliAnswer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The account of whoever runs the tests must not matter, nor their settings. */
const surroundings = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  AWS_ACCESS_KEY_ID: 'sandbox',
  AWS_SECRET_ACCESS_KEY: 'sandbox',
  AWS_PAGER: '',
};

/**
 * Runs a script in which `aws` is the AWS CLI with the endpoint `url`. Older versions know no AWS_ENDPOINT_URL, so the
 * endpoint is an option, which a function of the shell adds.
 */
export function shell(script: string, url: string): Promise<CliAnswer> {
  const aws = `aws() { command aws --endpoint-url ${url} "$@"; }`;
  const child = spawn('bash', ['-c', `${aws}\n${script}`], { env: surroundings });
  const answer: CliAnswer = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    answer.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    answer.stderr += text;
  });
  return new Promise((resolve) => void child.on('close', (code) => resolve({ ...answer, code })));
}
