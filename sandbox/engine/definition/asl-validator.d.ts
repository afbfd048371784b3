/** The package ships no types of its own. */
declare module 'asl-validator' {
  /** Validates a definition; adds `QueryLanguage` to every state of it. */
  export default function validate(
    definition: object,
    options: { checkPaths: boolean; checkArn: boolean },
  ): { isValid: boolean; errors: { 'Error code': string; Message: string }[] };
}
