import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { evidence, facts, footer, header, line, removeRuns, sampleLines, titles, violation, writeRun } from './fixtures/sample-run.ts';
import { githubAnnotations } from './github-annotations.ts';
import { readRun } from './read-run.ts';
import type { RunHeader, RunLine } from './run.ts';

afterEach(removeRuns);

async function of(...lines: readonly RunLine[]): Promise<string> {
  return githubAnnotations(await readRun(join(await writeRun(lines), 'run.ndjson')), titles);
}

/** What GitHub reads of a line, as its documentation describes it: `::level key=value,…::message`. */
function understood(text: string): { level: string; title: string; message: string }[] {
  const unescape = (escaped: string) => escaped.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
  return text.split('\n').slice(0, -1).map((row) => {
    const [, level = '', title = '', message = ''] = /^::(\w+) title=([^:,]*)::(.*)$/.exec(row) ?? [];
    return { level, title: unescape(title), message: unescape(message) };
  });
}

describe('annotations of GitHub Actions', () => {
  it('golden: the gate, then a finding', async () => {
    expect(await of(...sampleLines.slice(0, -1), evidence(0), footer())).toMatchInlineSnapshot(`
      "::error title=Batch Normalization conformance%3A gate failed::1 violates
      ::error title=miniature-biased-variance@1.0%3A violates%2C biased-running-variance::1 case, at worst 6.2e4 × the bound, such as batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit%0Acause: running variance stores the biased batch variance (divisor n, not n − 1)%0ABN-STATE-03 running variance stores the unbiased batch variance%0Ato reconcile: multiply the batch variance by n/(n − 1) when it is stored; converted checkpoints need nothing, further training drifts%0Aevidence: again in a fresh process: same bits · exact oracle: reference right (3e-6 of the bound) · functional form: deviates too · channels-last: conforms · 2 threads: deviates too%0Arerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'
      "
    `);
  });

  it('a run in which all conform says nothing', async () => {
    expect(await of(header(), facts(), line(0), line(1), line(2), footer({ gate: 'pass', reasons: [] }))).toBe('');
  });

  it('errors fail the gate, warnings are inaccurate, notices are known; a wrong reference is an error', async () => {
    const lines = (change: Partial<RunHeader>) => [header(change), facts(), violation(0), violation(1, { status: 'known' }), line(2, { status: 'inaccurate', found: 'inaccurate', rule: 'BN-NUM-02', cause: 'naive-accumulation' })];
    const levels = async (all: readonly RunLine[]) => understood(await of(...all)).map(({ level, title }) => `${level} ${title.split(': ')[1] ?? ''}`);
    expect(await levels([...lines({}), footer()])).toEqual(['error gate failed', 'error violates, biased-running-variance', 'warning inaccurate, naive-accumulation', 'notice known, biased-running-variance']);
    expect((await levels([...lines({ strict: true }), footer()]))[2]).toBe('error inaccurate, naive-accumulation');
    const wrong = evidence(1, [{ check: 'exact-oracle', outcome: 'reference-wrong', share: 2 }]);
    expect((await levels([...lines({}), wrong, footer()]))[3]).toBe('error harness error');
  });

  it('no text ends a command or begins another', async () => {
    const evil = '100%25, a:b::error::x\r\n::stop-commands::y';
    const rows = understood(await of(header({ runners: [{ runner: `${evil}@1`, excluded: ['syncbatchnorm'] }] }), facts({ runner: `${evil}@1` }), violation(0, { runner: `${evil}@1`, cause: evil, rule: evil }), footer({ reasons: [evil] })));
    const [shown, name] = [evil.replace('\r', ''), evil.replace('\r\n', ' ')]; // a name is one line
    expect(rows.map(({ level }) => level)).toEqual(['error', 'error']);
    expect(rows[0]?.message).toContain(shown);
    expect(rows[1]?.title).toBe(`${name}@1: violates, ${name}`);
    expect(rows[1]?.message).toMatch(/^1 case, at worst [^]*\n100%25, a:b::error::x ::stop-commands::y\nrerun: /);
  });
});
