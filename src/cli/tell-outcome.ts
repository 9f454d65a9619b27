import { ruleTitles } from '../reports/formats.ts';
import { githubAnnotations } from '../reports/github-annotations.ts';
import { appendSummary } from '../reports/write.ts';
import { UserError } from '../spec/user-error.ts';
import { diffText } from '../verbs/diff/text.ts';
import type { RunOutcome } from '../verbs/run/options.ts';
import { formatOutcome } from '../verbs/run/outcome.ts';
import { paintFor } from './paint-for.ts';

/** What a run says at its end, on the terminal and where GitHub Actions asks for it. */
export async function tellOutcome(outcome: RunOutcome, out: string, json: boolean): Promise<void> {
  process.stdout.write(json ? `${JSON.stringify(outcome.summary, null, 2)}\n` : describeOutcome(outcome, out));
  await tellGithub(outcome.run, json);
}

function describeOutcome(outcome: RunOutcome, out: string): string {
  const paint = paintFor(process.stdout);
  const changes = outcome.changes === null ? '' : `${diffText(outcome.changes, ruleTitles(), paint)}\n`;
  return `${changes}${formatOutcome(outcome, out, paint)}`;
}

/** Annotations and a job summary, where GitHub Actions asks for them; the measurement counts even where they cannot be written. */
async function tellGithub(measured: RunOutcome['run'], json: boolean): Promise<void> {
  const { GITHUB_ACTIONS: isActions, GITHUB_STEP_SUMMARY: summaryPath } = process.env;
  if (isActions === 'true' && !json) process.stderr.write(githubAnnotations(measured, ruleTitles()));
  if (summaryPath === undefined || summaryPath === '') return;
  await appendSummary(measured, summaryPath).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`warning: ${error.message}\n`);
  });
}
