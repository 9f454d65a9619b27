import { causeNamed } from '../../diff/catalogue.ts';
import type { CaseResult } from '../../reports/run.ts';
import type { Story } from './script.ts';

/** What a run says of a case that deviates. */
export function deviationOf({ found, cause, rule }: Pick<CaseResult, 'found' | 'cause' | 'rule'>): Omit<Story, 'from'> {
  return { status: found, cause, rule, title: causeNamed(cause ?? '')?.title ?? null };
}
