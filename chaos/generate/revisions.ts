/** The revisions that are deployed in generated incidents. Imports nothing: the planted bugs name them. */

/** The one revision that is slow and answers with errors. */
export const badRevision = 43;
/** A release that changes nothing for users. */
export const goodRevision = 44;
/** A release whose tasks do not stay: ECS's circuit breaker rolls it back by itself. */
export const brokenRevision = 45;
/** A release whose tasks stop once their deployment is complete: then ECS goes back by itself no more. */
export const dyingRevision = 46;

/** A release that was to mend the bad one, and is as bad. */
export const worseRevision = 47;

/** The releases that somebody should take back. */
export const guiltyRevisions: readonly number[] = [badRevision, worseRevision, brokenRevision, dyingRevision];
/** Those whose tasks do not stay. */
export const unstableRevisions: readonly number[] = [brokenRevision, dyingRevision];

/** Whether a task definition is one of these revisions. */
export const isOf = (revisions: readonly number[], taskDefinition = ''): boolean =>
  revisions.some((revision) => taskDefinition.endsWith(`:${revision}`));
