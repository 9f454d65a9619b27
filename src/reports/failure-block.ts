import { describeFailure, type RuleTitles } from './failure-text.ts';
import { type Paint, paintOf, plain } from './paint.ts';
import type { CaseResult, RunHeader, RunnerResults } from './run.ts';

/**
 * What a person is told of one case: which case, which rule, got, accepted, cause, rerun.
 *
 *     violates  batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
 *               BN-STATE-03 running variance stores the unbiased batch variance
 *               …
 */
export function failureBlock(header: RunHeader, runner: RunnerResults, result: CaseResult, titles: RuleTitles, paint: Paint = plain): string {
  const indent = ' '.repeat(result.status.length + 2);
  const lines = describeFailure(header, runner, result, titles).flatMap((line) => line.split('\n'));
  return [`${paint(paintOf(result.status), result.status)}  ${paint('strong', result.id)}`, ...lines.map((line) => `${indent}${line}`)].join('\n');
}
