import { isDenial } from './unknown.ts';

/** A right that AWS says is missing. */
export interface Refusal {
  /** As in IAM: `ecs:UpdateService`. */
  right: string;
  resource?: string;
}

/**
 * Names under which a service passes on that its caller lacks a right for what it does for it. Source: Application Auto
 * Scaling user guide, troubleshooting permissions; SNS API, Publish.
 */
const passedOn: readonly string[] = [
  'ClientException',
  'FailedResourceAccessException',
  'KMSAccessDenied',
  'KMSAccessDeniedException',
  'ValidationException',
];

/** A denial that no right mends. */
const wrongCredentials = 'UnrecognizedClientException';

/**
 * The one place that reads IAM's sentence: beyond it AWS tells nowhere which right it asked for, and on what. Source: IAM
 * User Guide, troubleshoot access denied error messages.
 */
const sentence = /not authorized to perform:? ([\w-]+:\w+)(?: on resource:? (\S+))?/;

/**
 * The right for whose want AWS refused a call; undefined for every other failure. Where AWS does not name it, it is that of
 * the call.
 * @param call as in IAM: `ecs:UpdateService`
 */
export function refusalOf(error: unknown, call: string): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, right, resource] = sentence.exec(error.message) ?? [];
  const denied =
    (isDenial(error.name) && error.name !== wrongCredentials) ||
    (passedOn.includes(error.name) && right !== undefined);
  if (!denied) return undefined;
  // IAM ends the ARN with the sentence in some services.
  const on = resource?.replace(/[.,;]$/, '');
  return { right: right ?? call, ...(on && on !== '*' ? { resource: on } : {}) };
}
