import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { caseIds, deviation, evidence, facts, footer, header, line, removeRuns, sampleLines, titles, violation, writeRun } from './fixtures/sample-run.ts';
import { summaryMarkdown } from './markdown.ts';
import { readRun } from './read-run.ts';
import type { RunLine } from './run.ts';

afterEach(removeRuns);

async function of(...lines: readonly RunLine[]): Promise<string> {
  return summaryMarkdown(await readRun(join(await writeRun(lines), 'run.ndjson')), titles);
}

describe('summary.md', () => {
  it('golden: gate, counts, findings', async () => {
    expect(await of(...sampleLines.slice(0, -1), evidence(0), footer())).toMatchInlineSnapshot(`
      "## Batch Normalization conformance: gate failed

      * 1 violates

      suite core · seed 1 · bn-conformance 0.1.0 · 1.5 s

      | status | miniature-biased-variance@1.0 |
      |---|---:|
      | conforms | 2 |
      | violates | 1 |
      | planned | 3 |

      ### Findings, worst first

      **violates** \`biased-running-variance\`: running variance stores the biased batch variance (divisor n, not n − 1) (miniature-biased-variance@1.0: 1 case, at worst 6.2e4 × the bound)

      * BN-STATE-03 running variance stores the unbiased batch variance
      * to reconcile: multiply the batch variance by n/(n − 1) when it is stored; converted checkpoints need nothing, further training drifts
      * evidence: again in a fresh process: same bits · exact oracle: reference right (3e-6 of the bound) · functional form: deviates too · channels-last: conforms · 2 threads: deviates too
      * example: \`batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit\`

      \`\`\`sh
      npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'
      \`\`\`
      "
    `);
  });

  it('golden: all conform', async () => {
    expect(await of(header({ filtered: true, strict: true }), facts(), line(0), line(1), line(2), footer({ gate: 'pass', reasons: [] }))).toMatchInlineSnapshot(`
      "## Batch Normalization conformance: gate passed

      suite core, selected cases only · seed 1 · strict · bn-conformance 0.1.0 · 1.5 s

      | status | miniature-biased-variance@1.0 |
      |---|---:|
      | conforms | 3 |
      | planned | 3 |
      "
    `);
  });

  it('golden: two runners, known and ambiguous findings, worst first over all, a wrong reference, an assumed dialect', async () => {
    const other = 'other@2';
    const lines = [
      header({ runners: [{ runner: 'miniature-biased-variance@1.0', excluded: ['syncbatchnorm'] }, { runner: other, excluded: ['syncbatchnorm'] }] }),
      facts({ dialect: { framework: 'miniature', versions: '<1', assumed: true } }),
      violation(0, { status: 'known' }), violation(1, { cause: 'ambiguous', candidates: ['eps-ignored', 'eps-outside-sqrt'], deviations: [deviation({ ratio: Infinity })] }), line(2),
      line(0, { runner: other, status: 'crashed', found: 'crashed', reason: 'died' }), line(1, { runner: other }),
      evidence(0, [{ check: 'exact-oracle', outcome: 'reference-wrong', share: 2 }]),
    ];
    expect((await of(...lines)).split('\n').filter((text) => /^(?:#|\*|\||no dialect)/.test(text)).join('\n')).toMatchInlineSnapshot(`
      "## Batch Normalization conformance: gate failed
      * the run has no footer: it was interrupted; 1 planned cases were not run
      | status | miniature-biased-variance@1.0 | other@2 |
      |---|---:|---:|
      | conforms | 1 | 1 |
      | violates | 1 | 0 |
      | known | 1 | 0 |
      | crashed | 0 | 1 |
      | not-run | 0 | 1 |
      | planned | 3 | 3 |
      no dialect covers miniature 1.0: judged by the one for &lt;1
      ### Findings, worst first
      **crashed** \`unexplained\` (other@2: 1 case)
      * reason: died
      * example: \`batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit\`
      **violates** \`ambiguous\` (miniature-biased-variance@1.0: 1 case, at worst ∞ × the bound)
      * BN-STATE-03 running variance stores the unbiased batch variance
      * one of: eps-ignored, eps-outside-sqrt
      * example: \`batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit\`
      ### Known findings
      * **harness error: the reference is outside a thousandth of the bound** \`biased-running-variance\`: violates in 1 case of miniature-biased-variance@1.0, such as \`batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit\`"
    `);
  });

  it('data is text wherever it stands', async () => {
    const evil = '<script>alert(1)</script>|`*[x](javascript:y)`\n# title';
    const id = `batchnorm1d/${evil}`;
    const text = await of(
      header({ cases: [id, caseIds[1]], suite: evil, tool: { name: evil, version: evil }, runners: [{ runner: `${evil}@1`, excluded: [] }] }),
      facts({ runner: `${evil}@1`, dialect: { framework: evil, versions: evil, assumed: true } }),
      violation(0, { runner: `${evil}@1`, rule: evil, cause: evil }), violation(1, { runner: `${evil}@1`, rule: evil, cause: evil, status: 'known' }), footer({ reasons: [evil] }),
    );
    const outsideCode = text.replaceAll(/^(`{3,})sh\n.*\n\1$/gm, '').replaceAll(/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
    expect(outsideCode).not.toMatch(/<script|(?<!\\)\[x|(?<!\\)\*\[/);
    expect(text.split('\n').filter((row) => row.startsWith('#'))).toEqual(['## Batch Normalization conformance: gate failed', '### Findings, worst first', '### Known findings']);
    expect(text.split('\n').filter((row) => row.startsWith('|')).map((row) => row.match(/(?<!\\)\|/g)?.length)).toEqual([3, 3, 3, 3, 3]);
  });

  it('more findings and reasons than a summary can take are counted', async () => {
    const cases = Array.from({ length: 60 }, (_, index) => `batchnorm1d/norm/x/case=${String(index)}`);
    const text = await of(header({ cases }), facts(), ...cases.map((_, index) => violation(index, { cause: `cause-${String(index)}` })), footer({ reasons: cases }));
    expect(text.match(/^rerun|^npm run/gm)).toHaveLength(50);
    expect(text).toContain('And 10 further findings: see summary.json.');
    expect(text).toContain('* and 10 further reasons');
  });
});
