import * as z from 'zod';

/** What AWS and Prometheus accept as a name or an address, so that what can't work is refused before it is deployed. */

/** Unlike one that is given as a mere text, this issue lets the checks go on: every fault is told at once. */
const refuse = (context: z.RefinementCtx, message: string) => context.addIssue({ code: 'custom', message });

/** A name that AWS knows something by; where it takes the ARN elsewhere, people give that. */
const awsName = (allowed: RegExp, what: string) =>
  z.string().superRefine((name, context) => {
    if (allowed.test(name) && !isArn(name)) return;
    const message = isArn(name) ? `must be the name, not the ARN: ${tailOf(name)}` : `must be ${what}`;
    refuse(context, message);
  });

const isArn = (name: string) => name.startsWith('arn:');
const tailOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1).replace(/[^\w-]/g, '');

/** Source: ECS API, CreateCluster and CreateService. */
export const ecsName = awsName(/^[\w-]{1,255}$/, '1 to 255 letters, digits, hyphens and underscores');

/** Source: Application Auto Scaling API, PutScalingPolicy; a colon would end the name in the policy's ARN. */
export const policyName = awsName(/^[ -9;-~]{1,256}$/, '1 to 256 printable ASCII characters without a colon');

/** Source: CloudWatch API, PutMetricData. */
export const namespace = awsName(
  /^(?!AWS\/)[\w.\-/#][\w.\-/#: ]{0,254}$/,
  '1 to 255 letters, digits and . - _ / # :, not beginning with AWS/, whose metrics the API cannot publish',
);

/** The tail of an ARN of Elastic Load Balancing. */
const elbTail = (kind: string) =>
  z.string().superRefine((tail, context) => {
    if (new RegExp(`^${kind}/[A-Za-z0-9-]{1,32}/[0-9A-Za-z]+$`).test(tail)) return;
    const own = tail.slice(tail.indexOf(`${kind}/`)).replace(/[^\w/-]/g, '');
    const hint = isArn(tail) && tail.includes(`${kind}/`) ? `, the tail of its ARN: ${own}` : '';
    refuse(context, `must look like ${kind}/NAME/ID${hint}`);
  });
export const loadBalancer = elbTail('app');
export const targetGroup = elbTail('targetgroup');

/** Parameters that carry a secret by their name. */
const secretParameter = /token|secret|passw|api_?-?key|signature|credential/i;

/**
 * An address that is read over HTTPS; over plain HTTP only where the service says so, see `plainAddresses`. No message
 * holds the address: it may hold a password.
 */
export const address = z.string().superRefine((text, context) => {
  const fault = addressFault(text);
  if (fault) refuse(context, fault);
});

function addressFault(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL such as https://HOST/PATH';
  const { protocol, username, password, searchParams } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:')
    return 'must begin with https://: nothing else can be asked';
  if (username || password || [...searchParams.keys()].some((name) => secretParameter.test(name)))
    return 'must hold no credential: it would be in every history and log, and no request with one is sent. Secrets belong into SSM parameters (alertmanager, notices); let the network protect this address';
  return undefined;
}

/** Whether an address is read over plain HTTP, where anybody on the way can read and change the answer. */
export const isPlain = (text: string | undefined): boolean =>
  text?.toLowerCase().startsWith('http:') === true;

const matcher = String.raw`\s*[a-zA-Z_]\w*\s*(=~|!~|!=|=)\s*"([^"\\\n]|\\.)*"\s*`;
const matchers = new RegExp(`^${matcher}(,${matcher})*,?$`);

/** Label matchers as they stand between the braces of PromQL. */
export const selector = z.string().superRefine((text, context) => {
  if (matchers.test(text)) return;
  const braces = /^[^"]*[{}]/.test(text) ? ' and without braces' : '';
  refuse(
    context,
    `must be label matchers such as job="api",env="live"${braces}: they are put between the braces of each query`,
  );
});
