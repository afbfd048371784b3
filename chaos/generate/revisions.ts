/** The revisions that are deployed in generated incidents. Imports nothing: the planted bugs name them. */

/** The one revision that is slow and answers with errors. */
export const badRevision = 43;
/** A release that changes nothing for users. */
export const goodRevision = 44;
/** A release whose tasks do not stay: ECS's circuit breaker rolls it back by itself. */
export const brokenRevision = 45;
