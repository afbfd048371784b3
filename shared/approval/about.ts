import type { CacheReliefPlan } from '../document/cache-relief.ts';
import type { Plan } from '../document/plan.ts';
import { reliefWords } from '../format/cache/relief.ts';
import type { ApprovalRequest } from './request.ts';

/** How people are told what a request is about. */
interface About {
  /** What is asked, of "buywhere-api in production". */
  question: (of: string) => string;
  /** What was decided, as the beginning of a heading. */
  what: string;
  approve: string;
  reject: string;
  /** How a mail begins: what can be done, and what is not without an approval; and what is read again after it. */
  offer: (of: string) => string;
  nothing: string;
  readAgain: string;
  /** What is so as long as nobody approves it; and what a rejection is enough for. */
  stays: (service: string) => string;
  without: string;
  toStay: string;
  /** What follows an approval, and a rejection. */
  approved: string;
  rejected: string;
  /** What is left as it is, once nobody decides any more, and how it is asked for again. */
  kept: (service: string) => string;
  again: string;
  later: string;
  /** What waits, in a reminder, and what happens without a decision. */
  waits: (of: string) => string;
  occasion: 'scale-in' | 'redis-emergency';
}

const scaleIn: About = {
  question: (of) => `Scale in ${of}?`,
  what: 'Scale-in',
  approve: 'Approve scale-in',
  reject: 'Reject, stay scaled out',
  offer: (of) => `${of} can go back to its normal settings.`,
  nothing: 'Nothing is scaled in',
  readAgain:
    'Both are read again after the approval; where they ask for another plan by then, that one is asked for anew.',
  stays: (service) => `${service} stays scaled out`,
  without: 'it stays scaled out',
  toStay: 'to stay scaled out',
  approved:
    'The workflow checks once more that nothing has changed, then scales in step by step. If something has changed, it asks again by mail.',
  rejected:
    'The service stays scaled out with its raised bounds. Start the scale-in workflow when it should be asked again.',
  kept: (service) => `${service} keeps the capacity that it has.`,
  again: 'Start the scale-in workflow to be asked again.',
  later: 'If it should go back to normal, start the scale-in workflow; it will ask again.',
  waits: (of) => `${of} is still scaled out and waits for approval to go back to normal.`,
  occasion: 'scale-in',
};

const aboutRelief = ({ relief }: CacheReliefPlan): About => {
  const { question, name, approve } = reliefWords[relief.code];
  return {
    question,
    what: name,
    approve,
    reject: 'Reject, change nothing',
    offer: (of) => `the cache of ${of} needs a decision.`,
    nothing: 'Nothing is done to it',
    readAgain:
      'The cache and the database are looked at again after the approval, right before anything is done.',
    stays: (service) => `the cache of ${service} stays as it is`,
    without: 'the cache stays as it is',
    toStay: 'to leave the cache as it is',
    approved:
      'The workflow looks once more whether the cache still needs it, and only then does it. Afterwards it checks the cache again.',
    rejected: 'Nothing of this is done. Start the redis-emergency workflow when it should be asked again.',
    kept: (service) => `The cache of ${service} is as it was.`,
    again: 'Start the redis-emergency workflow to be asked again.',
    later: 'If it still needs it, start the redis-emergency workflow; it will ask again.',
    waits: (of) => `The cache of ${of} waits for an approval: ${name}.`,
    occasion: 'redis-emergency',
  };
};

/** Whether a relief of the cache is asked for, and no way back. */
export const isRelief = (plan: Plan | CacheReliefPlan): plan is CacheReliefPlan => plan.action === 'relieve';

export const aboutOf = ({ plan }: Pick<ApprovalRequest, 'plan'>): About =>
  isRelief(plan) ? aboutRelief(plan) : scaleIn;
