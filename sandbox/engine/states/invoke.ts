import { functionArn, functionFileName } from '../basics/arn.ts';
import { StateFailure } from '../basics/failure.ts';
import { copyJson, type Json, throughJson } from '../basics/json.ts';
import { uuid } from '../basics/random.ts';
import type { Flow } from './flow.ts';

/** Longest cause that Step Functions keeps, characters. */
const longestCause = 32_768;

/**
 * Invokes a Lambda function as Step Functions does: payload and result cross as JSON, and an error becomes its name with
 * a JSON text of type, message and trace. The function is called even if its execution ends meanwhile.
 * Throws StateFailure: the error's name, or Lambda.ResourceNotFoundException.
 */
export async function invokeFunction(flow: Flow, nameOrArn: string, payload: Json): Promise<Json> {
  const { functions, place, random } = flow.run.services;
  const name = functionFileName(nameOrArn);
  const call = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (call === undefined) {
    throw new StateFailure(
      'Lambda.ResourceNotFoundException',
      `Function not found: ${functionArn(place, name)} (Service: Lambda, Status Code: 404, Request ID: ${uuid(random)})`,
    );
  }
  const context = {
    functionName: `emergency-scaling-${name}`,
    awsRequestId: uuid(random),
    executionArn: flow.run.execution.arn,
  };
  try {
    return throughJson(await call(copyJson(payload), context));
  } catch (error) {
    throw asLambdaFailure(error);
  }
}

function asLambdaFailure(error: unknown): StateFailure {
  const [errorType, errorMessage] =
    error instanceof Error ? [error.name, error.message] : [typeof error, String(error)];
  const cause = JSON.stringify({ errorType, errorMessage, trace: [] });
  return new StateFailure(errorType, cause.slice(0, longestCause));
}
