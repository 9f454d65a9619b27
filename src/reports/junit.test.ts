import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { afterEach, describe, expect, it } from 'vitest';
import { caseIds, facts, footer, header, joined, line, removeRuns, sampleLines, titles, violation, writeRun } from './fixtures/sample-run.ts';
import { junitXml } from './junit.ts';
import { readRun } from './read-run.ts';
import type { RunLine } from './run.ts';

afterEach(removeRuns);

interface Suite {
  readonly '@tests': string; readonly '@failures': string; readonly '@errors': string; readonly '@skipped': string;
  readonly testcase: readonly Readonly<Record<string, unknown>>[];
}

async function xmlOf(lines: readonly RunLine[]): Promise<string> {
  return joined(junitXml(await readRun(join(await writeRun(lines), 'run.ndjson')), titles));
}

function suiteOf(xml: string): Suite {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', isArray: (name) => name === 'testsuite' || name === 'testcase' });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- only validation finds an element left open; its successor is a package of its own
  return (parser.parse(xml, true) as { testsuites: { testsuite: Suite[] } }).testsuites.testsuite[0]!;
}

describe('junit.xml', () => {
  it('golden: a suite per runner, a test case per case, failures as people read them', async () => {
    expect(await xmlOf(sampleLines)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="bn-conformance core" tests="3" failures="1" errors="0" skipped="0" time="0.000037">
        <testsuite name="miniature-biased-variance@1.0" tests="3" failures="1" errors="0" skipped="0" time="0.000037" timestamp="2026-01-02T03:04:05.000Z">
          <properties>
            <property name="gate" value="fail"/>
            <property name="suite" value="core"/>
            <property name="seed" value="1"/>
            <property name="framework" value="miniature"/>
            <property name="version" value="1.0"/>
            <property name="build" value="release"/>
            <property name="device" value="cpu"/>
            <property name="cpu" value="Some CPU"/>
            <property name="capability" value="AVX2"/>
            <property name="threads" value="1"/>
          </properties>
          <testcase classname="miniature-biased-variance@1.0.batchnorm1d.state.running-var" name="batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit" time="0.000013">
            <failure type="violates" message="BN-STATE-03 running variance stores the unbiased batch variance; miniature-biased-variance 1.0: running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound; cause: biased-running-variance explains the 1 deviating element: running variance stores the biased batch variance (divisor n, not n − 1)">violates  batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
                BN-STATE-03 running variance stores the unbiased batch variance
                miniature-biased-variance 1.0: running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound
                cause: biased-running-variance explains the 1 deviating element: running variance stores the biased batch variance (divisor n, not n − 1)
                rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select &apos;batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit&apos;</failure>
          </testcase>
          <testcase classname="miniature-biased-variance@1.0.batchnorm1d.state.running-var" name="batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit" time="0.000013"/>
          <testcase classname="miniature-biased-variance@1.0.batchnorm2d.norm.output" name="batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit" time="0.000013"/>
        </testsuite>
      </testsuites>"
    `);
  });

  it('each status has its outcome, and the totals count them', async () => {
    const statuses = ['conforms', 'documented', 'inaccurate', 'violates', 'known', 'stale', 'unsupported', 'ungradable', 'mistrusted', 'crashed', 'timed-out', 'garbled'] as const;
    const cases = [...statuses, 'not-run'].map((status) => `batchnorm1d/norm/x/case=${status}`);
    const suite = suiteOf(await xmlOf([header({ cases }), facts(), ...statuses.map((status, index) => line(index, { status, found: status })), footer()]));
    const outcomes = suite.testcase.map((testcase) => ['failure', 'error', 'skipped', 'system-out'].find((name) => name in testcase) ?? 'passed');
    expect(outcomes).toEqual(['passed', 'system-out', 'system-out', 'failure', 'system-out', 'failure', 'skipped', 'skipped', 'failure', 'error', 'error', 'error', 'error']);
    expect([suite['@tests'], suite['@failures'], suite['@errors'], suite['@skipped']]).toEqual(['13', '3', '4', '2']);
  });

  it('under --strict an inaccurate case fails', async () => {
    const suite = suiteOf(await xmlOf([header({ strict: true, cases: [caseIds[0]] }), violation(0, { status: 'inaccurate', found: 'inaccurate' })]));
    expect(suite.testcase[0]).toHaveProperty('failure');
  });

  it('text cannot break out of the file, and what XML cannot hold is left out', async () => {
    const reason = 'a\u0000\u001b[31m ]]> <b a="1">&\ud800 – 😀';
    const xml = await xmlOf([header({ cases: ['a/b/c/x=<&"'] }), line(0, { status: 'crashed', found: 'crashed', reason })]);
    const parsed = suiteOf(xml).testcase[0] as { readonly '@name': string; readonly error: Readonly<Record<string, string>> };
    expect(parsed['@name']).toBe('a/b/c/x=<&"');
    expect(parsed.error['@message']).toBe('miniature-biased-variance 1.0: a[31m ]]> <b a="1">& – 😀');
    expect(parsed.error['#text']).toContain('a[31m ]]> <b a="1">& – 😀');
  });
});
